import { free } from '../base/bytes.ts';
import { TabmeshError } from '../base/error.ts';
import { healRoundsMax } from '../base/limits.ts';
import type { LayerRange, Model } from '../model/model.ts';
import { type Chunk, chunksOf, type SlicePart } from '../model/slice.ts';
import type { SliceLoader } from '../model/slice-loader.ts';
import type { FileHashes } from './file-hashes.ts';

/** A whole model with its head, or some of its layers. */
export type DownloadPart = 'whole' | LayerRange;

/** By whom bytes came. */
export interface Fetched {
  readonly source: number;
  readonly members: number;
}

export interface BringStep {
  readonly state: 'downloading' | 'verifying';
  readonly bytes: number;
  readonly totalBytes: number;
  /** Now, not before an interruption. */
  readonly fetched: Fetched;
}

export interface BringOptions {
  readonly signal: AbortSignal;
  readonly onStep: (step: BringStep) => void;
  /** What the files of a whole model are said to be; undefined where nobody says so. */
  readonly hashes?: (() => Promise<FileHashes | undefined>) | undefined;
}

const sliceParts = ({ hyper }: Model, part: DownloadPart): SlicePart[] =>
  part === 'whole' ? [{ layers: { first: 0, last: hyper.layers } }, 'head'] : [{ layers: part }];

const sizeOf = (chunks: readonly Chunk[]) => chunks.reduce((sum, { start, end }) => sum + end - start, 0);

export const partBytes = (model: Model, part: DownloadPart): number =>
  sliceParts(model, part).reduce((sum, each) => sum + sizeOf(chunksOf(model, each)), 0);

/**
 * Fetches what is missing of `part`, then reads all of it back: what the disk lost or spoiled is fetched again. Throws what the
 * loader throws, and TabmeshError('corrupt', 'peer') where the disk does not keep what is written, or a whole model is not what it is
 * said to be: nothing of that is kept.
 */
export async function bringPart(
  model: Model,
  loader: SliceLoader,
  part: DownloadPart,
  options: BringOptions,
): Promise<void> {
  const parts = sliceParts(model, part);
  const totalBytes = partBytes(model, part);
  let fetched: Fetched = { source: 0, members: 0 };
  for (let round = 1; round <= healRoundsMax; round++) {
    fetched = await fetchAll(loader, parts, totalBytes, fetched, options);
    if (await isWhole(model, loader, parts, totalBytes, fetched, options)) return;
  }
  throw new TabmeshError(
    'corrupt',
    'peer',
    `The disk of this device does not keep ${model.name}: what was written is not what is read. Free some space, or check the disk, then try again.`,
  );
}

async function fetchAll(
  loader: SliceLoader,
  parts: readonly SlicePart[],
  totalBytes: number,
  before: Fetched,
  { signal, onStep }: BringOptions,
): Promise<Fetched> {
  let done = 0;
  let fetched = before;
  for (const part of parts) {
    const base = fetched;
    let first: number | undefined;
    let partTotal = 0;
    await loader.fetch(part, {
      signal,
      onProgress({ bytes, totalBytes: of, memberBytes }) {
        first ??= bytes;
        partTotal = of;
        const fromSource = Math.max(0, bytes - first - memberBytes);
        fetched = { source: base.source + fromSource, members: base.members + memberBytes };
        onStep({ state: 'downloading', bytes: done + bytes, totalBytes, fetched });
      },
    });
    done += partTotal;
  }
  return fetched;
}

async function isWhole(
  model: Model,
  loader: SliceLoader,
  parts: readonly SlicePart[],
  totalBytes: number,
  fetched: Fetched,
  { signal, onStep, hashes }: BringOptions,
): Promise<boolean> {
  const chunks = parts.flatMap(part => chunksOf(model, part)).sort((a, b) => a.start - b.start);
  const files = parts.includes('head') ? await hashes?.() : undefined;
  let bytes = 0;
  let whole = true;
  for (const chunk of chunks) {
    signal.throwIfAborted();
    const stored = await loader.storedBytes(chunk);
    if (!stored) whole = false;
    else {
      if (whole) await files?.add(chunk.start, stored, signal);
      free(stored);
    }
    bytes += chunk.end - chunk.start;
    onStep({ state: 'verifying', bytes, totalBytes, fetched });
  }
  if (!whole || !files) return whole;
  if (await files.end(signal)) {
    await loader.verify(chunks);
    return true;
  }
  await loader.discard(chunks);
  throw new TabmeshError(
    'corrupt',
    'peer',
    `What came is not the ${model.name} that the Hub lists: its SHA-256 is another. Nothing of it was kept. Start the download again; if it happens once more, choose another file.`,
  );
}
