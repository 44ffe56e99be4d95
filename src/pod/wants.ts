import type { ModelId } from '../base/brand.ts';
import type { Model } from '../model/model.ts';
import type { Want } from './holdings.ts';
import type { Planned } from './plan-models.ts';
import type { PodState } from './pod.ts';

/**
 * What the plans of the pod want of this peer, the first served model first. What it is left out of, because it fails to
 * load it, it goes on trying as `trials` say, which are the plans with it: it comes back in when a try succeeds.
 */
export function wantsOf(
  { self, members, models }: PodState,
  trials: ReadonlyMap<ModelId, Planned>,
  header: (id: ModelId) => Model | undefined,
): Want[] {
  return models.flatMap(({ id, plan }) => {
    const model = header(id);
    if (!model) return [];
    const trial = trials.get(id);
    const tried = trial && 'plan' in trial ? trial.plan.assignments : [];
    const mine = [...(plan?.assignments ?? []), ...tried].find(each => each.peer === self);
    const othersReady =
      plan?.assignments.every(({ peer, first, last }) => {
        const holds = members.find(member => member.id === peer)?.holds ?? [];
        const held = holds.some(
          ({ model: of, layers }) => of === id && layers.first <= first && last <= layers.last,
        );
        return peer === self || held;
      }) ?? false;
    const standbys = (plan?.standbys ?? [])
      .filter(each => each.peer === self)
      .map(({ first, last }) => ({ first, last }));
    return [
      { model, standbys, othersReady, ...(mine ? { layers: { first: mine.first, last: mine.last } } : {}) },
    ];
  });
}
