import { rowsOf, type TensorInfo } from '../../model/model.ts';
import type { DeviceMemory } from '../device-memory.ts';
import { isVector } from '../layer-tensors.ts';
import type { TensorHome } from '../load-tensors.ts';
import { SharedTensors } from '../shared-tensors.ts';
import { joinPieces, type Piece } from '../tensor-pieces.ts';
import { dequantize } from './dequantize.ts';
import { type Matrix, toMatrix } from './matrix.ts';

/** Tensors in the memory of this thread: matrices as they stand in the file, vectors as f32 (see numbersOf). */
export function matrixHome(memory: DeviceMemory): TensorHome<Matrix> {
  return {
    memory,
    shared: new SharedTensors(({ bytes }) => memory.give('weights', bytes.length)),
    bytesOf,
    async place(tensor, pieces) {
      memory.take('weights', bytesOf(tensor));
      try {
        return await hold(tensor, pieces);
      } catch (error) {
        memory.give('weights', bytesOf(tensor));
        throw error;
      }
    },
  };
}

export const numbersOf = ({ bytes }: Matrix): Float32Array => new Float32Array(bytes.buffer);

const bytesOf = (tensor: TensorInfo): number =>
  isVector(tensor) ? tensor.shape[0]! * rowsOf(tensor) * Float32Array.BYTES_PER_ELEMENT : tensor.bytes;

async function hold(tensor: TensorInfo, pieces: AsyncIterable<Piece>): Promise<Matrix> {
  const bytes = await joinPieces(tensor, pieces);
  if (!isVector(tensor)) return toMatrix(tensor, bytes);
  return toMatrix({ ...tensor, type: 'F32' }, new Uint8Array(dequantize(tensor.type, bytes).buffer));
}
