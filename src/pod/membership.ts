import type { PeerId } from '../base/brand.ts';
import { equalBytes } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { within } from '../base/deadline.ts';
import { TabmeshError, toError } from '../base/error.ts';
import { handshakeMs, inviteCharactersMax, inviteContactsMax, peerNameBytesMax } from '../base/limits.ts';
import type { Random } from '../base/random.ts';
import type { Channel, Network } from '../network/network.ts';
import { peerName } from '../network/peer-name.ts';
import { refuse } from './handshake.ts';
import { inviteLink, parseInviteLink } from './invite.ts';
import { Mesh } from './mesh.ts';
import { PodLine } from './pod-line.ts';
import { type Contact, podProtocol, type WireRecord } from './pod-message.ts';

export interface MembershipOptions {
  readonly network: Network;
  readonly clock: Clock;
  readonly random: Random;
  /** What we say of ourselves now. */
  readonly record: () => WireRecord;
  readonly onChange: () => void;
  readonly onGone: (peer: PeerId) => void;
  /** Before the others are told. */
  readonly onLeave: () => void;
}

interface Group {
  readonly id: Uint8Array<ArrayBuffer>;
  readonly name: string;
  readonly secret: Uint8Array<ArrayBuffer>;
  readonly mesh: Mesh;
}

/** Which pod this peer is in: at most one, left when another is created or joined. */
export class Membership {
  readonly #options: MembershipOptions;
  #group: Group | undefined;
  #joining: Group | undefined;

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
    await this.leave();
    this.#group = this.#groupOf(this.#bytes(16), trimmed, this.#bytes(32));
  }

  invite(page: string): string {
    const group = this.#group;
    if (!group) throw new TabmeshError('invalid', 'pod', 'There is no pod to invite to. Create one first.');
    const { id: pod, name, secret } = group;
    const { addresses, models } = this.#options.record();
    const { self } = this.#options.network;
    const others = this.members().map(({ peer, record }) => ({ peer, addresses: record.addresses }));
    const contacts: Contact[] = [{ peer: self, addresses }, ...others];
    for (let count = Math.min(contacts.length, inviteContactsMax); ; count--) {
      const link = inviteLink(page, {
        pod,
        name,
        secret,
        inviterName: peerName(self),
        contacts: contacts.slice(0, count),
        models: models.map(each => each.name),
      });
      if (count === 1 || link.length <= inviteCharactersMax) return link;
    }
  }

  /** The present pod is left only when the other has taken us. Throws what Mesh.join throws. */
  async join(link: string, signal?: AbortSignal): Promise<void> {
    const { pod, name, secret, contacts } = parseInviteLink(link);
    if (this.#group && equalBytes(this.#group.id, pod)) return;
    if (this.#joining) {
      const reason = 'Another pod is being joined. Wait for it, then try again.';
      throw new TabmeshError('unavailable', 'pod', reason);
    }
    const joining = this.#groupOf(pod, name, secret);
    this.#joining = joining;
    try {
      await joining.mesh.join(contacts, signal);
    } catch (error) {
      await joining.mesh.close();
      throw toError(error, 'pod');
    } finally {
      this.#joining = undefined;
    }
    await this.leave();
    this.#group = joining;
  }

  async leave(): Promise<void> {
    const left = this.#group;
    if (!left) return;
    this.#group = undefined;
    this.#options.onLeave();
    for (const { peer } of left.mesh.members()) this.#options.onGone(peer);
    await left.mesh.close();
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
      const known = [this.#group, this.#joining].find(each => each && equalBytes(each.id, hello.pod));
      if (known) await known.mesh.accept(line, hello);
      else await refuse(line, 'not-found', 'This peer is not in that pod (any more).');
    } catch (error) {
      line.abort(toError(error, 'pod'));
    }
  }
}
