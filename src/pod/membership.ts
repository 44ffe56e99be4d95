import type { PeerId, PodId } from '../base/brand.ts';
import { equalBytes, toHex } from '../base/bytes.ts';
import { within } from '../base/deadline.ts';
import { isKind, TabmeshError, toError } from '../base/error.ts';
import {
  handshakeMs,
  inviteCharactersMax,
  inviteContactsMax,
  inviteExpiresMs,
  peerNameBytesMax,
  returnMs,
  warningsMax,
} from '../base/limits.ts';
import type { Channel } from '../network/network.ts';
import { peerName } from '../network/peer-name.ts';
import { assertMay } from './document/may.ts';
import { inviteIdOf } from './document/sealed.ts';
import type { StatementBody } from './document/statement.ts';
import { entranceOf, Group, type GroupOptions } from './group.ts';
import { refuse } from './handshake.ts';
import { inviteLink, overRelays, parseInviteLink, relaysOf } from './invite.ts';
import { keepContacts, readContacts } from './kept-contacts.ts';
import type { Mesh } from './mesh.ts';
import type { InviteOptions, Warning } from './pod.ts';
import { PodLine } from './pod-line.ts';
import { type Contact, type Offer, podProtocol } from './pod-message.ts';

export interface MembershipOptions extends Omit<GroupOptions, 'onOut' | 'warn'> {
  /** Of all models of the pod, for the preview of invites. */
  readonly offers: () => readonly Offer[];
  /** Bytes that all members lend, for the same. */
  readonly lentBytes: () => number;
}

/**
 * Which pod this peer is in: at most one, left when another is created or joined. Of several wishes the last counts; a
 * join that is under way is given up as soon as anything else is asked for.
 */
export class Membership {
  readonly #options: MembershipOptions;
  readonly #groupOptions: GroupOptions;
  #group: Group | undefined;
  #joining: { readonly group: Group; readonly controller: AbortController } | undefined;
  #wish = new AbortController();
  #warnings: readonly Warning[] = [];
  #closed = false;

  constructor(options: MembershipOptions) {
    this.#options = options;
    this.#groupOptions = {
      ...options,
      onOut: (group, why) => void this.#out(group, why),
      warn: (peer, text) => this.#warn(peer, text),
    };
    options.network.handle(podProtocol, channel => void this.#answer(channel));
  }

  get group(): Pick<Group, 'id' | 'name' | 'document'> | undefined {
    return this.#group;
  }

  get warnings(): readonly Warning[] {
    return this.#warnings;
  }

  /** The others, as they describe themselves. */
  members(): ReturnType<Mesh['members']> {
    return this.#group?.mesh.members() ?? [];
  }

  /** This peer, then the members that are present, then those that broke off. */
  contacts(): Contact[] {
    const { addresses } = this.#options.record();
    return [{ peer: this.#options.network.self, addresses }, ...(this.#group?.mesh.contacts() ?? [])];
  }

  has(peer: PeerId): boolean {
    return this.#group?.mesh.has(peer) ?? false;
  }

  get isMeeting(): boolean {
    return this.#group?.mesh.isMeeting ?? false;
  }

  announce(): void {
    this.#group?.mesh.announce();
  }

  cut(peer: PeerId, reason: Error): void {
    this.#group?.mesh.cut(peer, reason);
  }

  /** Throws TabmeshError('invalid', 'pod') for a name that is empty or too long. */
  async create(name: string): Promise<void> {
    const trimmed = checkName(name);
    const wish = this.#begin();
    const group = await Group.found(this.#groupOptions, trimmed);
    await this.#enter(group, wish, 'left');
  }

  async invite(
    page: string,
    { role = 'member', uses = 1, expiresInMs = inviteExpiresMs }: InviteOptions,
  ): Promise<string> {
    const group = this.#inPod();
    const { network, random, documents } = this.#options;
    const secret = random.bytes(32) as Uint8Array<ArrayBuffer>;
    const invite = inviteIdOf(secret);
    const expires = expiresInMs === 0 ? 0 : documents.date() + expiresInMs;
    await this.say({ kind: 'invite', invite, role, uses, expires });
    const contacts = this.contacts();
    const body = {
      pod: group.pod,
      name: group.name,
      secret,
      inviterName: peerName(network.self),
      role,
      uses,
      expires,
    };
    const offer = { models: [...this.#options.offers()], lentBytes: this.#options.lentBytes() };
    for (let count = Math.min(contacts.length, inviteContactsMax); ; count--) {
      const named = contacts.slice(0, count);
      const link = inviteLink(page, { ...body, ...offer, contacts: named, relays: relaysOf(named) });
      if (count === 1 || link.length <= inviteCharactersMax) return link;
    }
  }

  /** Says it in the pod's document. Rejects with TabmeshError('denied', 'pod') where this peer may not. */
  async say(body: StatementBody): Promise<void> {
    const group = this.#inPod();
    assertMay(group.document.view!, this.#options.network.self, body);
    await group.document.say(body);
    await group.spread();
  }

  async remove(peer: PeerId): Promise<void> {
    const group = this.#inPod();
    assertMay(group.document.view!, this.#options.network.self, { kind: 'remove', peer });
    await group.remove(peer);
    await group.spread();
  }

  /** See Pod. The present pod is left only when the other has taken us. */
  async join(link: string, signal?: AbortSignal): Promise<void> {
    const invite = parseInviteLink(link);
    const contacts = invite.contacts.map(contact => overRelays(contact, invite.relays));
    const others = contacts.filter(({ peer }) => peer !== this.#options.network.self);
    const wish = this.#begin();
    const id = toHex(invite.pod) as PodId;
    if (this.#group?.id === id) {
      if (others.some(({ peer }) => !this.has(peer))) await this.#group.mesh.join(others, signal);
      return;
    }
    if (others.length === 0) throw ownLink();
    const entrance = entranceOf(invite, this.#options.network.self);
    const group = await Group.open(this.#groupOptions, id, entrance);
    await this.#enterBy(group, wish, ({ mesh }, limit) => mesh.join(others, limit), signal);
  }

  /** See Pod. */
  async restore(id: PodId, signal?: AbortSignal): Promise<void> {
    const wish = this.#begin();
    if (this.#group?.id === id) return;
    const group = await Group.open(this.#groupOptions, id);
    const { self } = this.#options.network;
    if (!group.document.view || !group.isMember(self)) {
      const known = group.document.view !== undefined;
      const why = group.ban(self);
      await group.close();
      if (known) throw new TabmeshError('denied', 'pod', why ?? 'This peer has left that pod.');
      throw new TabmeshError('not-found', 'pod', 'Nothing is stored here of that pod.');
    }
    const others = await readContacts(this.#options.documents.store, self, id);
    const tooLong = () => new TabmeshError('unavailable', 'pod', 'Nobody of the pod answered in time.');
    const work = async ({ mesh }: Group, limits: AbortSignal) => {
      if (others.length === 0) return;
      const { clock } = this.#options;
      try {
        await within(clock, returnMs, tooLong, limit => mesh.join(others, limit), limits);
      } catch (error) {
        if (limits.aborted || !isKind(error, 'unavailable')) throw error;
      }
      mesh.seek(others);
    };
    await this.#enterBy(group, wish, work, signal);
  }

  /** Who is there now is found again by them after a reload. */
  remember(): Promise<void> {
    const group = this.#group;
    if (!group) return Promise.resolve();
    const { store } = this.#options.documents;
    return keepContacts(store, this.#options.network.self, group.id, group.mesh.contacts());
  }

  async leave(): Promise<void> {
    const wish = this.#begin();
    await this.#enter(undefined, wish, 'left');
  }

  /** The goodbyes are on their way when it returns; it resolves when they are written, or could not be. */
  async close(): Promise<void> {
    this.#wish.abort(stopped());
    this.#endJoin();
    this.#closed = true;
    const group = this.#group;
    this.#group = undefined;
    await group?.close();
  }

  #inPod(): Group {
    if (!this.#group) throw new TabmeshError('invalid', 'pod', 'There is no pod yet. Create one first.');
    return this.#group;
  }

  /** A newer wish aborts an older one. */
  #begin(): AbortSignal {
    if (this.#closed) throw stopped();
    this.#endJoin();
    this.#wish = new AbortController();
    return this.#wish.signal;
  }

  #endJoin(): void {
    const reason = new TabmeshError('cancelled', 'pod', 'Something else was asked of the pod meanwhile.');
    this.#wish.abort(reason);
    this.#joining?.controller.abort(reason);
    this.#joining = undefined;
  }

  async #enterBy(
    group: Group,
    wish: AbortSignal,
    work: (group: Group, limit: AbortSignal) => Promise<void>,
    signal?: AbortSignal,
  ): Promise<void> {
    const joining = { group, controller: new AbortController() };
    const limit = AbortSignal.any([wish, joining.controller.signal, ...(signal ? [signal] : [])]);
    try {
      limit.throwIfAborted();
      this.#joining = joining;
      await work(group, limit);
      limit.throwIfAborted();
    } catch (error) {
      if (this.#joining === joining) this.#joining = undefined;
      await group.close();
      throw toError(limit.aborted ? limit.reason : error, 'pod');
    }
    this.#joining = undefined;
    await this.#enter(group, wish, 'left');
  }

  /** The swap is done when it returns; it resolves when the goodbyes to the pod that was left are written. */
  async #enter(group: Group | undefined, wish: AbortSignal | undefined, why: 'left' | 'out'): Promise<void> {
    if (wish?.aborted) {
      await group?.close();
      throw toError(wish.reason, 'pod');
    }
    const left = this.#group;
    this.#group = group;
    this.#options.onChange();
    if (!left) return;
    const members = left.mesh.members();
    const closed = this.#part(left, why);
    for (const { peer } of members) if (!this.has(peer)) this.#options.onGone(peer);
    await closed;
  }

  /** So that the others know it as one who left, not as one who is away. */
  async #part(group: Group, why: 'left' | 'out'): Promise<void> {
    // Who cannot say so any more is only away to them.
    if (why === 'left') await group.document.say({ kind: 'leave' }).catch(() => {});
    await group.spread();
    await group.close(true);
  }

  async #out(group: Group, why: string): Promise<void> {
    if (this.#group !== group) return;
    this.#warn(this.#options.network.self, why);
    await this.#enter(undefined, undefined, 'out');
  }

  #warn(peer: PeerId, text: string): void {
    const at = this.#options.documents.date();
    this.#warnings = [...this.#warnings, { peer, text, at }].slice(-warningsMax);
    this.#options.onChange();
  }

  /** A call from outside: for the pod that we are in, or are just joining. */
  async #answer(channel: Channel): Promise<void> {
    const line = new PodLine(channel);
    try {
      const late = () => new TabmeshError('timeout', 'pod', 'A caller said nothing.');
      const first = await within(this.#options.clock, handshakeMs, late, () => line.read());
      if (!('hello' in first)) throw new TabmeshError('corrupt', 'pod', 'A caller did not say hello.');
      const { hello } = first;
      const known = [this.#group, this.#joining?.group].find(each => each && equalBytes(each.pod, hello.pod));
      if (known) await known.mesh.accept(line, hello);
      else await refuse(line, 'not-found', 'This peer is not in that pod (any more).');
    } catch (error) {
      line.abort(toError(error, 'pod'));
    }
  }
}

export function checkName(name: string): string {
  const trimmed = name.trim();
  if (trimmed.length > 0 && trimmed.length <= peerNameBytesMax) return trimmed;
  throw new TabmeshError('invalid', 'pod', `The name of a pod has 1 to ${peerNameBytesMax} characters.`);
}

const stopped = (): TabmeshError => new TabmeshError('cancelled', 'pod', 'This peer was stopped.');

const ownLink = (): TabmeshError =>
  new TabmeshError(
    'unavailable',
    'pod',
    'This link leads only to this peer itself, which is not in that pod any more. Ask a member of it for a link.',
  );
