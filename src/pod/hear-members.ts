import type { PeerId } from '../base/brand.ts';
import { mayLend } from './lent-memory.ts';
import { spreadOf } from './member-record.ts';
import type { Membership } from './membership.ts';
import type { ServedModels } from './served-models.ts';
import type { PodSpread } from './spread.ts';

export interface Hearing {
  readonly self: PeerId;
  readonly membership: Pick<Membership, 'group' | 'members'>;
  readonly served: ServedModels;
  readonly spread: PodSpread;
}

/** Takes over what the present members say of the pod's models and of its spread. What a viewer serves is not the pod's. */
export function hearMembers({ self, membership, served, spread }: Hearing): void {
  const { group } = membership;
  const view = group?.document.view;
  const members = membership.members();
  served.serve(mayLend(view, self));
  served.hear(members.map(({ peer, record }) => (mayLend(view, peer) ? record.models : [])));
  spread.hear(
    group?.id ?? '',
    members.map(({ record }) => spreadOf(record)),
  );
}
