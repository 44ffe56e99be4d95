import { type ChainProblem, type FoundChain, WayTable } from './chain-problem.ts';

/**
 * The fastest chain over some of these peers, in any order; undefined where none fits. Held and Karp's dynamic programme over sets
 * of peers, with the layers given away as a second dimension: all orders and all splits in 2^n x n x (n + layers) steps.
 * https://doi.org/10.1137/0110015
 */
export function fastestOf(problem: ChainProblem, peers: readonly number[]): FoundChain | undefined {
  const count = peers.length;
  const table = new WayTable(problem, count << count);
  /** Row `set * count + bit` is that of a set whose last peer is `bit`. */
  const reached = new Uint8Array(count << count);
  let best = Number.POSITIVE_INFINITY;
  let bestRow = 0;
  for (let set = 1; set < 1 << count; set++) {
    // Of equally fast chains, the one that ends with the highest number.
    for (let bit = count - 1; bit >= 0; bit--) {
      const before = set & ~(1 << bit);
      if (before === set) continue;
      const peer = peers[bit]!;
      table.begin(peer, before === 0);
      let isReached = before === 0;
      for (let last = 0; last < count; last++) {
        if (!reached[before * count + last]) continue;
        table.enterFrom(before * count + last, peer);
        isReached = true;
      }
      const row = set * count + bit;
      if (!isReached || !table.fill(row, peer)) continue;
      reached[row] = 1;
      if (table.total(row) >= best) continue;
      best = table.total(row);
      bestRow = row;
    }
  }
  return best < Number.POSITIVE_INFINITY
    ? { cost: best, parts: table.parts(bestRow, problem.layers) }
    : undefined;
}
