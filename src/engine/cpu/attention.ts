import type { Hyperparameters } from '../../model/model.ts';
import type { KvCache } from './kv-cache.ts';
import { dot } from './matrix.ts';

/**
 * Attention of one row: `query` (heads x keySize, from `queryFrom`) over the cached positions [first, last], into
 * `out` (heads x valueSize, from `outFrom`). Several query heads share one key head (grouped queries).
 */
export function attend(
  hyper: Hyperparameters,
  cache: KvCache,
  query: Float32Array,
  queryFrom: number,
  first: number,
  last: number,
  out: Float32Array,
  outFrom: number,
): void {
  const { heads, kvHeads, keySize, valueSize } = hyper;
  const { keys, values } = cache;
  const scores = new Float64Array(last - first + 1);
  const sums = new Float64Array(valueSize);
  for (let head = 0; head < heads; head++) {
    const kvHead = Math.floor((head * kvHeads) / heads);
    let highest = -Infinity;
    for (let p = first; p <= last; p++) {
      const key = (p * kvHeads + kvHead) * keySize;
      const score = dot(query, queryFrom + head * keySize, keys, key, keySize) * hyper.attentionScale;
      scores[p - first] = score;
      if (score > highest) highest = score;
    }
    let total = 0;
    sums.fill(0);
    for (let p = first; p <= last; p++) {
      const weight = Math.exp(scores[p - first]! - highest);
      total += weight;
      const value = (p * kvHeads + kvHead) * valueSize;
      for (let i = 0; i < valueSize; i++) sums[i]! += weight * values[value + i]!;
    }
    for (let i = 0; i < valueSize; i++) out[outFrom + head * valueSize + i] = sums[i]! / total;
  }
}
