import type { Gpu } from './gpu.ts';

/** What each layer of a stage remembers: buffers of one set of names, cut into as many units, which grow by moving. */
export class LayerBuffers<Name extends string> {
  readonly #gpu: Gpu;
  readonly #unitBytes: Readonly<Record<Name, number>>;
  readonly #layers: Readonly<Record<Name, GPUBuffer>>[] = [];
  readonly #layerCount: number;
  #units = 0;
  #generation = 0;

  constructor(gpu: Gpu, unitBytes: Readonly<Record<Name, number>>, layerCount: number) {
    this.#gpu = gpu;
    this.#unitBytes = unitBytes;
    this.#layerCount = layerCount;
  }

  /** How many one binding may show. */
  get unitsMax(): number {
    return Math.floor(this.#gpu.bindingBytesMax / Math.max(...Object.values<number>(this.#unitBytes)));
  }

  /** That exist in every layer. */
  get units(): number {
    return this.#units;
  }

  /** Changes with the buffers. */
  get generation(): number {
    return this.#generation;
  }

  /** One entry a layer once there are units. */
  get layers(): readonly Readonly<Record<Name, GPUBuffer>>[] {
    return this.#layers;
  }

  /**
   * Layer by layer, so that old and new stand beside each other for one layer only. Throws TabmeshError('full', 'engine'),
   * and nothing is lost then.
   */
  async grow(units: number): Promise<void> {
    if (units <= this.#units) return;
    const sizes = Object.entries<number>(this.#unitBytes).map(
      ([name, bytes]) => [name, units * bytes] as const,
    );
    const total = sizes.reduce((sum, [, bytes]) => sum + bytes, 0);
    for (let layer = 0; layer < this.#layerCount; layer++) {
      const old = Object.entries<GPUBuffer>(this.#layers[layer] ?? {});
      // A growth that failed has left some layers larger than others.
      if (old.length > 0 && old.every(([, buffer], index) => buffer.size >= sizes[index]![1])) continue;
      const made: Record<string, GPUBuffer> = {};
      await this.#gpu.checked('the conversation', total, () => {
        for (const [label, size] of sizes) made[label] = this.#create(label, size);
        this.#move(old, made);
      });
      this.#layers[layer] = made as Record<Name, GPUBuffer>;
      this.#generation++;
      for (const [, buffer] of old) this.#gpu.destroy(buffer);
    }
    this.#units = units;
  }

  destroy(): void {
    for (const buffers of this.#layers.splice(0))
      for (const buffer of Object.values<GPUBuffer>(buffers)) this.#gpu.destroy(buffer);
  }

  #create(label: string, size: number): GPUBuffer {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    return this.#gpu.createBuffer('caches', { label, size, usage });
  }

  #move(from: readonly (readonly [string, GPUBuffer])[], to: Readonly<Record<string, GPUBuffer>>): void {
    if (from.length === 0) return;
    const encoder = this.#gpu.device.createCommandEncoder();
    for (const [name, buffer] of from) encoder.copyBufferToBuffer(buffer, 0, to[name]!, 0, buffer.size);
    this.#gpu.device.queue.submit([encoder.finish()]);
  }
}
