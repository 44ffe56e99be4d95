import { expect, test } from 'vitest';
import { type Random, seededRandom } from '../base/random.ts';
import { Insertion } from './chain-order.ts';
import { type ChainPart, type ChainProblem, costOf } from './chain-problem.ts';
import { fastestChain } from './chain-search.ts';

const below = (random: Random, limit: number) => Math.floor(random.next() * limit);

/** Every way there and back is another; layers differ, and so do they on each peer. Most peers have room for some of them. */
function randomProblem(random: Random, peers: number, layers: number): ChainProblem {
  const before = (of: () => number) => {
    const sums = new Float64Array(layers + 1);
    for (let layer = 0; layer < layers; layer++) sums[layer + 1] = sums[layer]! + of();
    return sums;
  };
  const numbers = (limit: number) => Array.from({ length: peers }, () => below(random, limit));
  return {
    layers,
    bytesBefore: before(() => 3 + below(random, 8)),
    room: numbers(layers * 5),
    costBefore: numbers(40).map(slow => before(() => 1 + slow + below(random, 20))),
    enter: numbers(30),
    leave: numbers(30),
    between: Array.from({ length: peers }, () => numbers(60)),
  };
}

/** What the cheapest of all chains costs: each peer that is not in it yet, with each range that fits, and all that may follow. */
function leastCost(problem: ChainProblem, used = new Set<number>(), from?: number, first = 0): number {
  const { layers, bytesBefore, room, costBefore, enter, leave, between } = problem;
  if (first === layers) return leave[from!]!;
  let least = Number.POSITIVE_INFINITY;
  for (const peer of room.keys()) {
    if (used.has(peer)) continue;
    used.add(peer);
    const way = from === undefined ? enter[peer]! : between[from]![peer]!;
    for (let last = first + 1; last <= layers; last++) {
      if (bytesBefore[last]! - bytesBefore[first]! > room[peer]!) break;
      const own = costBefore[peer]![last]! - costBefore[peer]![first]!;
      least = Math.min(least, way + own + leastCost(problem, used, peer, last));
    }
    used.delete(peer);
  }
  return least;
}

/** All layers in order, on different peers, each with room for its own. */
function check(problem: ChainProblem, parts: readonly ChainPart[]): void {
  expect(parts.map(({ first }) => first)).toEqual([0, ...parts.slice(0, -1).map(({ last }) => last)]);
  expect(parts.at(-1)!.last).toBe(problem.layers);
  expect(new Set(parts.map(({ peer }) => peer)).size).toBe(parts.length);
  for (const { peer, first, last } of parts) {
    expect(last).toBeGreaterThan(first);
    const bytes = problem.bytesBefore[last]! - problem.bytesBefore[first]!;
    expect(bytes).toBeLessThanOrEqual(problem.room[peer]!);
  }
}

test('up to 8 peers no order and no split is faster, by brute force', () => {
  const random = seededRandom(23);
  const lengths: number[] = [];
  for (let round = 0; round < 64; round++) {
    const problem = randomProblem(random, 5 + (round % 4), 3 + below(random, 4));
    const least = leastCost(problem);
    const found = fastestChain(problem);
    expect(found?.cost ?? Number.POSITIVE_INFINITY).toBe(least);
    if (!found) continue;
    expect(costOf(problem, found.parts)).toBe(least);
    check(problem, found.parts);
    lengths.push(found.parts.length);
  }
  expect(lengths.length).toBeGreaterThan(50);
  expect(lengths.filter(length => length > 2).length).toBeGreaterThan(15);
});

test('beyond 8 peers the search stays near to the best', () => {
  const random = seededRandom(29);
  let found = 0;
  let least = 0;
  for (let round = 0; round < 24; round++) {
    const problem = randomProblem(random, 9 + (round % 2), 5);
    const chain = fastestChain(problem);
    if (!chain) continue;
    check(problem, chain.parts);
    expect(costOf(problem, chain.parts)).toBe(chain.cost);
    found += chain.cost;
    least += leastCost(problem);
  }
  expect(least).toBeGreaterThan(0);
  expect(found / least).toBeLessThan(1.02);
});

test('a peer is put where it costs least, and those that it makes needless go', () => {
  const random = seededRandom(31);
  let fits = 0;
  for (let round = 0; round < 200; round++) {
    const peers = 2 + below(random, 5);
    const problem = randomProblem(random, peers, 1 + below(random, 5));
    const peer = below(random, peers);
    const order = [...problem.room.keys()].filter(each => each !== peer);
    const chain = new Insertion(problem, order).with(peer);
    const least = Math.min(
      ...order.concat(peer).map((_, place) => leastInOrder(problem, order.toSpliced(place, 0, peer), peer)),
    );
    expect(chain?.cost ?? Number.POSITIVE_INFINITY).toBe(least);
    if (!chain) continue;
    fits += 1;
    expect(costOf(problem, chain.parts)).toBe(least);
    check(problem, chain.parts);
  }
  expect(fits).toBeGreaterThan(50);
});

/** Of all choices out of an order that have `wanted` in them, by brute force. */
function leastInOrder(
  problem: ChainProblem,
  order: readonly number[],
  wanted: number,
  used: number[] = [],
): number {
  const [next, ...rest] = order;
  if (next === undefined) return used.includes(wanted) ? leastSplit(problem, used) : Number.POSITIVE_INFINITY;
  return Math.min(
    leastInOrder(problem, rest, wanted, used),
    leastInOrder(problem, rest, wanted, [...used, next]),
  );
}

/** All of the peers, in this order, each with a layer at least. */
function leastSplit(
  problem: ChainProblem,
  peers: readonly number[],
  parts: readonly ChainPart[] = [],
): number {
  const first = parts.at(-1)?.last ?? 0;
  const peer = peers[parts.length];
  if (peer === undefined) return first === problem.layers ? costOf(problem, parts) : Number.POSITIVE_INFINITY;
  let least = Number.POSITIVE_INFINITY;
  for (let last = first + 1; last <= problem.layers; last++) {
    if (problem.bytesBefore[last]! - problem.bytesBefore[first]! > problem.room[peer]!) break;
    least = Math.min(least, leastSplit(problem, peers, [...parts, { peer, first, last }]));
  }
  return least;
}
