/**
 * RMSNorm of every run of `weights.length` values in place (Zhang & Sennrich 2019); a row of width w, or one head
 * of a query.
 */
export function normalize(values: Float32Array, weights: Float32Array, epsilon: number): void {
  const size = weights.length;
  for (let from = 0; from < values.length; from += size) {
    let squares = 0;
    for (let i = 0; i < size; i++) squares += values[from + i]! ** 2;
    const factor = 1 / Math.sqrt(squares / size + epsilon);
    for (let i = 0; i < size; i++) values[from + i] = values[from + i]! * factor * weights[i]!;
  }
}
