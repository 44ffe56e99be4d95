import type { PeerId } from '../../base/brand.ts';
import { TabmeshError } from '../../base/error.ts';
import { isAtLeast, outranks } from './authority.ts';
import { entryRoles, type StatementBody } from './statement.ts';
import { type DocumentView, roleOf } from './view.ts';

export type Said = StatementBody | { readonly kind: 'remove'; readonly peer: PeerId };

/** Whether all would heed it. */
export function isAllowed(view: DocumentView, self: PeerId, body: Said): boolean {
  const own = roleOf(view, self);
  switch (body.kind) {
    case 'invite':
      return body.role === 'admin' ? own === 'owner' : isAtLeast(own, 'admin');
    case 'revoke': {
      const invite = view.invites.find(({ id }) => id === body.invite);
      return invite?.role === 'admin' ? own === 'owner' : isAtLeast(own, 'admin');
    }
    case 'rename':
      return isAtLeast(own, 'admin');
    case 'dissolve':
      return own === 'owner';
    case 'entry':
      return isAtLeast(own, entryRoles[body.topic]);
    case 'remove':
      return isAtLeast(own, 'admin') && mayChange(view, self, body.peer);
    case 'role': {
      const mayGive = body.role === 'owner' ? self === view.founder : outranks(own, body.role);
      return isAtLeast(own, 'admin') && mayGive && mayChange(view, self, body.peer);
    }
    default:
      return true;
  }
}

/** Throws TabmeshError('denied', 'pod') for what all would ignore, so that nobody says it in vain. */
export function assertMay(view: DocumentView, self: PeerId, body: Said): void {
  if (isAllowed(view, self, body)) return;
  const own = roleOf(view, self) ?? 'no member';
  throw new TabmeshError('denied', 'pod', `As ${own} you may not do this. Ask an owner of the pod.`);
}

function mayChange(view: DocumentView, self: PeerId, peer: PeerId): boolean {
  if (peer === self || peer === view.founder) return false;
  return self === view.founder || outranks(roleOf(view, self), roleOf(view, peer));
}
