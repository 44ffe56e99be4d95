import { exactSearchPeersMax, searchStepsMax } from '../base/limits.ts';
import { fastestOf } from './chain-exact.ts';
import { fastestInOrder, Insertion } from './chain-order.ts';
import { type ChainProblem, type FoundChain, mirrored } from './chain-problem.ts';

/**
 * The fastest chain: of all there are for up to `exactSearchPeersMax` peers, else the best that a bounded search finds,
 * which is never worse than any split over the peers in the order of their numbers or of their speed. Undefined where
 * none fits.
 */
export function fastestChain(problem: ChainProblem): FoundChain | undefined {
  const all = problem.room.map((_, peer) => peer);
  return all.length <= exactSearchPeersMax ? fastestOf(problem, all) : searched(problem, all);
}

/** Starts from orders that are good by themselves, then moves one peer after the other to where it helps most. */
function searched(problem: ChainProblem, all: readonly number[]): FoundChain | undefined {
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
    offer(fastestInOrder(problem, order));
    offer(fastestInOrder(problem, order.toReversed()));
  }
  const few = () => {
    const used = best?.parts.map(part => part.peer) ?? [];
    const more = bySpeed.filter(peer => !used.includes(peer));
    return [...used, ...more].slice(0, exactSearchPeersMax).sort((a, b) => a - b);
  };
  offer(fastestOf(problem, few()));
  best = best && moved(problem, all, best);
  if (best && best.parts.length <= exactSearchPeersMax) offer(fastestOf(problem, few()));
  return best;
}

/** Takes each peer out of the chain, if it is there, and puts it where it helps most, until none helps or it took `searchStepsMax`. */
function moved(problem: ChainProblem, all: readonly number[], chain: FoundChain): FoundChain {
  const fromItsEnd = mirrored(problem);
  let best = chain;
  let insertion: Insertion | undefined;
  let steps = 0;
  for (let still = 0, next = 0; still < all.length && steps < searchStepsMax; still++, next++) {
    const peer = all[next % all.length]!;
    const order = best.parts.map(part => part.peer);
    const others = order.filter(each => each !== peer);
    const isIn = others.length < order.length;
    // Those that are not in the chain are all tried at the same one.
    const place = isIn || !insertion ? new Insertion(problem, others, fromItsEnd) : insertion;
    insertion = isIn ? insertion : place;
    steps += others.length * (others.length + 2) * problem.layers;
    const found = place.with(peer);
    if (!found || found.cost >= best.cost) continue;
    best = found;
    insertion = undefined;
    still = -1;
  }
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
