import { free } from '../base/bytes.ts';
import { requestBytesMax } from '../base/limits.ts';
import type { ChunkOrder, Claim } from './chunk-order.ts';
import type { ByteSource } from './source.ts';

/**
 * Brings chunks of an order from the model's own source, one request at a time, until everything is there or the order
 * ends. Neighbouring chunks go into one request where that saves requests; each is kept as soon as it is whole, so that
 * an interruption costs the chunk on its way and no other.
 */
export async function carryFromSource(
  source: ByteSource,
  order: ChunkOrder,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const changed = order.changed();
    const run = order.claimRun(requestBytesMax);
    if (run.length === 0) await changed;
    else await carryRun(source, run, signal);
  }
}

async function carryRun(source: ByteSource, run: readonly Claim[], signal: AbortSignal): Promise<void> {
  const start = run[0]!.chunk.start;
  const end = run.at(-1)!.chunk.end;
  const keeping: Promise<void>[] = [];
  let at = start;
  let next = 0;
  const onBytes = (count: number, arrived?: Uint8Array<ArrayBuffer>) => {
    countInto(run, at, (at += count));
    for (; arrived && next < run.length && run[next]!.chunk.end <= start + arrived.length; next++) {
      const { chunk } = run[next]!;
      keeping.push(run[next]!.bring(arrived.subarray(chunk.start - start, chunk.end - start)));
      keeping.at(-1)!.catch(() => {});
    }
  };
  try {
    const bytes = await source.read(start, end, signal, onBytes);
    for (; next < run.length; next++) {
      const { chunk } = run[next]!;
      keeping.push(run[next]!.bring(bytes.subarray(chunk.start - start, chunk.end - start)));
    }
    await Promise.all(keeping);
    free(bytes);
  } catch (error) {
    await Promise.allSettled(keeping);
    for (const claim of run) claim.giveUp();
    if (!signal.aborted) throw error;
  }
}

/** Bytes [from, to) of the file have arrived. */
function countInto(run: readonly Claim[], from: number, to: number): void {
  for (const claim of run) {
    const { start, end } = claim.chunk;
    const bytes = Math.min(to, end) - Math.max(from, start);
    if (bytes > 0) claim.count(bytes);
  }
}
