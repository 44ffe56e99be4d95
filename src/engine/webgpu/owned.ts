import type { Gpu } from './gpu.ts';

/** Buffers that go together. */
export class Owned {
  readonly #gpu: Gpu;
  readonly #buffers: GPUBuffer[] = [];

  constructor(gpu: Gpu) {
    this.#gpu = gpu;
  }

  readonly add = (buffer: GPUBuffer): GPUBuffer => {
    this.#buffers.push(buffer);
    return buffer;
  };

  destroy(): void {
    for (const buffer of this.#buffers.splice(0)) this.#gpu.destroy(buffer);
  }
}
