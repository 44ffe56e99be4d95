import { rewindRowsMax } from '../../base/limits.ts';
import { type DeltaNet, deltaNetChannels } from '../../model/model.ts';
import type { Heap } from './heap.ts';

/** As in wasm/delta-step.ts. */
const rowsKept = 18;

/**
 * What the recurrent layers of a stage know of one session, of each layer in a place of its own: the memories now and those at the last
 * two multiples of `rewindRowsMax`, and the few rows from which others are made (see engine/cpu/delta-cache.ts). The kernels
 * fill it and go back in it; here is only which positions they can go back to.
 */
export class DeltaStates {
  /** Lists the places. */
  readonly table: number;
  readonly #heap: Heap;
  readonly #layers: number;
  readonly #layerBytes: number;
  #places: number[] = [];
  /** 0, or the older of the two positions whose memories are saved. */
  #oldest = 0;
  /** Whether the memories are not those of the session's length: it is new, or it went back. */
  #stale = true;

  /** Throws TabmeshError('full', 'engine') where not even the list fits. */
  constructor(heap: Heap, net: DeltaNet, layers: number) {
    this.#heap = heap;
    this.#layers = layers;
    const { valueHeads, headSize } = net;
    const row = deltaNetChannels(net) + 2 * valueHeads;
    this.#layerBytes = (3 * valueHeads * headSize * headSize + rowsKept * row) * 4;
    this.table = heap.take(layers * 4, 'caches');
  }

  /** Makes room, all of it once. Throws TabmeshError('full', 'engine'); what came by then stays for the next try. */
  reserve(): void {
    while (this.#places.length < this.#layers) {
      const place = this.#heap.take(this.#layerBytes, 'caches');
      this.#heap.words(this.table + this.#places.length * 4, 1)[0] = place;
      this.#places.push(place);
    }
  }

  canRewind(length: number): boolean {
    return length === 0 || length >= this.#oldest;
  }

  rewind(length: number): void {
    if (length === 0) this.#oldest = 0;
    this.#stale = true;
  }

  /** Before rows from `position` to `end` are taken in. Answers from where the memories have to be made again, or -1. */
  begin(position: number, end: number): number {
    const again = this.#stale ? saved(position) : -1;
    this.#stale = false;
    this.#oldest = Math.max(this.#oldest, saved(end) - rewindRowsMax);
    return again;
  }

  release(): void {
    for (const place of this.#places) this.#heap.release(place);
    this.#places = [];
    this.#heap.release(this.table);
  }
}

/** The last position up to `length` at which memories are saved. */
const saved = (length: number): number => length - (length % rewindRowsMax);
