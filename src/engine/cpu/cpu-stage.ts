import type { SessionId } from '../../base/brand.ts';
import { TabmeshError } from '../../base/error.ts';
import type { Hyperparameters, LayerRange } from '../../model/model.ts';
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
  readonly #free: () => Promise<void>;
  readonly #sessions = new Sessions<LayerCache[]>();
  #disposed = false;

  constructor(
    hyper: Hyperparameters,
    layers: LayerRange,
    stack: readonly Layer[],
    weightBytes: number,
    free: () => Promise<void>,
  ) {
    this.#hyper = hyper;
    this.layers = layers;
    this.#stack = stack;
    this.weightBytes = weightBytes;
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
      reserve(sessions[index]!.cache, position + count);
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
    this.#sessions.close(session);
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#sessions.closeAll();
    this.#stack = [];
    await this.#free();
  }
}

function reserve(caches: readonly LayerCache[], length: number): void {
  try {
    for (const cache of caches) cache.reserve(length);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new TabmeshError('full', 'engine', 'Memory ran out for this conversation. Start a shorter one.', {
      cause,
    });
  }
}
