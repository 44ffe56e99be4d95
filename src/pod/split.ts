/**
 * How many of the layers, in order, each peer takes, in order: a partition into contiguous ranges (some may be empty)
 * with no range over its peer's free bytes, or undefined where there is none.
 *
 * Of all such partitions, the one with the most peers at work, and of these the one whose ranges differ least (sum of
 * squares) from shares in proportion to free bytes. Found exactly, by dynamic programming over (peer, layers given
 * away so far): peers x layers x layers per peer, 32 x 1024 x (1024 / 32) in the largest pod.
 */
export function split(sizes: readonly number[], free: readonly number[]): number[] | undefined {
  const layers = sizes.length;
  const before = [0];
  for (const size of sizes) before.push(before.at(-1)! + size);
  const total = before[layers]!;
  const allFree = free.reduce((sum, each) => sum + each, 0);

  /** best[given] after the peers seen so far; used is -1 where it cannot be reached. */
  let used = new Int32Array(layers + 1).fill(-1);
  let cost = new Float64Array(layers + 1);
  used[0] = 0;
  const taken: Int32Array[] = [];
  for (const room of free) {
    const share = (total * room) / allFree;
    const nextUsed = new Int32Array(layers + 1).fill(-1);
    const nextCost = new Float64Array(layers + 1);
    const took = new Int32Array(layers + 1);
    for (let given = 0; given <= layers; given++) {
      if (used[given]! < 0) continue;
      for (let last = given; last <= layers; last++) {
        const bytes = before[last]! - before[given]!;
        if (bytes > room) break;
        const count = used[given]! + (last > given ? 1 : 0);
        const distance = cost[given]! + (bytes - share) ** 2;
        const better = count > nextUsed[last]! || (count === nextUsed[last]! && distance < nextCost[last]!);
        if (!better) continue;
        nextUsed[last] = count;
        nextCost[last] = distance;
        took[last] = last - given;
      }
    }
    used = nextUsed;
    cost = nextCost;
    taken.push(took);
  }
  if (used[layers]! < 0) return undefined;

  const counts = new Array<number>(free.length).fill(0);
  let rest = layers;
  for (let peer = free.length - 1; peer >= 0; peer--) {
    counts[peer] = taken[peer]![rest]!;
    rest -= counts[peer]!;
  }
  return counts;
}
