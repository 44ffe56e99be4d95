import type { PeerId } from '../base/brand.ts';
import { mayLend } from './lent-memory.ts';
import type { Membership } from './membership.ts';
import type { ServedModels } from './served-models.ts';

export interface Hearing {
  readonly self: PeerId;
  readonly membership: Pick<Membership, 'group' | 'members'>;
  readonly served: ServedModels;
}

/** Takes over what the present members say of the pod's models. What a viewer serves is not the pod's. */
export function hearMembers({ self, membership, served }: Hearing): void {
  const view = membership.group?.document.view;
  const members = membership.members();
  served.serve(mayLend(view, self));
  served.hear(members.map(({ peer, record }) => (mayLend(view, peer) ? record.models : [])));
}
