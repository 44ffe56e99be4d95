import type { PeerId } from '../../base/brand.ts';
import { hasSeen } from './authority.ts';
import type { Ordered } from './order.ts';
import type { InviteId, InviteRole, StatementBody } from './statement.ts';

type Body<Kind extends StatementBody['kind']> = Extract<StatementBody, { kind: Kind }>;

interface OpenInvite {
  readonly made: Ordered;
  readonly body: Body<'invite'>;
  /** Each peer counts once, however often it comes. */
  readonly users: Set<PeerId>;
  readonly closings: Ordered[];
}

/** Invites, who used them, and who came too late. */
export class Admissions {
  readonly #invites = new Map<InviteId, OpenInvite>();
  readonly #late = new Map<PeerId, PeerId>();

  /** The first who made an invite with this key counts. */
  open(made: Ordered, body: Body<'invite'>): void {
    if (!this.#invites.has(body.invite))
      this.#invites.set(body.invite, { made, body, users: new Set(), closings: [] });
  }

  /** No admission counts by this invite but those that the one who closes it knew of. */
  close(id: InviteId, cause: Ordered): void {
    this.#invites.get(id)?.closings.push(cause);
  }

  /** Whoever is removed takes along the invites that it made or came by: it knows their keys. */
  closeKnownTo(peer: PeerId, cause: Ordered): void {
    for (const { made, users, closings } of this.#invites.values())
      if (made.statement.author === peer || users.has(peer)) closings.push(cause);
  }

  get(id: InviteId): OpenInvite | undefined {
    return this.#invites.get(id);
  }

  all(): OpenInvite[] {
    return [...this.#invites.values()];
  }

  /** The invite, where it lets `peer` in by `cause`. */
  use(peer: PeerId, id: InviteId, cause: Ordered): OpenInvite | undefined {
    const invite = this.#invites.get(id);
    if (!invite || !hasSeen(cause, invite.made)) return undefined;
    const { body, users, closings } = invite;
    if (body.expires > 0 && cause.statement.at > body.expires) return undefined;
    if (closings.some(closing => !hasSeen(closing, cause))) return undefined;
    if (!users.has(peer) && users.size >= body.uses) {
      this.#late.set(peer, cause.statement.author);
      return undefined;
    }
    users.add(peer);
    this.#late.delete(peer);
    return invite;
  }

  /** Who came by an invite that others had used up, and who had let it in. */
  late(): ReadonlyMap<PeerId, PeerId> {
    return this.#late;
  }
}

export const needsOwner = (role: InviteRole): boolean => role === 'admin';
