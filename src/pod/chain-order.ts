import { type ChainProblem, type FoundChain, mirrored, mirroredParts, WayTable } from './chain-problem.ts';

/** Rows of peers in this order, any of which may be left out. */
function waysOf(problem: ChainProblem, order: readonly number[], rows = order.length): WayTable {
  const table = new WayTable(problem, rows);
  for (const [row, peer] of order.entries()) {
    table.begin(peer, true);
    for (let earlier = 0; earlier < row; earlier++) table.enterFrom(earlier, peer);
    table.fill(row, peer);
  }
  return table;
}

/** The fastest split over peers in this order, any of which may be left out. Undefined where none fits. */
export function fastestInOrder(problem: ChainProblem, order: readonly number[]): FoundChain | undefined {
  const table = waysOf(problem, order);
  const costs = Array.from(order.keys(), row => table.total(row));
  const cost = Math.min(...costs);
  if (cost === Number.POSITIVE_INFINITY) return undefined;
  return { cost, parts: table.parts(costs.indexOf(cost), problem.layers) };
}

/**
 * An order of peers to which one more is added. The ways to each border are known from both ends, so that its best place and
 * range, with whatever of the others is left out for it, take peers x layers steps.
 */
export class Insertion {
  readonly #layers: number;
  readonly #count: number;
  readonly #ahead: WayTable;
  /** Of the mirrored problem, in the mirrored order. */
  readonly #behind: WayTable;

  constructor(problem: ChainProblem, order: readonly number[], behind = mirrored(problem)) {
    this.#layers = problem.layers;
    this.#count = order.length;
    // The last row is for the peer that is added.
    this.#ahead = waysOf(problem, order, order.length + 1);
    this.#behind = waysOf(behind, order.toReversed());
  }

  /** The fastest chain with `peer`, which is not in the order. Undefined where none fits. */
  with(peer: number): FoundChain | undefined {
    const ahead = this.#ahead;
    const count = this.#count;
    const layers = this.#layers;
    const { width } = ahead;
    const ends = this.#ends(peer);
    let cost = Number.POSITIVE_INFINITY;
    let best = { place: 0, last: 0 };
    ahead.begin(peer, true);
    for (let place = 0; place <= count; place++) {
      if (place > 0) ahead.enterFrom(place - 1, peer);
      if (!ahead.fill(count, peer)) continue;
      for (let last = 1; last <= layers; last++) {
        const total = ahead.cost[count * width + last]! + ends[place * width + layers - last]!;
        if (total >= cost) continue;
        cost = total;
        best = { place, last };
      }
    }
    if (cost === Number.POSITIVE_INFINITY) return undefined;
    ahead.begin(peer, true);
    for (let row = 0; row < best.place; row++) ahead.enterFrom(row, peer);
    ahead.fill(count, peer);
    const parts = ahead.parts(count, best.last);
    if (best.last === layers) return { cost, parts };
    const behind = this.#behind;
    behind.begin(peer, true);
    for (let row = 0; row < count - best.place; row++) behind.enterFrom(row, peer);
    const left = layers - best.last;
    const rest = mirroredParts(behind.parts(behind.entryFrom[left]!, left), layers);
    return { cost, parts: [...parts, ...rest] };
  }

  /** For each place in the order, and each number of layers that are left after the peer's: what they cost. */
  #ends(peer: number): Float64Array {
    const behind = this.#behind;
    const count = this.#count;
    const ends = new Float64Array((count + 1) * behind.width);
    behind.begin(peer, true);
    for (let place = count; place >= 0; place--) {
      if (place < count) behind.enterFrom(count - 1 - place, peer);
      ends.set(behind.entry, place * behind.width);
    }
    return ends;
  }
}
