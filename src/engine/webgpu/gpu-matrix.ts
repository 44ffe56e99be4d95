import { rowsOf, type TensorInfo, type TensorType } from '../../model/model.ts';
import type { Piece } from '../tensor-pieces.ts';
import type { Gpu } from './gpu.ts';
import { packedBytes, packRows } from './pack.ts';

/** Rows [first, first + rows) of a matrix, packed. */
export interface MatrixPart {
  readonly first: number;
  readonly rows: number;
  readonly buffer: GPUBuffer;
  /** Quants, and behind them the plane of scales, where the type has one. */
  readonly binding: GPUBufferBinding;
  /** Where the scales begin, in units of 16 bytes. */
  readonly scalesQuad: number;
}

/** A weight matrix on the GPU, still quantized, split by rows where one binding cannot show it all. */
export interface GpuMatrix {
  readonly type: TensorType;
  readonly columns: number;
  readonly rows: number;
  readonly parts: readonly MatrixPart[];
}

/** Kernels read both planes by 16 bytes. */
const align = (bytes: number): number => Math.ceil(bytes / 16) * 16;

/**
 * Throws TabmeshError('full', 'engine') where the GPU's memory runs out, and what `pieces` throws; nothing is left behind
 * then.
 */
export async function uploadMatrix(
  gpu: Gpu,
  tensor: TensorInfo,
  pieces: AsyncIterable<Piece>,
): Promise<GpuMatrix> {
  const { type, shape, name } = tensor;
  const columns = shape[0]!;
  const parts: MatrixPart[] = [];
  try {
    for (const [first, count] of partRows(gpu, tensor)) {
      const size = packedBytes(type, columns, count);
      const part = await gpu.checked(name, size.quants + size.scales, () =>
        createPart(gpu, tensor, first, count),
      );
      parts.push(part);
    }
    for await (const piece of pieces) {
      for (const part of parts) await uploadPiece(gpu, tensor, piece, part);
    }
  } catch (error) {
    for (const { buffer } of parts) gpu.destroy(buffer);
    throw error;
  }
  return { type, columns, rows: rowsOf(tensor), parts };
}

/** What of the piece belongs to the part; both begin at even rows (see packRows). */
async function uploadPiece(gpu: Gpu, tensor: TensorInfo, piece: Piece, part: MatrixPart): Promise<void> {
  const { type, shape, name } = tensor;
  const columns = shape[0]!;
  const rowBytes = tensor.bytes / rowsOf(tensor);
  const first = Math.max(piece.first, part.first);
  const last = Math.min(piece.first + piece.bytes.length / rowBytes, part.first + part.rows);
  if (first >= last) return;
  const bytes = piece.bytes.subarray((first - piece.first) * rowBytes, (last - piece.first) * rowBytes);
  const packed = packRows(type, columns, bytes);
  const before = packedBytes(type, columns, first - part.first);
  await gpu.checked(name, packed.quants.length, () => {
    const { queue } = gpu.device;
    queue.writeBuffer(part.buffer, before.quants, packed.quants);
    queue.writeBuffer(part.buffer, part.scalesQuad * 16 + before.scales, packed.scales);
  });
}

export function destroyMatrix(gpu: Gpu, matrix: GpuMatrix): void {
  for (const { buffer } of matrix.parts) gpu.destroy(buffer);
}

/** What uploadMatrix takes of the GPU's memory. */
export function matrixBytes(gpu: Gpu, tensor: TensorInfo): number {
  const { type, shape } = tensor;
  return partRows(gpu, tensor).reduce((sum, [, count]) => sum + partBytes(type, shape[0]!, count), 0);
}

function partRows({ bindingBytesMax }: Gpu, tensor: TensorInfo): [first: number, count: number][] {
  const { type, shape } = tensor;
  // The matrices of a third dimension lie one behind the other, and none of them is torn.
  const unit = shape.length > 2 ? evenMultiple(shape[1]!) : 2;
  return splitRows(type, shape[0]!, rowsOf(tensor), bindingBytesMax, unit);
}

function partBytes(type: TensorType, columns: number, rows: number): number {
  const { quants, scales } = packedBytes(type, columns, rows);
  return align(quants) + align(scales);
}

const evenMultiple = (rows: number): number => (rows % 2 === 0 ? rows : 2 * rows);

/** [first, count] of each part, none over `bytesMax`, all but the last a multiple of `unit`, which is even (see packRows). */
export function splitRows(
  type: TensorType,
  columns: number,
  rows: number,
  bytesMax: number,
  unit: number,
): [first: number, count: number][] {
  const size = packedBytes(type, columns, unit);
  const most = unit * Math.max(1, Math.floor((bytesMax - 32) / (size.quants + size.scales)));
  return Array.from({ length: Math.ceil(rows / most) }, (_, index) => [
    index * most,
    Math.min(most, rows - index * most),
  ]);
}

function createPart(gpu: Gpu, { type, shape, name }: TensorInfo, first: number, rows: number): MatrixPart {
  const size = packedBytes(type, shape[0]!, rows);
  const buffer = gpu.createBuffer('weights', {
    label: name,
    size: partBytes(type, shape[0]!, rows),
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC,
  });
  return { first, rows, buffer, binding: { buffer }, scalesQuad: align(size.quants) / 16 };
}
