import type { PeerId } from '../../base/brand.ts';
import { hasSeen } from './authority.ts';
import type { Ordered } from './order.ts';
import type { InviteId, InviteRole, Role } from './statement.ts';

/** The most that an author may ever have been: an admin stands for owners, too. */
export type Most = InviteRole;
const power: Record<Most, number> = { viewer: 0, member: 1, admin: 2 };

/**
 * Who was ever let in, and the most that each may have been at any time for anybody who holds a part of `ordered`. Whoever is
 * not in it has no place in the document. Not what counts in the end (see Reading): who was let in with an invite that others
 * revoked at the same time has said things in good faith. What is held in addition only ever adds to it, and so what one member
 * takes, those do who merge with it; for the same reason the uses of an invite are counted by what the one knew who let in.
 */
export function standingOfAuthors(founder: PeerId, ordered: readonly Ordered[]): Map<PeerId, Most> {
  const most = new Map<PeerId, Most>([[founder, 'admin']]);
  const owners = new Set([founder]);
  const invites = new Map<InviteId, Ordered[]>();
  /** By any invite there is, of whom nothing is said yet. */
  const shown = new Map<InviteId, Ordered[]>();
  const letIn = new Map<PeerId, Ordered[]>();
  const raise = (peer: PeerId, role: Most) => {
    const known = most.get(peer);
    if (known === undefined || power[role] > power[known]) most.set(peer, role);
  };

  const setRole = (author: PeerId, peer: PeerId, role: Role) => {
    if (role === 'owner' && author === founder) owners.add(peer);
    const isOwner = owners.has(author);
    if (!isOwner && most.get(author) !== 'admin') return;
    raise(peer, role === 'owner' || role === 'admin' ? (isOwner ? 'admin' : 'member') : role);
  };
  const admit = (each: Ordered, peer: PeerId, id: InviteId) => {
    const { author, at } = each.statement;
    const before = shown.get(id) ?? [];
    shown.set(id, before);
    const isIn = author === founder || letIn.get(author)?.some(own => hasSeen(each, own));
    if (!isIn) return;
    for (const made of invites.get(id) ?? []) {
      const { body } = made.statement;
      if (body.kind !== 'invite' || !hasSeen(each, made)) continue;
      const isLate = (date: number) => body.expires > 0 && date > body.expires;
      const users = new Set(
        before
          .filter(use => hasSeen(each, use) && hasSeen(use, made) && !isLate(use.statement.at))
          .map(({ statement }) => (statement.body.kind === 'admit' ? statement.body.peer : peer)),
      );
      if (isLate(at) || (!users.has(peer) && users.size >= body.uses)) continue;
      letIn.set(peer, [...(letIn.get(peer) ?? []), each]);
      raise(peer, body.role);
    }
    before.push(each);
  };

  for (const each of ordered) {
    const { author, body } = each.statement;
    if (body.kind === 'role') setRole(author, body.peer, body.role);
    else if (body.kind === 'invite') {
      const may = body.role === 'admin' ? owners.has(author) : most.get(author) === 'admin';
      if (may) invites.set(body.invite, [...(invites.get(body.invite) ?? []), each]);
    } else if (body.kind === 'admit') admit(each, body.peer, body.invite);
  }
  return most;
}
