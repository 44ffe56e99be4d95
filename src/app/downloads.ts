import type { Download } from '../peer/downloads.ts';

const isRunning = ({ state }: Download) => state === 'downloading' || state === 'verifying';

/** It ends by itself, one way or the other. */
export const isUnderWay = ({ state, retryMs }: Download): boolean =>
  state === 'queued' || state === 'downloading' || state === 'verifying' || retryMs !== undefined;

/** What was under way before, and is whole now or has failed for good; not what its person paused or took off the list. */
export const endedOf = (before: readonly Download[], now: readonly Download[]): Download[] =>
  now.filter(
    download =>
      (download.state === 'ready' || download.state === 'failed') &&
      !isUnderWay(download) &&
      before.some(each => each.id === download.id && isUnderWay(each)),
  );

export const percentOf = ({ bytes, totalBytes }: Pick<Download, 'bytes' | 'totalBytes'>): number =>
  totalBytes === 0 ? 100 : Math.floor((100 * bytes) / totalBytes);

/** In front of the page's title, so that it is seen in the tab. */
export function titleOf(downloads: readonly Download[]): string {
  const running = downloads.find(isRunning);
  return running ? `${percentOf(running)} % of ${running.name} - ` : '';
}

/** Milliseconds; undefined while nothing can be said. */
export const leftMs = ({
  bytes,
  totalBytes,
  bytesPerSecond,
}: Pick<Download, 'bytes' | 'totalBytes' | 'bytesPerSecond'>): number | undefined =>
  bytesPerSecond ? ((totalBytes - bytes) / bytesPerSecond) * 1000 : undefined;
