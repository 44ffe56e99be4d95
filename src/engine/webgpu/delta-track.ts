import { rewindRowsMax } from '../../base/limits.ts';

/** Of one session in one layer: the state behind its last row, and the two newest at whole eights of rows. */
export const statesKept = 3;
/** In place of a state: all zeros. */
export const noState = statesKept;

/** Where a run of rows begins: the kernel takes `state`, which stands at `from`, through the kept rows from there on. */
export interface DeltaStart {
  readonly state: number;
  readonly from: number;
}

/**
 * Which states a session has on the GPU, kept on the CPU: rows go into the kernel one run after the other, so both know
 * without a word between them (compare cpu/delta-cache.ts). A rewind costs nothing until the next rows come: they begin at
 * a saved state, and the kernel computes those up to the rewound length again, with the same bits.
 */
export class DeltaTrack {
  readonly slot: number;
  #length = 0;
  /** What the state behind the last row stands at; a rewind leaves it where it is. */
  #now = 0;
  /** Where the older of the saved states stands; 0 needs none. The newer one is at the last whole eight. */
  #oldest = 0;

  constructor(slot: number) {
    this.slot = slot;
  }

  /** Of `count` rows that come now. */
  take(count: number): DeltaStart {
    const start = this.#start();
    this.#length += count;
    this.#now = this.#length;
    this.#oldest = Math.max(this.#oldest, wholeEights(this.#length) - rewindRowsMax);
    return start;
  }

  canRewind(length: number): boolean {
    return length === this.#length || length === 0 || length >= this.#oldest;
  }

  rewind(length: number): void {
    this.#oldest = Math.min(this.#oldest, length);
    this.#length = length;
  }

  #start(): DeltaStart {
    const from = wholeEights(this.#length);
    if (this.#now === this.#length && this.#now > from) return { state: 0, from: this.#now };
    // Saved in turns.
    return { state: from === 0 ? noState : 1 + ((from / rewindRowsMax) % 2), from };
  }
}

const wholeEights = (length: number): number => length - (length % rewindRowsMax);
