import { formatBytes } from '../base/bytes.ts';
import { Insertion } from './chain-order.ts';
import { type ChainPart, costOf } from './chain-problem.ts';
import { formatMs } from './format-ms.ts';
import type { PlanPeer, Spread } from './plan.ts';
import { nanosPerMs, type Timing } from './timing.ts';

export interface Chosen {
  /** Those that could take part. */
  readonly able: readonly PlanPeer[];
  readonly parts: readonly ChainPart[];
  readonly timing: Timing;
  readonly sizes: readonly number[];
  readonly spread: Spread;
}

/** Says in a sentence why a peer has no part in a plan. */
export function spareReasons(chosen: Chosen): (peer: PlanPeer) => string {
  const smallest = Math.min(...chosen.sizes);
  let added: ReturnType<typeof addedMsOf> | undefined;
  return peer => {
    if (peer.problem) return `It cannot load this model. ${peer.problem.reason}`;
    if (peer.freeBytes <= 0) return 'It has no memory free for layers of this model; it can still ask.';
    if (peer.freeBytes < smallest) {
      return `It has ${formatBytes(peer.freeBytes)} free and the smallest layer needs ${formatBytes(smallest)}.`;
    }
    if (chosen.parts.length >= chosen.sizes.length) return 'There are more peers than layers.';
    if (chosen.spread === 'wide')
      return `Its ${formatBytes(peer.freeBytes)} do not hold the layers that would be its turn.`;
    added ??= addedMsOf(chosen);
    const ms = added(peer);
    if (ms === undefined) return 'The others need all of their memory for the layers that would be left.';
    if (!chosen.timing.isMeasured)
      return 'Fewer peers answer faster, as each one more is a way more for every token.';
    if (ms > 0) return `Adding it would add ${formatMs(ms)} to a token.`;
    return `Moving layers to it would save only ${formatMs(-ms)} of a token, too little to load them anew.`;
  };
}

/** What the best chain with a peer takes more than the chosen one; undefined where none fits. */
function addedMsOf({ able, parts, timing }: Chosen): (peer: PlanPeer) => number | undefined {
  const problem = timing.problem(able, false);
  const chosen = costOf(problem, parts);
  const insertion = new Insertion(
    problem,
    parts.map(part => part.peer),
  );
  return peer => {
    const found = insertion.with(able.indexOf(peer));
    return found && (found.cost - chosen) / nanosPerMs;
  };
}
