import type { Heap } from './heap.ts';
import type { Kernels } from './kernels.ts';

/** The kernels with their memory and threads, as the parts of a model use them. */
export interface Machine {
  readonly heap: Heap;
  readonly kernels: Kernels;
  readonly threads: number;
  /** Bytes of 32 quantized activations. */
  readonly activationBlockBytes: number;
  /** Runs a program on as many threads as its work is worth; returns when it is done. */
  run(pass: Pass): void;
}

/** What a program does with one batch of rows. */
export interface Pass {
  readonly program: number;
  /** Multiply-adds of a step, on average. */
  readonly stepWork: number;
}

/**
 * Threads meet after each step, which takes some 25 microseconds where one has gone to sleep, as it has when tabs and the network want the
 * cores as well: as much as so many multiply-adds.
 */
const threadWork = 500_000;

/** Threads for steps of `stepWork` multiply-adds. */
export const threadsFor = (stepWork: number, threads: number): number =>
  Math.max(1, Math.min(threads, Math.floor(stepWork / threadWork)));
