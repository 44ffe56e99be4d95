import type { ModelId } from '../base/brand.ts';
import type { Network } from '../network/network.ts';
import type { Headers } from './headers.ts';
import { mayLend } from './lent-memory.ts';
import type { Member } from './member.ts';
import { memberOf } from './member-record.ts';
import type { Membership } from './membership.ts';
import type { Spread } from './plan.ts';
import { PlanMemory, type Plannable, type Planned } from './plan-models.ts';
import { planSettingsOf } from './plan-settings.ts';
import { servedPlannable } from './plannable.ts';
import type { PodState, Warning } from './pod.ts';
import type { SelfReport } from './self-report.ts';
import type { ServedModels } from './served-models.ts';
import type { Slices } from './slices.ts';

export interface PresentStateParts {
  readonly network: Network;
  readonly membership: Pick<Membership, 'group' | 'members' | 'warnings'>;
  readonly slices: Pick<Slices, 'warnings'>;
  readonly served: ServedModels;
  readonly headers: Headers;
  readonly report: Pick<SelfReport, 'member'>;
}

/** The pod as this peer sees it now, with the plans that follow from that. */
export class PresentState {
  readonly #parts: PresentStateParts;
  readonly #plans = new PlanMemory();
  readonly #trials = new PlanMemory();

  constructor(parts: PresentStateParts) {
    this.#parts = parts;
  }

  /** `trials`: the plans as if this peer could load what it fails to load. */
  look(): { readonly state: PodState; readonly trials: ReadonlyMap<ModelId, Planned> } {
    const { network, membership, served, headers } = this.#parts;
    const { self } = network;
    const { group } = membership;
    const view = group?.document.view;
    const { spread, context } = planSettingsOf(view);
    const members = this.#members();
    const models = servedPlannable(served, headers, self, context);
    const plans = this.#plans.plans(models, members, spread);
    const warnings = this.#warnings();
    const state: PodState = {
      ...(group ? { id: group.id, name: group.name } : {}),
      self,
      spread,
      ...(context === undefined ? {} : { context }),
      members,
      models: served.all().map(({ model, name }) => ({ id: model, name, ...plans.get(model) })),
      ...(view ? { document: view } : {}),
      ...(warnings.length > 0 ? { warnings } : {}),
    };
    return { state, trials: this.#trialsOf(models, members, spread) ?? plans };
  }

  /** This peer, then the others. */
  #members(): [Member, ...Member[]] {
    const { network, membership, report } = this.#parts;
    const view = membership.group?.document.view;
    const connections = network.connections.peek();
    const others = membership.members().map(({ peer, record }) => {
      const counts = mayLend(view, peer) ? record : { ...record, memoryBytes: 0 };
      return memberOf(peer, counts, connections);
    });
    return [report.member(), ...others];
  }

  #trialsOf(
    models: readonly Plannable[],
    [{ problems = [], ...trying }, ...others]: [Member, ...Member[]],
    spread: Spread,
  ): ReadonlyMap<ModelId, Planned> | undefined {
    if (!problems.some(each => each.out)) return undefined;
    return this.#trials.plans(models, [trying, ...others], spread);
  }

  #warnings(): Warning[] {
    const { membership, slices } = this.#parts;
    return [...membership.warnings, ...slices.warnings()].sort((a, b) => a.at - b.at);
  }
}
