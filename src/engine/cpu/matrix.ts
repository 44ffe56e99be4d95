import { rowsOf, type TensorInfo, type TensorType } from '../../model/model.ts';
import { blocks } from './dequantize.ts';

/** A weight matrix as it stands in the file: `rows` outputs of `columns` inputs each. */
export interface Matrix {
  readonly type: TensorType;
  readonly columns: number;
  readonly rows: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Of a tensor as it stands in the file; the matrices of a third dimension follow each other. */
export const toMatrix = (tensor: TensorInfo, bytes: Uint8Array<ArrayBuffer>): Matrix => ({
  type: tensor.type,
  columns: tensor.shape[0]!,
  rows: rowsOf(tensor),
  bytes,
});

/** One of `count` matrices that follow each other; the bytes are shared. */
export function matrixAt(matrices: Matrix, index: number, count: number): Matrix {
  const { bytes, rows } = matrices;
  const size = bytes.length / count;
  return { ...matrices, rows: rows / count, bytes: bytes.subarray(index * size, (index + 1) * size) };
}

/** Row `row`, dequantized into `out` (`columns` long). */
export function readRow(matrix: Matrix, row: number, out: Float32Array): void {
  const block = blocks[matrix.type];
  const count = matrix.columns / block.weights;
  block.read(matrix.bytes, row * count * block.bytes, count, out);
}

/**
 * out[n][rows] = input[n][columns] x matrix^T. The weights stay quantized: one dequantized row at a time is in
 * memory and serves all n inputs. The order of additions is the same for every n, so a result does not depend on
 * the rest of the batch.
 */
export function multiply(matrix: Matrix, input: Float32Array, n: number): Float32Array<ArrayBuffer> {
  const { columns, rows } = matrix;
  const out = new Float32Array(n * rows);
  const weights = new Float32Array(columns);
  for (let row = 0; row < rows; row++) {
    readRow(matrix, row, weights);
    for (let i = 0; i < n; i++) out[i * rows + row] = dot(weights, 0, input, i * columns, columns);
  }
  return out;
}

/** Four float64 sums, because one would make every addition wait for the one before it. */
export function dot(a: Float32Array, aFrom: number, b: Float32Array, bFrom: number, length: number): number {
  let sum0 = 0;
  let sum1 = 0;
  let sum2 = 0;
  let sum3 = 0;
  const even = length - (length % 4);
  for (let i = 0; i < even; i += 4) {
    sum0 += a[aFrom + i]! * b[bFrom + i]!;
    sum1 += a[aFrom + i + 1]! * b[bFrom + i + 1]!;
    sum2 += a[aFrom + i + 2]! * b[bFrom + i + 2]!;
    sum3 += a[aFrom + i + 3]! * b[bFrom + i + 3]!;
  }
  for (let i = even; i < length; i++) sum0 += a[aFrom + i]! * b[bFrom + i]!;
  return sum0 + sum1 + (sum2 + sum3);
}
