import type { ModelId } from '../base/brand.ts';
import type { Headers } from './headers.ts';
import type { Holdings } from './holdings.ts';
import type { LentMemory } from './lent-memory.ts';
import type { Membership } from './membership.ts';
import type { Planned } from './plan-models.ts';
import type { PodState } from './pod.ts';
import type { SelfMeasure } from './self-measure.ts';
import type { ServedModels } from './served-models.ts';
import { wantsOf } from './wants.ts';

export interface PlanFollowerParts {
  readonly membership: Pick<Membership, 'isMeeting'>;
  readonly served: Pick<ServedModels, 'shared'>;
  readonly headers: Headers;
  readonly holdings: Holdings;
  readonly memory: LentMemory;
  /** Missing where it does not measure itself. */
  readonly measuring: SelfMeasure | undefined;
}

/** Has this peer hold what the plans give it, once it has measured itself and met those who are about to come. */
export class PlanFollower {
  readonly #parts: PlanFollowerParts;

  constructor(parts: PlanFollowerParts) {
    this.#parts = parts;
  }

  follow(state: PodState, trials: ReadonlyMap<ModelId, Planned>): void {
    const { membership, headers, holdings, memory, measuring } = this.#parts;
    this.#measure(state);
    // Layers that it had loaded by then might be another's once all know how fast it is.
    if (membership.isMeeting || measuring?.isRunning) return;
    holdings.want(
      wantsOf(state, trials, id => headers.read(id)),
      memory.bytes(),
    );
  }

  /** A peer alone has nobody to be compared with; what it has of the plans, or loads for them, leaves less room. */
  #measure({ members, models }: PodState): void {
    const { served, headers, holdings, memory, measuring } = this.#parts;
    const model = served.shared().flatMap(each => headers.read(each.model) ?? [])[0];
    if (!model || members.length < 2 || memory.bytes() === 0 || holdings.loading()) return;
    measuring?.offer(model, memory.spareBytes(models));
  }
}
