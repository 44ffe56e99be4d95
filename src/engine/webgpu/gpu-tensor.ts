import { assert } from '../../base/assert.ts';
import type { GpuMatrix } from './gpu-matrix.ts';

/** Vectors stay on the CPU until a stage is built: some of them are joined, or never reach the GPU. */
export type GpuTensor = GpuMatrix | Float32Array;

export function matrixOf(tensor: GpuTensor): GpuMatrix {
  assert(!(tensor instanceof Float32Array), 'a matrix is expected');
  return tensor;
}

export function vectorOf(tensor: GpuTensor): Float32Array {
  assert(tensor instanceof Float32Array, 'a vector is expected');
  return tensor;
}
