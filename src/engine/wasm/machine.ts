import type { Heap } from './heap.ts';
import type { Kernels } from './kernels.ts';

/** The kernels with their memory and threads, as the parts of a model use them. */
export interface Machine {
  readonly heap: Heap;
  readonly kernels: Kernels;
  readonly threads: number;
  /** Bytes of 32 quantized activations. */
  readonly activationBlockBytes: number;
  /** Runs a program on all threads; returns when it is done. */
  run(program: number): void;
}
