/** What the person of this tab may do in its pod, so that no button is shown that would then be refused. */
import type { PeerId } from '../base/brand.ts';
import type { EntryTopic, InviteId, InviteRole, Role } from '../pod/document/statement.ts';
import type { Pod } from '../pod/pod.ts';

type Asked = Pick<Pod, 'may'>;

/** What it may make of `peer`. */
export const rolesFor = (pod: Asked, peer: PeerId): Role[] =>
  (['owner', 'admin', 'member', 'viewer'] as const).filter(role => pod.may({ kind: 'role', peer, role }));

/** Whom it may invite; nobody where empty. */
export const inviteRoles = (pod: Asked): InviteRole[] =>
  (['member', 'viewer', 'admin'] as const).filter(role =>
    pod.may({ kind: 'invite', invite: '' as InviteId, role, uses: 1, expires: 0 }),
  );

/** Whether it may say anything of a topic: of its budget, of agreements with other pods. */
export const maySay = (pod: Asked, topic: EntryTopic): boolean =>
  pod.may({ kind: 'entry', topic, key: topic, value: null });
