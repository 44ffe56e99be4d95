import type { PeerId } from '../base/brand.ts';
import { equalBytes } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { within } from '../base/deadline.ts';
import { isKind, TabmeshError, toError } from '../base/error.ts';
import {
  handshakeMs,
  inviteCharactersMax,
  inviteContactsMax,
  peerNameBytesMax,
  returnMs,
} from '../base/limits.ts';
import type { Random } from '../base/random.ts';
import type { Channel, Network } from '../network/network.ts';
import { peerName } from '../network/peer-name.ts';
import { refuse } from './handshake.ts';
import { inviteLink, parseInviteLink } from './invite.ts';
import { Mesh } from './mesh.ts';
import { PodLine } from './pod-line.ts';
import { type Contact, type Invite, podProtocol, type WireRecord } from './pod-message.ts';

export interface MembershipOptions {
  readonly network: Network;
  readonly clock: Clock;
  readonly random: Random;
  /** What we say of ourselves now. */
  readonly record: () => WireRecord;
  /** Of all models of the pod, for the preview of invites. */
  readonly modelNames: () => readonly string[];
  readonly onChange: () => void;
  readonly onGone: (peer: PeerId) => void;
}

interface Group {
  readonly id: Uint8Array<ArrayBuffer>;
  readonly name: string;
  readonly secret: Uint8Array<ArrayBuffer>;
  readonly mesh: Mesh;
}

/**
 * Which pod this peer is in: at most one, left when another is created or joined. Every change happens within one
 * turn; only a join waits, and it is given up as soon as anything else is asked for.
 */
export class Membership {
  readonly #options: MembershipOptions;
  #group: Group | undefined;
  #joining: { readonly group: Group; readonly controller: AbortController } | undefined;
  #closed = false;

  constructor(options: MembershipOptions) {
    this.#options = options;
    options.network.handle(podProtocol, channel => void this.#answer(channel));
  }

  get group(): Pick<Group, 'id' | 'name'> | undefined {
    return this.#group;
  }

  /** The others, as they describe themselves. */
  members(): ReturnType<Mesh['members']> {
    return this.#group?.mesh.members() ?? [];
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
    const trimmed = name.trim();
    if (trimmed.length === 0 || trimmed.length > peerNameBytesMax) {
      throw new TabmeshError('invalid', 'pod', `The name of a pod has 1 to ${peerNameBytesMax} characters.`);
    }
    this.#begin();
    await this.#enter(this.#groupOf(this.#bytes(16), trimmed, this.#bytes(32)));
  }

  invite(page: string): string {
    const group = this.#group;
    if (!group) throw new TabmeshError('invalid', 'pod', 'There is no pod to invite to. Create one first.');
    const { id: pod, name, secret } = group;
    const { addresses } = this.#options.record();
    const models = this.#options.modelNames();
    const { self } = this.#options.network;
    const contacts: Contact[] = [{ peer: self, addresses }, ...group.mesh.contacts()];
    for (let count = Math.min(contacts.length, inviteContactsMax); ; count--) {
      const link = inviteLink(page, {
        pod,
        name,
        secret,
        inviterName: peerName(self),
        contacts: contacts.slice(0, count),
        models: [...models],
      });
      if (count === 1 || link.length <= inviteCharactersMax) return link;
    }
  }

  /** See Pod. The present pod is left only when the other has taken us. */
  async join(link: string, signal?: AbortSignal): Promise<void> {
    const invite = parseInviteLink(link);
    const others = this.#othersOf(invite);
    this.#begin();
    if (this.#group && equalBytes(this.#group.id, invite.pod)) {
      if (others.some(({ peer }) => !this.has(peer))) await this.#group.mesh.join(others, signal);
      return;
    }
    if (others.length === 0) throw ownLink();
    await this.#enterBy(invite, ({ mesh }, limit) => mesh.join(others, limit), signal);
  }

  /** See Pod. */
  async restore(link: string, signal?: AbortSignal): Promise<void> {
    const invite = parseInviteLink(link);
    const others = this.#othersOf(invite);
    this.#begin();
    if (this.#group && equalBytes(this.#group.id, invite.pod)) return this.#group.mesh.seek(others);
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
    await this.#enterBy(invite, work, signal);
  }

  async leave(): Promise<void> {
    this.#endJoin();
    await this.#enter(undefined);
  }

  /** The goodbyes are on their way when it returns; it resolves when they are written, or could not be. */
  close(): Promise<void> {
    this.#closed = true;
    return this.leave();
  }

  #othersOf({ contacts }: Invite): Contact[] {
    return contacts.filter(({ peer }) => peer !== this.#options.network.self);
  }

  #begin(): void {
    if (this.#closed) throw new TabmeshError('cancelled', 'pod', 'This peer was stopped.');
    this.#endJoin();
  }

  #endJoin(): void {
    const reason = 'Something else was asked of the pod meanwhile.';
    this.#joining?.controller.abort(new TabmeshError('cancelled', 'pod', reason));
    this.#joining = undefined;
  }

  async #enterBy(
    { pod, name, secret }: Invite,
    work: (group: Group, limit: AbortSignal) => Promise<void>,
    signal?: AbortSignal,
  ): Promise<void> {
    const group = this.#groupOf(pod, name, secret);
    const joining = { group, controller: new AbortController() };
    const limit = AbortSignal.any([joining.controller.signal, ...(signal ? [signal] : [])]);
    this.#joining = joining;
    try {
      await work(group, limit);
      limit.throwIfAborted();
    } catch (error) {
      if (this.#joining === joining) this.#joining = undefined;
      await group.mesh.close();
      throw toError(limit.aborted ? limit.reason : error, 'pod');
    }
    this.#joining = undefined;
    await this.#enter(group);
  }

  /** The swap is done when it returns; it resolves when the goodbyes to the pod that was left are written. */
  async #enter(group: Group | undefined): Promise<void> {
    const left = this.#group;
    this.#group = group;
    this.#options.onChange();
    if (!left) return;
    const members = left.mesh.members();
    const closed = left.mesh.close();
    for (const { peer } of members) if (!this.has(peer)) this.#options.onGone(peer);
    await closed;
  }

  #bytes(length: number): Uint8Array<ArrayBuffer> {
    return this.#options.random.bytes(length) as Uint8Array<ArrayBuffer>;
  }

  #groupOf(id: Uint8Array<ArrayBuffer>, name: string, secret: Uint8Array<ArrayBuffer>): Group {
    const { network, clock, random, record, onChange, onGone } = this.#options;
    const credentials = { pod: id, secret, self: network.self };
    const mesh = new Mesh({ network, clock, random, credentials, record, onChange, onGone });
    return { id, name, secret, mesh };
  }

  /** A call from outside: for the pod that we are in, or are just joining. */
  async #answer(channel: Channel): Promise<void> {
    const line = new PodLine(channel);
    try {
      const late = () => new TabmeshError('timeout', 'pod', 'A caller said nothing.');
      const first = await within(this.#options.clock, handshakeMs, late, () => line.read());
      if (!('hello' in first)) throw new TabmeshError('corrupt', 'pod', 'A caller did not say hello.');
      const { hello } = first;
      const known = [this.#group, this.#joining?.group].find(each => each && equalBytes(each.id, hello.pod));
      if (known) await known.mesh.accept(line, hello);
      else await refuse(line, 'not-found', 'This peer is not in that pod (any more).');
    } catch (error) {
      line.abort(toError(error, 'pod'));
    }
  }
}

const ownLink = (): TabmeshError =>
  new TabmeshError(
    'unavailable',
    'pod',
    'This link leads only to this peer itself, which is not in that pod any more. Ask a member of it for a link.',
  );
