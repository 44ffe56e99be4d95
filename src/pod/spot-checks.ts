import type { PeerId } from '../base/brand.ts';
import { spotCheckShare } from '../base/limits.ts';
import type { Random } from '../base/random.ts';
import type { Chunk } from '../model/slice.ts';

/** A chunk that was not read from the source. */
export interface Taken {
  readonly chunk: Chunk;
  readonly hash: string;
  /** On whose word. */
  readonly vouchers: readonly PeerId[];
}

/** Of one file, over all that is fetched of it: what was taken on whose word, and what of it the source is asked for as well. */
export class SpotChecks {
  readonly #random: Random;
  readonly #drawnOf = new Set<PeerId>();
  /** By where the chunks start. */
  readonly #taken = new Map<number, Taken>();

  constructor(random: Random) {
    this.#random = random;
  }

  /** The first chunk on each one's word, and of the others a share. Drawn once the bytes are here: before, the sender could tell the truth there alone. */
  draws(vouchers: readonly PeerId[]): boolean {
    const isFirst = vouchers.some(peer => !this.#drawnOf.has(peer));
    for (const peer of vouchers) this.#drawnOf.add(peer);
    return isFirst || this.#random.next() < spotCheckShare;
  }

  take(taken: Taken): void {
    this.#taken.set(taken.chunk.start, taken);
  }

  /** The source has brought it, or it is forgotten. */
  drop(chunk: Chunk): void {
    this.#taken.delete(chunk.start);
  }

  takenOn(peers: ReadonlySet<PeerId>): Taken[] {
    return [...this.#taken.values()].filter(({ vouchers }) => vouchers.some(peer => peers.has(peer)));
  }
}
