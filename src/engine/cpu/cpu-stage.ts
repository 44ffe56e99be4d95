import type { SessionId } from '../../base/brand.ts';
import { TabmeshError } from '../../base/error.ts';
import type { Hyperparameters, LayerRange } from '../../model/model.ts';
import type { DeviceMemory } from '../device-memory.ts';
import { freed, Sessions, tooFarBack } from '../sessions.ts';
import type { Rows, Stage } from '../stage.ts';
import type { Layer } from './layer.ts';
import type { LayerCache } from './layer-cache.ts';

/** Computes within the call, so that overlapping calls run in the order they were made. */
export class CpuStage implements Stage {
  readonly layers: LayerRange;
  readonly weightBytes: number;
  readonly #hyper: Hyperparameters;
  #stack: readonly Layer[];
  readonly #memory: DeviceMemory;
  readonly #free: () => Promise<void>;
  readonly #sessions = new Sessions<LayerCache[]>();
  #disposed = false;

  constructor(
    hyper: Hyperparameters,
    layers: LayerRange,
    stack: readonly Layer[],
    weightBytes: number,
    memory: DeviceMemory,
    free: () => Promise<void>,
  ) {
    this.#hyper = hyper;
    this.layers = layers;
    this.#stack = stack;
    this.weightBytes = weightBytes;
    this.#memory = memory;
    this.#free = free;
  }

  async open(session: SessionId, capacity: number): Promise<void> {
    if (this.#disposed) freed();
    this.#sessions.open(session, capacity, () => this.#stack.map(layer => layer.newCache(capacity)));
  }

  async forward(rows: readonly Rows[], hidden: Float32Array): Promise<Float32Array<ArrayBuffer>> {
    if (this.#disposed) freed();
    const sessions = this.#sessions.check(rows, hidden, this.#hyper.width);
    rows.forEach(({ position, count }, index) => {
      this.#reserve(sessions[index]!.cache, position + count);
    });
    const result = new Float32Array(hidden);
    this.#stack.forEach((layer, index) => {
      const places = rows.flatMap(({ position, count }, entry) => {
        const cache = sessions[entry]!.cache[index]!;
        return Array.from({ length: count }, (_, row) => ({ position: position + row, cache }));
      });
      layer.forward(result, places);
    });
    this.#sessions.advance(rows);
    return result;
  }

  async rewind(session: SessionId, length: number): Promise<void> {
    this.#sessions.rewind(session, length, caches => {
      if (!caches.every(cache => cache.canRewind(length))) throw tooFarBack(session, length);
      for (const cache of caches) cache.rewind(length);
    });
  }

  async close(session: SessionId): Promise<void> {
    this.#forget(this.#sessions.close(session) ?? []);
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#forget(this.#sessions.closeAll().flat());
    this.#stack = [];
    await this.#free();
  }

  #reserve(caches: readonly LayerCache[], length: number): void {
    try {
      for (const cache of caches) this.#grow(cache, length);
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      throw new TabmeshError('full', 'engine', 'Memory ran out for this conversation. Start a shorter one.', {
        cause,
      });
    }
  }

  #grow(cache: LayerCache, length: number): void {
    const before = cache.bytes;
    const more = cache.bytesFor(length) - before;
    this.#memory.take('caches', more);
    try {
      cache.reserve(length);
    } finally {
      this.#memory.give('caches', more - (cache.bytes - before));
    }
  }

  #forget(caches: readonly LayerCache[]): void {
    for (const { bytes } of caches) this.#memory.give('caches', bytes);
  }
}
