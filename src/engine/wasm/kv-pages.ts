import type { Hyperparameters } from '../../model/model.ts';
import type { Heap } from './heap.ts';

/** As in wasm/attention.ts. */
const pagePositions = 64;

/** Keys and values of one session in the layers of a stage, in pages of 64 positions that come with use and never move. */
export class KvPages {
  readonly table: number;
  readonly pagesPerLayer: number;
  readonly #heap: Heap;
  readonly #layers: number;
  readonly #pageBytes: number;
  #pages: number[] = [];

  /** Throws TabmeshError('full', 'engine') where not even the list of pages fits. */
  constructor(
    heap: Heap,
    { kvHeads, keySize, valueSize }: Hyperparameters,
    layers: number,
    capacity: number,
  ) {
    this.#heap = heap;
    this.#layers = layers;
    this.#pageBytes = pagePositions * kvHeads * (keySize + valueSize) * 4;
    this.pagesPerLayer = Math.ceil(capacity / pagePositions);
    this.table = heap.take(layers * this.pagesPerLayer * 4, 'caches');
  }

  /** Makes room for `length` positions. Throws TabmeshError('full', 'engine'); what came by then stays for the next try. */
  reserve(length: number): void {
    const needed = Math.ceil(length / pagePositions) * this.#layers;
    while (this.#pages.length < needed) {
      const page = this.#heap.take(this.#pageBytes, 'caches');
      const layer = this.#pages.length % this.#layers;
      const index = Math.floor(this.#pages.length / this.#layers);
      this.#heap.words(this.table + (layer * this.pagesPerLayer + index) * 4, 1)[0] = page;
      this.#pages.push(page);
    }
  }

  release(): void {
    for (const page of this.#pages) this.#heap.release(page);
    this.#pages = [];
    this.#heap.release(this.table);
  }
}
