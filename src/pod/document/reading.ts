import type { PeerId, PodId } from '../../base/brand.ts';
import { readFederations } from '../federation/read-federations.ts';
import { Admissions, needsOwner } from './admissions.ts';
import { isAtLeast, outranks, Standing } from './authority.ts';
import type { Ordered } from './order.ts';
import { entryRoles, type InviteId, type KeyId, type Role, type Statement } from './statement.ts';
import type { DocumentView, Entry, Ignored, KnownMember, Outcast } from './view.ts';

/**
 * Goes through the statements once for each kind of right, from the top: the founder makes and unmakes owners, owners
 * admins, both all others; then it hears what they say of other matters. So nothing that is said of somebody by those below can decide what that one may say, and
 * there is no circle in it however statements are dated.
 */
export class Reading {
  readonly #pod: PodId;
  readonly #founder: PeerId;
  readonly #liars: ReadonlyMap<PeerId, number>;
  readonly #owners = new Standing();
  readonly #admins = new Standing();
  readonly #members = new Standing();
  readonly #inside = new Standing();
  readonly #adminInvites = new Admissions();
  readonly #invites = new Admissions();
  /** Admissions of admins, by what made their invites. */
  readonly #byAdminInvite = new Map<Ordered, Ordered>();
  readonly #ignored: Ignored[] = [];
  readonly #entries: Entry[] = [];
  readonly #keys: KeyId[] = [];
  #name = '';
  #dissolvedBy: PeerId | undefined;

  constructor(
    pod: PodId,
    founding: Statement,
    ordered: readonly Ordered[],
    liars: ReadonlyMap<PeerId, number>,
  ) {
    this.#pod = pod;
    this.#founder = founding.author;
    this.#liars = liars;
    for (const each of ordered) this.#settleOwners(each);
    for (const each of ordered) this.#settleAdmins(each);
    const unfit = ordered.filter(each => !this.#settleRest(each));
    const unheard = ordered.filter(each => !this.#hear(each));
    for (const each of ordered) if (unfit.includes(each) || unheard.includes(each)) this.#ignore(each);
  }

  view(): DocumentView {
    const peers = new Set([
      this.#founder,
      ...this.#inside.peers(),
      ...this.#owners.peers(),
      ...this.#admins.peers(),
    ]);
    const sorted = [...peers].sort();
    return {
      id: this.#pod,
      name: this.#name,
      founder: this.#founder,
      members: sorted.flatMap(peer => this.#member(peer) ?? []),
      outcasts: this.#outcasts(sorted),
      invites: [...this.#adminInvites.all(), ...this.#invites.all()].map(
        ({ made, body, users, closings }) => ({
          id: body.invite,
          role: body.role,
          uses: body.uses,
          used: users.size,
          expires: body.expires,
          by: made.statement.author,
          closed: closings.length > 0,
        }),
      ),
      key: this.#keys.at(-1)!,
      keys: this.#keys.toReversed(),
      entries: this.#entries,
      ...readFederations(this.#entries, peer => isAtLeast(this.#roleOf(peer), 'admin')),
      ignored: this.#ignored,
      liars: [...this.#liars]
        .map(([peer, from]) => ({ peer, from }))
        .sort((a, b) => (a.peer < b.peer ? -1 : 1)),
      ...(this.#dissolvedBy === undefined ? {} : { dissolvedBy: this.#dissolvedBy }),
    };
  }

  #member(peer: PeerId): KnownMember | undefined {
    const role = this.#roleOf(peer);
    const mark = this.#inside.last(peer);
    if (role === undefined || !mark?.on || this.#liars.has(peer)) return undefined;
    const { author: by, at: since } = mark.cause.statement;
    return { peer, role, by, since };
  }

  #outcasts(peers: readonly PeerId[]): Outcast[] {
    const outcasts = new Map<PeerId, Outcast>();
    for (const admissions of [this.#adminInvites, this.#invites])
      for (const [peer, by] of admissions.late()) outcasts.set(peer, { peer, by, why: 'invite-used-up' });
    for (const peer of peers) {
      const mark = this.#inside.last(peer);
      if (!mark) continue;
      const by = mark.cause.statement.author;
      if (mark.on || by === peer) outcasts.delete(peer);
      else outcasts.set(peer, { peer, by, why: 'removed' });
    }
    for (const peer of this.#liars.keys()) outcasts.set(peer, { peer, by: peer, why: 'lied' });
    return [...outcasts.values()].sort((a, b) => (a.peer < b.peer ? -1 : 1));
  }

  /** When it says its statement number `sequence`. */
  #roleOf(peer: PeerId, sequence = Infinity, before?: Ordered): Role | undefined {
    if (peer === this.#founder || this.#owners.has(peer, sequence, before)) return 'owner';
    if (this.#admins.has(peer, sequence, before)) return 'admin';
    if (!this.#inside.has(peer, sequence, before)) return undefined;
    return this.#members.has(peer, sequence, before) ? 'member' : 'viewer';
  }

  /** What `peer` was for the author of `each`, who cannot pretend not to know of a promotion that did not know of `each`. */
  #roleSeenBy(each: Ordered, peer: PeerId): Role | undefined {
    return this.#roleOf(peer, (each.seen.get(peer) ?? 0) + 1, each);
  }

  #settleOwners(each: Ordered): void {
    const { author, body } = each.statement;
    if (body.kind === 'leave') this.#owners.take(author, each);
    if (author !== this.#founder || (body.kind !== 'role' && body.kind !== 'remove')) return;
    if (body.kind === 'role' && body.role === 'owner') this.#owners.give(body.peer, each);
    else this.#owners.take(body.peer, each);
  }

  #settleAdmins(each: Ordered): void {
    const { author, sequence, body } = each.statement;
    if (body.kind === 'leave') this.#admins.take(author, each);
    else if (body.kind === 'admit') {
      const invite = this.#adminInvites.use(body.peer, body.invite, each);
      if (invite && this.#admins.give(body.peer, each, invite.made))
        this.#byAdminInvite.set(each, invite.made);
    } else if (this.#roleOf(author, sequence) !== 'owner') return;
    else if (body.kind === 'invite' && needsOwner(body.role)) this.#adminInvites.open(each, body);
    else if (body.kind === 'revoke') this.#adminInvites.close(body.invite, each);
    else if ((body.kind === 'role' || body.kind === 'remove') && this.#mayChange(each, body.peer)) {
      const isGiven = body.kind === 'role' && (body.role === 'admin' || body.role === 'owner');
      if (isGiven) this.#admins.give(body.peer, each);
      else this.#admins.take(body.peer, each);
      if (body.kind === 'remove') this.#adminInvites.closeKnownTo(body.peer, each);
    }
  }

  /** Who is in, and by which invites. False where the author had no right to say it. */
  #settleRest(each: Ordered): boolean {
    const { author, sequence, body } = each.statement;
    const role = this.#roleOf(author, sequence);
    switch (body.kind) {
      case 'found':
        return this.#settleFounding(each, body.name, body.key);
      case 'leave':
        this.#leave(author, each);
        return true;
      case 'admit':
        this.#letIn(body.peer, body.invite, each);
        return true;
      case 'invite':
        if (needsOwner(body.role)) return role === 'owner';
        if (isAtLeast(role, 'admin')) this.#invites.open(each, body);
        return isAtLeast(role, 'admin');
      case 'revoke':
        if (isAtLeast(role, 'admin')) this.#invites.close(body.invite, each);
        return role === 'owner' || (role === 'admin' && !this.#adminInvites.get(body.invite));
      case 'role':
        return this.#setRole(each, body.peer, body.role);
      case 'remove':
        return this.#remove(each, body.peer, body.key);
      default:
        return true;
    }
  }

  /** All that changes nobody's rights, once those are settled. False where the author had none. */
  #hear({ statement }: Ordered): boolean {
    const { author, sequence, at, body } = statement;
    const role = this.#roleOf(author, sequence);
    switch (body.kind) {
      case 'rename':
        if (isAtLeast(role, 'admin')) this.#name = body.name;
        return isAtLeast(role, 'admin');
      case 'dissolve':
        if (role === 'owner') this.#dissolvedBy ??= author;
        return role === 'owner';
      case 'entry': {
        const { topic, key, value } = body;
        const may = isAtLeast(role, entryRoles[topic]);
        if (may) this.#entries.push({ topic, key, value, author, sequence, at });
        return may;
      }
      default:
        return true;
    }
  }

  #settleFounding(each: Ordered, name: string, key: KeyId): boolean {
    if (each.statement.author !== this.#founder || each.statement.sequence !== 1) return false;
    this.#name = name;
    this.#keys.push(key);
    this.#inside.give(this.#founder, each);
    this.#members.give(this.#founder, each);
    return true;
  }

  #leave(author: PeerId, each: Ordered): void {
    this.#inside.take(author, each);
    this.#members.take(author, each);
  }

  #letIn(peer: PeerId, id: InviteId, each: Ordered): void {
    const made = this.#byAdminInvite.get(each);
    const invite = made ? undefined : this.#invites.use(peer, id, each);
    const knew = made ?? invite?.made;
    if (!knew || !this.#inside.give(peer, each, knew)) return;
    if (invite?.body.role !== 'viewer') this.#members.give(peer, each, knew);
  }

  #setRole(each: Ordered, peer: PeerId, role: Role): boolean {
    const own = this.#roleOf(each.statement.author, each.statement.sequence);
    // Only the founder makes owners, though it is no more than one.
    const mayGive = role === 'owner' ? each.statement.author === this.#founder : outranks(own, role);
    if (!mayGive || !this.#mayChange(each, peer)) return false;
    if (role === 'viewer') this.#members.take(peer, each);
    else this.#members.give(peer, each);
    return true;
  }

  #remove(each: Ordered, peer: PeerId, key: KeyId): boolean {
    if (!this.#mayChange(each, peer)) return false;
    this.#inside.take(peer, each);
    this.#members.take(peer, each);
    this.#invites.closeKnownTo(peer, each);
    this.#keys.push(key);
    return true;
  }

  /** One changes only those below; nobody changes the founder, or itself. */
  #mayChange(each: Ordered, peer: PeerId): boolean {
    const { author, sequence } = each.statement;
    if (peer === this.#founder || peer === author) return false;
    if (author === this.#founder) return true;
    const own = this.#roleOf(author, sequence);
    return isAtLeast(own, 'admin') && outranks(own, this.#roleSeenBy(each, peer));
  }

  #ignore({ statement: { author, sequence, body } }: Ordered): void {
    this.#ignored.push({ author, sequence, kind: body.kind });
  }
}
