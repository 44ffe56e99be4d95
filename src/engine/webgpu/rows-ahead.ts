/** Embeddings of the likeliest tokens, out of a tied output matrix in the very submit that finds them: one of them mostly comes next. */
import { type Dispatch, type Own, perRow, uniform } from './dispatch.ts';
import type { Gpu } from './gpu.ts';
import type { GpuMatrix } from './gpu-matrix.ts';
import type { Kernels } from './kernels.ts';
import { packedRowBytes, packedShape } from './pack.ts';
import type { Top } from './top.ts';

/** Some 2 KB each; a greedy answer takes the first, one at temperature 0.7 mostly one of these. */
const aheadMax = 4;

export interface RowsAhead {
  /** Behind those of `Top`, over as many rows. */
  readonly dispatches: readonly Dispatch[];
  readonly buffer: GPUBuffer;
  offset(row: number): number;
  /** For each row. */
  readonly bytes: number;
  /** Packed rows by token, as embedding.ts reads them; `tokens` are the best in order. */
  parse(tokens: Uint32Array, bytes: Uint8Array): [token: number, packed: Uint8Array][];
}

export async function createRowsAhead(
  gpu: Gpu,
  kernels: Kernels,
  matrix: GpuMatrix,
  top: Top,
  rowsMax: number,
  own: Own,
): Promise<RowsAhead> {
  const { type, columns, parts } = matrix;
  const count = Math.min(aheadMax, matrix.rows);
  const rowBytes = packedRowBytes(type, columns);
  const { quantBytes, blocks, pairBytes } = packedShape(type, columns);
  const kernel = await kernels.get('copy-rows');
  return gpu.checked('embeddings', rowsMax * count * rowBytes, () => {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC;
    const size = rowsMax * count * rowBytes;
    const buffer = own(gpu.createBuffer('scratch', { label: 'rows ahead', size, usage }));
    const dispatches = parts.map(({ first, rows, binding, scalesQuad }) => {
      const values = [
        first,
        rows,
        top.offset(0) / 8,
        (top.offset(1) - top.offset(0)) / 8,
        quantBytes / 4,
        scalesQuad * 4,
        blocks,
        pairBytes / 4,
        rowBytes / 4,
      ];
      const shape = uniform(
        gpu,
        values.map(u32 => ({ u32 })),
        own,
      );
      return perRow(kernel, kernel.bind(shape, top.buffer, binding, buffer), count);
    });
    return {
      dispatches,
      buffer,
      offset: row => row * count * rowBytes,
      bytes: count * rowBytes,
      parse: (tokens, bytes) =>
        Array.from(tokens.subarray(0, count), (token, index) => [
          token,
          bytes.subarray(index * rowBytes, (index + 1) * rowBytes),
        ]),
    };
  });
}
