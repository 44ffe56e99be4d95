/**
 * Which peers compute which layers, in which order, so that one token takes the least time. Costs are whole nanoseconds and
 * peers are numbers, so every member finds the same chain of the same figures.
 */
import { must } from '../base/assert.ts';
import { exactSearchPeersMax, searchStepsMax } from '../base/limits.ts';

export interface ChainProblem {
  readonly layers: number;
  /** Bytes of all layers before each: layers + 1 numbers that never fall. */
  readonly bytesBefore: Float64Array;
  /** Bytes that each peer has for its range. */
  readonly room: readonly number[];
  /** For each peer, what it takes for all layers before each: layers + 1 numbers that never fall. */
  readonly costBefore: readonly Float64Array[];
  /** From whoever asks to each peer, and back. */
  readonly enter: readonly number[];
  readonly leave: readonly number[];
  /** between[a][b]: from a to b. */
  readonly between: readonly (readonly number[])[];
}

export interface ChainPart {
  readonly peer: number;
  readonly first: number;
  readonly last: number;
}

export interface FoundChain {
  readonly cost: number;
  readonly parts: readonly ChainPart[];
}

/** The best ways to have given away layers up to each border, with one peer as the last. */
interface Ways {
  readonly cost: Float64Array;
  readonly start: Int32Array;
  /** Which ways it comes from; undefined at the beginning of a chain. */
  readonly before: readonly (Ways | undefined)[];
  readonly peer: number;
}

/**
 * The fastest chain: of all there are for up to `exactSearchPeersMax` peers, else the best that a bounded search finds,
 * which is never worse than any split over the peers in the order of their numbers or of their speed. Undefined where
 * none fits.
 */
export function fastestChain(problem: ChainProblem): FoundChain | undefined {
  const all = problem.room.map((_, peer) => peer);
  return all.length <= exactSearchPeersMax ? fastestOf(problem, all) : searched(problem, all);
}

/**
 * Held and Karp's dynamic programme over sets of peers, with the layers given away as a second dimension: all orders and
 * all splits in 2^n x n x (n + layers) steps. https://doi.org/10.1137/0110015
 */
function fastestOf(problem: ChainProblem, peers: readonly number[]): FoundChain | undefined {
  const sets: Ways[][] = Array.from({ length: 1 << peers.length }, () => []);
  let best: { cost: number; ways: Ways } | undefined;
  for (let set = 0; set < sets.length; set++) {
    const known = sets[set]!;
    if (set > 0 && known.length === 0) continue;
    for (const [bit, peer] of peers.entries()) {
      if (set & (1 << bit)) continue;
      const ways = extend(problem, set === 0 ? undefined : known, peer);
      if (!ways) continue;
      sets[set | (1 << bit)]!.push(ways);
      best = better(best, problem, ways);
    }
  }
  return best && chainOf(problem, best);
}

/** The fastest split over peers in this order, any of which may be left out but `wanted`. Undefined where none fits. */
export function fastestInOrder(
  problem: ChainProblem,
  order: readonly number[],
  wanted?: number,
): FoundChain | undefined {
  const known: Ways[] = [];
  let best: { cost: number; ways: Ways } | undefined;
  let begins = true;
  for (const peer of order) {
    const fresh = begins ? extend(problem, undefined, peer) : undefined;
    const later = known.length > 0 ? extend(problem, known, peer) : undefined;
    if (peer === wanted) {
      // Whatever goes on from here has it in it.
      begins = false;
      known.length = 0;
      best = undefined;
    }
    for (const ways of [fresh, later]) {
      if (!ways) continue;
      known.push(ways);
      best = better(best, problem, ways);
    }
  }
  return wanted !== undefined && begins ? undefined : best && chainOf(problem, best);
}

function better(
  best: { cost: number; ways: Ways } | undefined,
  { layers, leave }: ChainProblem,
  ways: Ways,
): { cost: number; ways: Ways } | undefined {
  const cost = ways.cost[layers]! + leave[ways.peer]!;
  return cost < (best?.cost ?? Number.POSITIVE_INFINITY) ? { cost, ways } : best;
}

/**
 * All borders up to which `peer` can carry on from one of `known`, or from the beginning. The best start of its range for
 * each border is the least of a window that only moves forward, so all of them take one pass.
 */
function extend(problem: ChainProblem, known: readonly Ways[] | undefined, peer: number): Ways | undefined {
  const { layers, bytesBefore, room, costBefore, enter, between } = problem;
  const own = costBefore[peer]!;
  const entry = new Float64Array(layers + 1).fill(Number.POSITIVE_INFINITY);
  const before = new Array<Ways | undefined>(layers + 1);
  if (!known) entry[0] = enter[peer]!;
  for (const ways of known ?? []) {
    const way = between[ways.peer]![peer]!;
    for (let at = 1; at < layers; at++) {
      if (ways.cost[at]! + way >= entry[at]!) continue;
      entry[at] = ways.cost[at]! + way;
      before[at] = ways;
    }
  }
  const cost = new Float64Array(layers + 1).fill(Number.POSITIVE_INFINITY);
  const start = new Int32Array(layers + 1);
  /** Starts that may still be the best of a window, the best first. */
  const window: number[] = [];
  const value = (at: number) => entry[at]! - own[at]!;
  let head = 0;
  let found = false;
  for (let end = 1; end <= layers; end++) {
    const next = end - 1;
    if (entry[next]! < Number.POSITIVE_INFINITY) {
      while (window.length > head && value(window.at(-1)!) > value(next)) window.pop();
      window.push(next);
    }
    while (head < window.length && bytesBefore[end]! - bytesBefore[window[head]!]! > room[peer]!) head++;
    const from = window[head];
    if (from === undefined) continue;
    cost[end] = value(from) + own[end]!;
    start[end] = from;
    found = true;
  }
  return found ? { cost, start, before, peer } : undefined;
}

function chainOf({ layers }: ChainProblem, { cost, ways }: { cost: number; ways: Ways }): FoundChain {
  const parts: ChainPart[] = [];
  let last = layers;
  for (let at: Ways | undefined = ways; at; ) {
    const first: number = at.start[last]!;
    parts.unshift({ peer: at.peer, first, last });
    at = first === 0 ? undefined : must(at.before[first], 'a range in the middle has one before it');
    last = first;
  }
  return { cost, parts };
}

/** Starts from orders that are good by themselves, then moves one peer after the other to where it helps most. */
function searched(problem: ChainProblem, all: readonly number[]): FoundChain | undefined {
  let steps = 0;
  const inOrder = (order: readonly number[]) => {
    steps += order.length * (order.length + 1) * problem.layers;
    return fastestInOrder(problem, order);
  };
  let best: FoundChain | undefined;
  const offer = (chain: FoundChain | undefined): boolean => {
    if (!chain || chain.cost >= (best?.cost ?? Number.POSITIVE_INFINITY)) return false;
    best = chain;
    return true;
  };
  const by = (value: (peer: number) => number) => [...all].sort((a, b) => value(a) - value(b) || a - b);
  const { layers, costBefore, room } = problem;
  const bySpeed = by(peer => costBefore[peer]![layers]!);
  for (const order of [all, bySpeed, by(peer => -room[peer]!), nearest(problem, all)]) {
    offer(inOrder(order));
    offer(inOrder([...order].reverse()));
  }
  const few = () => {
    const used = best?.parts.map(part => part.peer) ?? [];
    const more = bySpeed.filter(peer => !used.includes(peer));
    return [...used, ...more].slice(0, exactSearchPeersMax).sort((a, b) => a - b);
  };
  offer(fastestOf(problem, few()));
  for (let improved = best !== undefined; improved && steps < searchStepsMax; ) {
    improved = false;
    for (const peer of all) {
      const others = best!.parts.map(part => part.peer).filter(each => each !== peer);
      for (let place = 0; place <= others.length && steps < searchStepsMax; place++)
        improved = offer(inOrder(others.toSpliced(place, 0, peer))) || improved;
    }
  }
  if (best && best.parts.length <= exactSearchPeersMax) offer(fastestOf(problem, few()));
  return best;
}

/** From the peer that is nearest to those who ask, each time to the nearest of the rest. */
function nearest({ enter, between }: ChainProblem, all: readonly number[]): number[] {
  const order: number[] = [];
  const rest = new Set(all);
  while (rest.size > 0) {
    const last = order.at(-1);
    const distance = (peer: number) => (last === undefined ? enter[peer]! : between[last]![peer]!);
    const next = [...rest].reduce((a, b) => (distance(b) < distance(a) ? b : a));
    order.push(next);
    rest.delete(next);
  }
  return order;
}
