/** What each has of a payer's budget while it is worked out which transfers count. */
import type { PeerId } from '../base/brand.ts';
import { type Budget, shareOf } from './budget.ts';
import type { Made } from './transfer.ts';

export class Purses {
  readonly #budget: Budget;
  readonly #amounts = new Map<PeerId, number>();
  /** In the order that all agree on. */
  readonly #promised: readonly Made[];
  readonly #counting = new Set<Made>();

  /** Each transfer counts that its author covers at its place in the order. */
  constructor(budget: Budget, promised: readonly Made[]) {
    this.#budget = budget;
    this.#promised = promised;
    for (const each of promised) if (this.of(each.from) >= each.amount) this.#count(each);
  }

  /** Below 0 where more was taken than there was. */
  of(peer: PeerId): number {
    return this.#amounts.get(peer) ?? shareOf(this.#budget, peer);
  }

  counts(made: Made): boolean {
    return this.#counting.has(made);
  }

  /** What was spent or reserved is a fact, which outranks the order of transfers: those of who is short are settled anew. */
  take(held: ReadonlyMap<PeerId, number>): void {
    for (const [peer, amount] of held) this.#add(peer, -amount);
    for (const peer of held.keys()) this.#raise(peer, 0, new Set(), new Set());
  }

  /**
   * Whether `peer` has `wanted` afterwards. The latest that it gave comes back first; then what it was promised counts after all, which
   * a merge may have put behind what its author could not cover any more. Nobody else falls below 0: who has not so much is
   * raised first in turn, as along an augmenting path (Ford and Fulkerson, 1956), though no transfer is split.
   */
  #raise(peer: PeerId, wanted: number, path: Set<PeerId>, failed: Set<PeerId>): boolean {
    if (path.has(peer)) return false;
    if (this.of(peer) >= wanted) return true;
    if (failed.has(peer)) return false;
    path.add(peer);
    const given = this.#promised.filter(each => each.from === peer && this.counts(each)).reverse();
    for (const each of given)
      if (this.of(peer) < wanted && this.#raise(each.to, each.amount, path, failed)) this.#uncount(each);
    const missed = this.#promised.filter(each => each.to === peer && !this.counts(each));
    for (const each of missed)
      if (this.of(peer) < wanted && this.#raise(each.from, each.amount, path, failed)) this.#count(each);
    path.delete(peer);
    if (this.of(peer) >= wanted) return true;
    failed.add(peer);
    return false;
  }

  #count(made: Made): void {
    this.#counting.add(made);
    this.#move(made.from, made.to, made.amount);
  }

  #uncount(made: Made): void {
    this.#counting.delete(made);
    this.#move(made.to, made.from, made.amount);
  }

  #move(from: PeerId, to: PeerId, amount: number): void {
    this.#add(from, -amount);
    this.#add(to, amount);
  }

  #add(peer: PeerId, amount: number): void {
    this.#amounts.set(peer, this.of(peer) + amount);
  }
}
