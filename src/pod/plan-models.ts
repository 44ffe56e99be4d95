import { must } from '../base/assert.ts';
import type { ModelId, PeerId } from '../base/brand.ts';
import { type ErrorRecord, toRecord } from '../base/error.ts';
import type { Model } from '../model/model.ts';
import { headBytes } from '../model/slice.ts';
import { type Draft, draftPlan } from './draft.ts';
import { finished } from './make-plan.ts';
import type { Member } from './member.ts';
import { planLayers } from './model-bytes.ts';
import type { Plan, PlanPeer, Spread } from './plan.ts';
import { standbysOf } from './standbys.ts';

export type Planned = { readonly plan: Plan } | { readonly problem: ErrorRecord };

export interface Plannable {
  readonly id: ModelId;
  readonly header: Model | ErrorRecord | undefined;
  /** The one peer that may hold it; all where it is missing. */
  readonly only?: PeerId;
  /** Positions that caches are reserved for; as plans usually do where missing. */
  readonly context?: number;
}

/** What plans go by. */
export type PlannedMember = Pick<
  Member,
  'id' | 'name' | 'memoryBytes' | 'problems' | 'speed' | 'hidden' | 'roundTrips' | 'holds'
>;

/**
 * Plans for all models of the pod out of one memory, the first served first: each takes its bytes from what the later
 * ones may have, and members that cannot load it are left out. What all of them leave free holds standbys. A model whose
 * header is not read yet gets none. The same wherever it is computed from the same records.
 */
export function planModels(
  models: readonly Plannable[],
  members: readonly PlannedMember[],
  spread: Spread,
): Map<ModelId, Planned> {
  const free = new Map(members.map(({ id, memoryBytes }) => [id, memoryBytes]));
  const plans = new Map<ModelId, Planned>();
  const drafts = new Map<ModelId, Draft>();
  for (const model of models) {
    const { id, header } = model;
    if (!header) continue;
    if (!('hyper' in header)) {
      plans.set(id, { problem: header });
      continue;
    }
    try {
      const options = { spread, headBytes: headBytes(header) };
      const draft = draftPlan(planLayers(header, model.context), peersFor(model, members, free), options);
      for (const { peer, bytes } of draft.assignments) free.set(peer, must(free.get(peer)) - bytes);
      drafts.set(id, draft);
    } catch (error) {
      plans.set(id, { problem: toRecord(error, 'pod') });
    }
  }
  const standbys = standbysOf([...drafts.values()], free);
  for (const [index, [id, draft]] of [...drafts].entries())
    plans.set(id, { plan: finished(draft, standbys[index]!) });
  return plans;
}

function peersFor(
  { id: model, only }: Plannable,
  members: readonly PlannedMember[],
  free: ReadonlyMap<PeerId, number>,
): PlanPeer[] {
  return members
    .filter(({ id }) => only === undefined || id === only)
    .map(({ id, name, problems = [], holds, speed, hidden, roundTrips }) => {
      const problem = problems.find(each => each.model === model && each.out);
      return {
        id,
        name,
        freeBytes: must(free.get(id)),
        holds: holds.filter(each => each.model === model).map(each => each.layers),
        ...(speed ? { speed } : {}),
        ...(hidden ? { hidden } : {}),
        ...(roundTrips ? { roundTrips } : {}),
        ...(problem ? { problem } : {}),
      };
    });
}

/** The plans of the same facts are made once: what members say changes far less often than what is looked at. */
export class PlanMemory {
  #facts = '';
  #headers: readonly unknown[] = [];
  #plans = new Map<ModelId, Planned>();

  plans(
    models: readonly Plannable[],
    members: readonly PlannedMember[],
    spread: Spread,
  ): Map<ModelId, Planned> {
    const headers = models.map(({ header }) => header);
    const facts = JSON.stringify([
      models.map(({ id, only, context }) => [id, only, context]),
      members.map(({ id, memoryBytes, problems, speed, hidden, roundTrips, holds }) => [
        [id, memoryBytes, problems, speed, hidden, roundTrips, holds],
      ]),
      spread,
    ]);
    const same = facts === this.#facts && headers.every((header, index) => header === this.#headers[index]);
    if (same) return this.#plans;
    this.#plans = planModels(models, members, spread);
    this.#facts = facts;
    this.#headers = headers;
    return this.#plans;
  }
}
