/** The pod as its document tells it: the same for all who hold the same statements. */
import type { PeerId, PodId } from '../../base/brand.ts';
import type { Federations } from '../federation/federation.ts';
import type { EntryTopic, InviteId, InviteRole, KeyId, Role, Statement } from './statement.ts';

/** `federations` are those that hold now, `federationOffers` those that nobody has taken up yet. */
export interface DocumentView extends Federations {
  readonly id: PodId;
  readonly name: string;
  readonly founder: PeerId;
  /** Present or away. */
  readonly members: readonly KnownMember[];
  /** Whom a member removed, and those who came by an invite that others had used up; not those who left. */
  readonly outcasts: readonly Outcast[];
  readonly invites: readonly KnownInvite[];
  /** The key that counts now; `keys` are all that ever did, the newest first. */
  readonly key: KeyId;
  readonly keys: readonly KeyId[];
  /** What other rooms keep here, in the order that all agree on. */
  readonly entries: readonly Entry[];
  /** What was said without the right to; it has no effect. */
  readonly ignored: readonly Ignored[];
  /** Who has signed two things with one number, and the first number that is void. */
  readonly liars: readonly { readonly peer: PeerId; readonly from: number }[];
  readonly dissolvedBy?: PeerId;
}

export interface KnownMember {
  readonly peer: PeerId;
  readonly role: Role;
  /** Who let it in; its own id for the founder. */
  readonly by: PeerId;
  /** Milliseconds since 1970, by that peer's clock. */
  readonly since: number;
}

export interface Outcast {
  readonly peer: PeerId;
  readonly by: PeerId;
  readonly why: 'removed' | 'invite-used-up' | 'lied';
}

export interface KnownInvite {
  readonly id: InviteId;
  readonly role: InviteRole;
  readonly uses: number;
  readonly used: number;
  /** Milliseconds since 1970; 0 is never. */
  readonly expires: number;
  readonly by: PeerId;
  /** Revoked, or closed because its maker or somebody who came by it was removed. */
  readonly closed: boolean;
}

export interface Entry {
  readonly topic: EntryTopic;
  readonly key: string;
  readonly value: unknown;
  readonly author: PeerId;
  readonly sequence: number;
  /** Milliseconds since 1970, by the author's clock. */
  readonly at: number;
}

export interface Ignored {
  readonly author: PeerId;
  readonly sequence: number;
  readonly kind: Statement['body']['kind'];
}

export const roleOf = (view: DocumentView, peer: PeerId): Role | undefined =>
  view.members.find(each => each.peer === peer)?.role;
