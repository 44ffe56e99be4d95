/** What each has of a payer's budget while it is worked out what of which transfer counts. */
import type { PeerId } from '../base/brand.ts';
import { type Budget, shareOf } from './budget.ts';
import type { Made } from './transfer.ts';

/** How some of what `from` has can be moved: a transfer to it counts for less, or one from it for more, by `most` at most. */
interface Way {
  readonly made: Made;
  readonly from: PeerId;
  readonly most: number;
}

export class Purses {
  readonly #budget: Budget;
  readonly #amounts = new Map<PeerId, number>();
  /** In the order that all agree on. */
  readonly #promised: readonly Made[];
  readonly #counted = new Map<Made, number>();

  /** Each transfer counts that its author covers at its place in the order. */
  constructor(budget: Budget, promised: readonly Made[]) {
    this.#budget = budget;
    this.#promised = promised;
    for (const each of promised) if (this.of(each.from) >= each.amount) this.#count(each, each.amount);
  }

  /** Below 0 where more was taken than there was. */
  of(peer: PeerId): number {
    return this.#amounts.get(peer) ?? shareOf(this.#budget, peer);
  }

  /** What of it moves. */
  counted(made: Made): number {
    return this.#counted.get(made) ?? 0;
  }

  /**
   * What was spent or reserved is a fact, which outranks the order of transfers. Whoever is short by it gets back the latest that it gave,
   * or what it was promised counts after all, which a merge may have put behind what its author could not cover any more. That is a
   * maximum flow by shortest augmenting paths (Edmonds and Karp, 1972): where all that is held was ever there, nobody stays below 0.
   */
  take(held: ReadonlyMap<PeerId, number>): void {
    for (const [peer, amount] of held) this.#add(peer, -amount);
    for (const peer of held.keys())
      for (let path = this.#path(peer); path; path = this.#path(peer)) this.#draw(peer, path);
  }

  /** To one who is short from the nearest who has some left, the one who has it first; undefined where nobody is short or has any. */
  #path(short: PeerId): Way[] | undefined {
    if (this.of(short) >= 0) return undefined;
    const paths = new Map<PeerId, Way[]>([[short, []]]);
    for (const [peer, path] of paths) {
      if (this.of(peer) > 0) return path;
      for (const way of this.#ways(peer)) if (!paths.has(way.from)) paths.set(way.from, [way, ...path]);
    }
    return undefined;
  }

  #draw(short: PeerId, path: readonly Way[]): void {
    const amount = Math.min(-this.of(short), this.of(path[0]!.from), ...path.map(({ most }) => most));
    for (const { made, from } of path) this.#count(made, from === made.from ? amount : -amount);
  }

  #ways(peer: PeerId): Way[] {
    const back = this.#promised.filter(({ from }) => from === peer).reverse();
    const after = this.#promised.filter(({ to }) => to === peer);
    return [
      ...back.map(made => ({ made, from: made.to, most: this.counted(made) })),
      ...after.map(made => ({ made, from: made.from, most: made.amount - this.counted(made) })),
    ].filter(({ most }) => most > 0);
  }

  /** So much more of it, or less where below 0. */
  #count(made: Made, amount: number): void {
    this.#counted.set(made, this.counted(made) + amount);
    this.#add(made.from, -amount);
    this.#add(made.to, amount);
  }

  #add(peer: PeerId, amount: number): void {
    this.#amounts.set(peer, this.of(peer) + amount);
  }
}
