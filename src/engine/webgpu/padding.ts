/** Rows of `width` numbers to rows of `stride`, filled up with zeros; the same array where they are equal. */
export function padRows(rows: Float32Array, width: number, stride: number): Float32Array<ArrayBuffer> {
  if (width === stride) return rows as Float32Array<ArrayBuffer>;
  const count = rows.length / width;
  const padded = new Float32Array(count * stride);
  for (let row = 0; row < count; row++)
    padded.set(rows.subarray(row * width, (row + 1) * width), row * stride);
  return padded;
}

/** The way back. */
export function stripRows(
  padded: Float32Array<ArrayBuffer>,
  width: number,
  stride: number,
): Float32Array<ArrayBuffer> {
  if (width === stride) return padded;
  const count = padded.length / stride;
  const rows = new Float32Array(count * width);
  for (let row = 0; row < count; row++)
    rows.set(padded.subarray(row * stride, row * stride + width), row * width);
  return rows;
}
