import { assert } from '../../base/assert.ts';
import { TabmeshError } from '../../base/error.ts';
import { rowsOf, type TensorInfo, type TensorType } from '../../model/model.ts';
import { blockLayouts } from '../../model/tensor-type.ts';
import { dequantize } from '../cpu/dequantize.ts';
import { joinPieces, type Piece } from '../tensor-pieces.ts';
import { type Heap, heapBytes } from './heap.ts';
import type { Kernels } from './kernels.ts';

/** A tensor in the kernels' memory. */
export interface Placed {
  /** Of a vector its f32 values, of a matrix what wasm/matrix.ts describes; matrices of a third dimension follow each other. */
  readonly address: number;
  readonly columns: number;
  /** Of one matrix. */
  readonly rows: number;
  /** The activations that the kernels multiply it with: f32, or 8 bits with a scale for 16 of them or for 32. */
  readonly wants: 'f32' | 'fine' | 'coarse';
  /** Addresses to release. */
  readonly taken: readonly number[];
}

/** As in wasm/types.ts. */
const kinds: Readonly<Record<TensorType, number>> = {
  F32: 0,
  F16: 1,
  BF16: 2,
  Q4_1: 3,
  Q5_0: 4,
  Q5_1: 5,
  Q8_0: 8,
  Q4_0: 9,
  Q4_K: 10,
  Q5_K: 11,
  Q6_K: 12,
};
/** Of four packed rows and one block of columns, where they are packed. */
const packedBytes: Partial<Record<TensorType, number>> = {
  Q8_0: 136,
  Q4_0: 72,
  Q4_K: 592,
  Q5_K: 720,
  Q6_K: 840,
};
/** As in wasm/matrix.ts. */
const matrixWords = 5;

/** The groups of one matrix: four packed rows, or one as it stands in the file. */
function layoutOf(tensor: TensorInfo): { packed: boolean; groups: number; groupBytes: number } {
  const [columns = 0, rows = 1] = tensor.shape;
  const packed = packedBytes[tensor.type];
  if (!packed) return { packed: false, groups: rows, groupBytes: tensor.bytes / rowsOf(tensor) };
  const blocks = columns / blockLayouts[tensor.type].weights;
  return { packed: true, groups: Math.ceil(rows / 4), groupBytes: Math.ceil((blocks * packed) / 16) * 16 };
}

export const vectorBytes = (tensor: TensorInfo): number => heapBytes(tensor.shape[0]! * rowsOf(tensor) * 4);

export function matrixBytes(tensor: TensorInfo): number {
  const count = tensor.shape[2] ?? 1;
  const { groups, groupBytes } = layoutOf(tensor);
  return heapBytes(count * groups * groupBytes) + heapBytes(count * matrixWords * 4);
}

export async function placeVector(
  heap: Heap,
  tensor: TensorInfo,
  pieces: AsyncIterable<Piece>,
): Promise<Placed> {
  const values = dequantize(tensor.type, await joinPieces(tensor, pieces));
  const address = heap.take(values.byteLength, 'weights');
  heap.floats(address, values.length).set(values);
  return { address, columns: values.length, rows: 1, wants: 'f32', taken: [address] };
}

/**
 * Of a third dimension each matrix has rows in fours. Throws TabmeshError('unsupported', 'engine') where a scale is beyond 64, which no
 * sane file has, and what `pieces` throws; nothing is left behind then.
 */
export async function placeMatrix(
  heap: Heap,
  kernels: Kernels,
  tensor: TensorInfo,
  pieces: AsyncIterable<Piece>,
): Promise<Placed> {
  const { type, name } = tensor;
  const [columns = 0, rows = 1, count = 1] = tensor.shape;
  const rowBytes = tensor.bytes / rowsOf(tensor);
  const { packed, groups, groupBytes } = layoutOf(tensor);
  assert(count === 1 || rows % 4 === 0, 'matrices begin with a group');
  const taken: number[] = [];
  const take = (size: number) => {
    const address = heap.take(size, 'weights');
    taken.push(address);
    return address;
  };
  try {
    const weights = take(count * groups * groupBytes);
    const address = take(count * matrixWords * 4);
    for (let index = 0; index < count; index++) {
      const own = [kinds[type], columns, rows, weights + index * groups * groupBytes, groupBytes];
      heap.words(address + index * matrixWords * 4, matrixWords).set(own);
    }
    // The rows of all of them are those of one matrix to the kernels that pack.
    for await (const { first, bytes } of pieces) {
      if (!packed) heap.bytes(weights + first * rowBytes, bytes.length).set(bytes);
      else if (!pack(heap, kernels, address, rowBytes, first, bytes)) {
        const reason = `${name} has scales beyond 64, which this version's kernels do not hold. Choose another file.`;
        throw new TabmeshError('unsupported', 'engine', reason);
      }
    }
    return { address, columns, rows, wants: wants(type), taken };
  } catch (error) {
    for (const address of taken) heap.release(address);
    throw error;
  }
}

function wants(type: TensorType): Placed['wants'] {
  if (!(type in packedBytes)) return 'f32';
  return type === 'Q4_K' || type === 'Q5_K' ? 'coarse' : 'fine';
}

/** The file's bytes pass through the kernels' memory. */
function pack(
  heap: Heap,
  kernels: Kernels,
  matrix: number,
  rowBytes: number,
  first: number,
  bytes: Uint8Array,
): boolean {
  const window = heap.take(bytes.length);
  try {
    heap.bytes(window, bytes.length).set(bytes);
    return kernels.pack(matrix, window, rowBytes, first, bytes.length / rowBytes) !== 0;
  } finally {
    heap.release(window);
  }
}
