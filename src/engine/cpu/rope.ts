/** Rotary position embedding (Su et al. 2021), in place. */
import type { Hyperparameters } from '../../model/model.ts';

/**
 * Radians per position for each pair. `divisors` are Llama 3's `rope_freqs`. On gemma3 the sliding layers have
 * their own base and no linear scaling.
 */
export function ropeFrequencies(
  { rope }: Hyperparameters,
  sliding: boolean,
  divisors?: Float32Array,
): Float64Array {
  const base = sliding ? rope.baseLocal : rope.base;
  const scale = sliding ? 1 : rope.scale;
  return Float64Array.from(
    { length: rope.dimensions / 2 },
    (_, i) => base ** ((-2 * i) / rope.dimensions) / scale / (divisors?.[i] ?? 1),
  );
}

/** Turns `count` heads of `size` values each, which begin at `from`; values past the rotated ones stay. */
export function rotate(
  values: Float32Array,
  from: number,
  count: number,
  size: number,
  position: number,
  frequencies: Float64Array,
  pairs: 'interleaved' | 'halves',
): void {
  const n = frequencies.length;
  const [step, distance] = pairs === 'interleaved' ? [2, 1] : [1, n];
  for (let i = 0; i < n; i++) {
    const angle = position * frequencies[i]!;
    const cos = Math.cos(angle);
    const sin = Math.sin(angle);
    for (let head = 0; head < count; head++) {
      const a = from + head * size + i * step;
      const b = a + distance;
      const x = values[a]!;
      const y = values[b]!;
      values[a] = x * cos - y * sin;
      values[b] = x * sin + y * cos;
    }
  }
}
