/** Buffers that go together. */
export class Owned {
  readonly #buffers: GPUBuffer[] = [];

  readonly add = (buffer: GPUBuffer): GPUBuffer => {
    this.#buffers.push(buffer);
    return buffer;
  };

  destroy(): void {
    for (const buffer of this.#buffers.splice(0)) buffer.destroy();
  }
}
