import { formatBytes } from '../base/bytes.ts';
import { type ChainPart, fastestInOrder } from './chain-search.ts';
import { formatMs } from './format-ms.ts';
import type { PlanPeer, Spread } from './plan.ts';
import type { Timing } from './timing.ts';

export interface Chosen {
  /** Those that could take part. */
  readonly able: readonly PlanPeer[];
  readonly parts: readonly ChainPart[];
  readonly timing: Timing;
  readonly sizes: readonly number[];
  readonly spread: Spread;
}

/** Why a peer has no part in a plan, in a sentence. */
export function whySpare(peer: PlanPeer, chosen: Chosen): string {
  const smallest = Math.min(...chosen.sizes);
  if (peer.problem) return `It cannot load this model. ${peer.problem.reason}`;
  if (peer.freeBytes <= 0) return 'It has no memory free for layers of this model; it can still ask.';
  if (peer.freeBytes < smallest) {
    return `It has ${formatBytes(peer.freeBytes)} free and the smallest layer needs ${formatBytes(smallest)}.`;
  }
  if (chosen.parts.length >= chosen.sizes.length) return 'There are more peers than layers.';
  if (chosen.spread === 'wide')
    return `Its ${formatBytes(peer.freeBytes)} do not hold the layers that would be its turn.`;
  const added = addedMs(peer, chosen);
  if (added === undefined) return 'The others need all of their memory for the layers that would be left.';
  if (!chosen.timing.isMeasured)
    return 'Fewer peers answer faster, as each one more is a way more for every token.';
  if (added > 0) return `Adding it would add ${formatMs(added)} to a token.`;
  return `Moving layers to it would save only ${formatMs(-added)} of a token, too little to load them anew.`;
}

/** What the best chain with it takes more than the chosen one; undefined where none fits. */
function addedMs(peer: PlanPeer, { able, parts, timing }: Chosen): number | undefined {
  const problem = timing.problem(able, false);
  const wanted = able.indexOf(peer);
  const order = parts.map(part => part.peer);
  const first = order[0]!;
  let nanos = problem.enter[first]! + problem.leave[order.at(-1)!]!;
  for (const [index, part] of parts.entries()) {
    const cost = problem.costBefore[part.peer]!;
    nanos += cost[part.last]! - cost[part.first]!;
    if (index > 0) nanos += problem.between[order[index - 1]!]![part.peer]!;
  }
  const costs = Array.from({ length: order.length + 1 }, (_, place) => {
    return (
      fastestInOrder(problem, order.toSpliced(place, 0, wanted), wanted)?.cost ?? Number.POSITIVE_INFINITY
    );
  });
  const best = Math.min(...costs);
  return best < Number.POSITIVE_INFINITY ? (best - nanos) / 1e6 : undefined;
}
