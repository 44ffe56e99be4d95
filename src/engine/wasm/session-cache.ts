import { type Hyperparameters, isRecurrentLayer, type LayerRange } from '../../model/model.ts';
import { DeltaStates } from './delta-states.ts';
import type { Heap } from './heap.ts';
import { KvPages } from './kv-pages.ts';
import type { Run } from './program.ts';

/** What the layers of a stage remember of one session. */
export class SessionCache {
  readonly #pages: KvPages;
  readonly #states: DeltaStates | undefined;

  /** Throws TabmeshError('full', 'engine'). */
  constructor(heap: Heap, hyper: Hyperparameters, { first, last }: LayerRange, capacity: number) {
    const layers = Array.from({ length: last - first }, (_, index) => first + index);
    const recurrent = layers.filter(layer => isRecurrentLayer(hyper, layer)).length;
    this.#pages = new KvPages(heap, hyper, layers.length - recurrent, capacity);
    try {
      if (hyper.deltaNet && recurrent > 0) this.#states = new DeltaStates(heap, hyper.deltaNet, recurrent);
    } catch (error) {
      this.#pages.release();
      throw error;
    }
  }

  /** Makes room for `length` positions. Throws TabmeshError('full', 'engine'); what came by then stays for the next try. */
  reserve(length: number): void {
    this.#pages.reserve(length);
    this.#states?.reserve();
  }

  /** The next `count` rows, which begin at `position`, as the kernels take them. */
  run(position: number, count: number): Run {
    const { table: pages, pagesPerLayer } = this.#pages;
    const states = this.#states?.table ?? 0;
    const again = this.#states?.begin(position, position + count) ?? -1;
    return { position, count, pages, pagesPerLayer, states, again };
  }

  canRewind(length: number): boolean {
    return this.#states?.canRewind(length) ?? true;
  }

  rewind(length: number): void {
    this.#states?.rewind(length);
  }

  release(): void {
    this.#pages.release();
    this.#states?.release();
  }
}
