import type { ModelId, PeerId } from '../base/brand.ts';
import { type ErrorRecord, toRecord } from '../base/error.ts';
import type { Model } from '../model/model.ts';
import type { Member } from './member.ts';
import { planLayers } from './model-bytes.ts';
import { type Plan, plan } from './plan.ts';

export type Planned = { readonly plan: Plan } | { readonly problem: ErrorRecord };

export interface Plannable {
  readonly id: ModelId;
  readonly header: Model | ErrorRecord | undefined;
  /** The one peer that may hold it; all where it is missing. */
  readonly only?: PeerId;
}

/**
 * Plans for all models of the pod out of one memory, the first served first: each takes its bytes from what the later
 * ones may have, and members that cannot load it are left out. A model whose header is not read yet gets none. The same wherever it is computed from the same records.
 */
export function planModels(
  models: readonly Plannable[],
  members: readonly Pick<Member, 'id' | 'memoryBytes' | 'problems'>[],
): Map<ModelId, Planned> {
  const free = new Map(members.map(({ id, memoryBytes }) => [id, memoryBytes]));
  const plans = new Map<ModelId, Planned>();
  for (const { id, header, only } of models) {
    if (!header) continue;
    if (!('hyper' in header)) {
      plans.set(id, { problem: header });
      continue;
    }
    try {
      const peers = members
        .filter(member => only === undefined || member.id === only)
        .map(({ id: peer, problems = [] }) => {
          const problem = problems.find(each => each.model === id && each.out);
          return { id: peer, freeBytes: free.get(peer)!, ...(problem ? { problem } : {}) };
        });
      const made = plan(planLayers(header), peers);
      for (const { peer, bytes } of made.assignments) free.set(peer, free.get(peer)! - bytes);
      plans.set(id, { plan: made });
    } catch (error) {
      plans.set(id, { problem: toRecord(error, 'pod') });
    }
  }
  return plans;
}
