import { must } from '../base/assert.ts';
import { type Draft, draftPlan } from './draft.ts';
import type { Plan, PlanLayer, PlanOptions, PlanPeer, Standby } from './plan.ts';
import { explain } from './plan-words.ts';
import { standbysOf } from './standbys.ts';

/**
 * The plan of one model: see `Spread`. The same for every order of `peers`, so that every member comes to the same plan.
 * All `peers` count as those who ask, equally often. Where nothing fits, throws TabmeshError('full', 'pod'), or the
 * problem of a peer without which something would.
 */
export function plan(layers: readonly PlanLayer[], peers: readonly PlanPeer[], options: PlanOptions): Plan {
  const draft = draftPlan(layers, peers, options);
  const free = new Map(peers.map(({ id, freeBytes }) => [id, freeBytes]));
  for (const { peer, bytes } of draft.assignments) free.set(peer, must(free.get(peer)) - bytes);
  return finished(draft, standbysOf([draft], free)[0]!);
}

export function finished(draft: Draft, standbys: readonly Standby[]): Plan {
  const { spread, assignments, spare, forecast } = draft;
  const explanation = explain(draft, standbys);
  return { spread, assignments, spare, standbys, ...(forecast ? { forecast } : {}), explanation };
}
