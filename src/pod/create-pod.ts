import type { ModelId, PeerId, PodId } from '../base/brand.ts';
import { equalBytes, toHex } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { within } from '../base/deadline.ts';
import { TabmeshError, toError } from '../base/error.ts';
import {
  addressCharactersMax,
  addressesPerPeerMax,
  handshakeMs,
  inviteCharactersMax,
  inviteContactsMax,
  peerNameBytesMax,
} from '../base/limits.ts';
import { type Live, LiveValue } from '../base/live.ts';
import type { Random } from '../base/random.ts';
import type { DeviceInfo, Engine } from '../engine/engine.ts';
import type { ModelLibrary } from '../model/library.ts';
import type { Channel, Network } from '../network/network.ts';
import { peerName } from '../network/peer-name.ts';
import { refuse } from './handshake.ts';
import { Headers } from './headers.ts';
import { Heads } from './heads.ts';
import { Holdings } from './holdings.ts';
import { inviteLink, parseInviteLink } from './invite.ts';
import { Links, type Message } from './links.ts';
import type { Member } from './member.ts';
import { Mesh } from './mesh.ts';
import { planModels } from './plan-models.ts';
import type { GenerateEvent, GenerateRequest, InvitePreview, Pod, PodState } from './pod.ts';
import { PodLine } from './pod-line.ts';
import { type Contact, podProtocol, type WireRecord } from './pod-message.ts';
import { Requester } from './requester.ts';
import { ServedModels } from './served-models.ts';
import { StageService } from './stage-service.ts';

export interface PodParts {
  readonly network: Network;
  readonly engine: Engine;
  readonly library: ModelLibrary;
  readonly clock: Clock;
  readonly random: Random;
  readonly deviceInfo: DeviceInfo;
  /** What this peer lends, in bytes. */
  readonly memoryBytes: Live<number>;
}

/** The engine and the network stay the caller's; `close` leaves the pod and frees what was loaded. */
export function createPod(parts: PodParts): Pod & { close(): Promise<void> } {
  return new WiredPod(parts);
}

/** The group that this peer is in. */
interface Membership {
  readonly id: Uint8Array<ArrayBuffer>;
  readonly name: string;
  readonly secret: Uint8Array<ArrayBuffer>;
  readonly mesh: Mesh;
}

class WiredPod implements Pod {
  readonly state: LiveValue<PodState>;
  readonly #parts: PodParts;
  readonly #served = new ServedModels();
  readonly #headers: Headers;
  readonly #heads: Heads;
  readonly #holdings: Holdings;
  readonly #links: Links;
  readonly #service: StageService;
  readonly #requester: Requester;
  readonly #unsubscribe: (() => void)[];
  #membership: Membership | undefined;
  #joining: Membership | undefined;
  #deviceLost: string | undefined;
  #announced = '';
  #refreshing = false;
  #closed = false;

  constructor(parts: PodParts) {
    const { network, engine, library, clock, random, memoryBytes } = parts;
    const self = network.self;
    this.#parts = parts;
    this.state = new LiveValue<PodState>({ self, members: [], models: [] });
    const onChange = () => this.#refresh();
    const isMember = (peer: PeerId) => peer === self || (this.#membership?.mesh.has(peer) ?? false);
    const send = (to: PeerId, message: Message) => this.#links.send(to, message);
    this.#headers = new Headers(library, clock, onChange);
    this.#heads = new Heads(engine, library);
    this.#holdings = new Holdings({ engine, library, clock, onChange });
    this.#service = new StageService({
      holdings: this.#holdings,
      clock,
      isMember,
      memoryBytes: () => this.#lent(),
      send,
    });
    this.#requester = new Requester({
      self,
      clock,
      random,
      library,
      heads: this.#heads,
      state: this.state,
      loadFailure: () => this.#holdings.failure,
      send,
    });
    this.#links = new Links({
      network,
      clock,
      isMember,
      onMessage: (from, message) => {
        if (!this.#requester.handle(from, message)) this.#service.handle(from, message);
      },
      onBroken: (peer, reason) => this.#break(peer, reason),
      onGarbage: (peer, reason) => this.#membership?.mesh.cut(peer, reason),
    });
    network.handle(podProtocol, channel => void this.#answer(channel));
    this.#unsubscribe = [memoryBytes, network.connections, network.status].map(live =>
      (live as Live<unknown>).subscribe(onChange),
    );
    engine.lost.then(reason => this.#loseDevice(reason));
    this.#update();
  }

  async create(name: string): Promise<void> {
    const trimmed = name.trim();
    if (trimmed.length === 0 || trimmed.length > peerNameBytesMax) {
      throw new TabmeshError('invalid', 'pod', `The name of a pod has 1 to ${peerNameBytesMax} characters.`);
    }
    const { random } = this.#parts;
    await this.leave();
    this.#membership = this.#member(
      random.bytes(16) as Uint8Array<ArrayBuffer>,
      trimmed,
      random.bytes(32) as Uint8Array<ArrayBuffer>,
    );
    this.#update();
  }

  invite(page: string): string {
    const own = this.#membership;
    if (!own) {
      throw new TabmeshError('invalid', 'pod', 'There is no pod to invite to. Create one first.');
    }
    const { network } = this.#parts;
    const { id: pod, name, secret, mesh } = own;
    const others = mesh.members().map(({ peer, record }) => ({ peer, addresses: record.addresses }));
    const contacts: Contact[] = [{ peer: network.self, addresses: this.#addresses() }, ...others];
    const models = this.#served.list().map(each => each.name);
    for (let count = Math.min(contacts.length, inviteContactsMax); ; count--) {
      const link = inviteLink(page, {
        pod,
        name,
        secret,
        inviterName: peerName(network.self),
        contacts: contacts.slice(0, count),
        models,
      });
      if (count === 1 || link.length <= inviteCharactersMax) return link;
    }
  }

  preview(link: string): InvitePreview {
    const { name, inviterName, models } = parseInviteLink(link);
    return { podName: name, inviterName, models };
  }

  async join(link: string, signal?: AbortSignal): Promise<void> {
    const { pod, name, secret, contacts } = parseInviteLink(link);
    if (this.#membership && equalBytes(this.#membership.id, pod)) return;
    if (this.#joining) {
      throw new TabmeshError(
        'unavailable',
        'pod',
        'Another pod is being joined. Wait for it, then try again.',
      );
    }
    const joining = this.#member(pod, name, secret);
    this.#joining = joining;
    try {
      await joining.mesh.join(contacts, signal);
    } catch (error) {
      await joining.mesh.close();
      throw toError(error, 'pod');
    } finally {
      this.#joining = undefined;
    }
    await this.#leave();
    this.#membership = joining;
    this.#update();
  }

  async leave(): Promise<void> {
    await this.#leave();
    this.#update();
  }

  async serve(model: ModelId, name: string): Promise<void> {
    this.#served.add(model, name);
    this.#update();
  }

  generate(request: GenerateRequest, signal?: AbortSignal): AsyncGenerator<GenerateEvent, void, void> {
    return this.#requester.generate(request, signal);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    await this.#leave();
    this.#closed = true;
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#requester.close();
    this.#service.close();
    this.#headers.close();
    this.#links.close();
    await this.#holdings.clear();
    this.#heads.close();
  }

  #member(id: Uint8Array<ArrayBuffer>, name: string, secret: Uint8Array<ArrayBuffer>): Membership {
    const { network, clock, random } = this.#parts;
    const mesh = new Mesh({
      network,
      clock,
      random,
      credentials: { pod: id, secret, self: network.self },
      record: () => this.#record(),
      onChange: () => this.#refresh(),
      onGone: peer => this.#break(peer, new TabmeshError('lost', 'pod', 'It left the pod.'), true),
    });
    return { id, name, secret, mesh };
  }

  async #leave(): Promise<void> {
    const left = this.#membership;
    if (!left) return;
    this.#membership = undefined;
    const peers = left.mesh.members().map(each => each.peer);
    this.#served.forgetOthers();
    const reason = new TabmeshError('lost', 'pod', 'This peer left the pod.');
    for (const peer of peers) this.#break(peer, reason, true);
    await left.mesh.close();
  }

  /** Ends what is under way with a peer; `gone`: it is a member no longer. */
  #break(peer: PeerId, reason: TabmeshError, gone = false): void {
    if (gone) this.#links.drop(peer);
    this.#service.drop(peer);
    this.#requester.drop(peer, reason);
  }

  /** A call from outside: for the pod that we are in, or are just joining. */
  async #answer(channel: Channel): Promise<void> {
    const line = new PodLine(channel);
    try {
      const late = () => new TabmeshError('timeout', 'pod', 'A caller said nothing.');
      const first = await within(this.#parts.clock, handshakeMs, late, () => line.read());
      if (!('hello' in first)) throw new TabmeshError('corrupt', 'pod', 'A caller did not say hello.');
      const { hello } = first;
      const known = [this.#membership, this.#joining].find(each => each && equalBytes(each.id, hello.pod));
      if (known) await known.mesh.accept(line, hello);
      else await refuse(line, 'not-found', 'This peer is not in that pod (any more).');
    } catch (error) {
      line.abort(toError(error, 'pod'));
    }
  }

  #loseDevice(reason: string): void {
    this.#deviceLost = reason;
    this.#service.failAll(new TabmeshError('lost', 'engine', reason));
    void this.#holdings.clear();
    this.#refresh();
  }

  #lent(): number {
    const lent = this.#parts.memoryBytes.peek();
    return this.#deviceLost === undefined && lent > 0 ? Math.floor(lent) : 0;
  }

  #addresses(): string[] {
    return this.#parts.network
      .addresses()
      .filter(address => address.length <= addressCharactersMax)
      .slice(0, addressesPerPeerMax);
  }

  #device(): DeviceInfo {
    const { deviceInfo } = this.#parts;
    return this.#deviceLost === undefined ? deviceInfo : { ...deviceInfo, note: this.#deviceLost };
  }

  #record(): WireRecord {
    const { kind, name, note } = this.#device();
    const loading = this.#holdings.loading();
    return {
      deviceKind: kind,
      deviceName: name,
      deviceNote: note ?? '',
      memoryBytes: this.#lent(),
      addresses: this.#addresses(),
      holds: this.#holdings.holds().map(({ model, layers }) => ({ model, ...layers })),
      ...(loading ? { loading } : {}),
      models: this.#served.list(),
    };
  }

  /** Changes of one turn are looked at together. */
  #refresh(): void {
    if (this.#refreshing) return;
    this.#refreshing = true;
    queueMicrotask(() => {
      this.#refreshing = false;
      this.#update();
    });
  }

  #update(): void {
    if (this.#closed) return;
    const records = this.#membership?.mesh.members() ?? [];
    for (const { record } of records) this.#served.merge(record.models);
    const served = this.#served.list();
    this.#heads.keep(new Set(served.map(each => each.model)));
    const members = [this.#self(), ...records.map(({ peer, record }) => this.#memberOf(peer, record))];
    const memory = new Map(members.map(member => [member.id, member.memoryBytes]));
    const headers = served.map(({ model }) => ({ id: model, header: this.#headers.get(model) }));
    const plans = planModels(headers, memory);
    const own = this.#membership;
    this.state.set({
      ...(own ? { id: toHex(own.id) as PodId, name: own.name } : {}),
      self: this.#parts.network.self,
      members,
      models: served.map(({ model, name }) => ({ id: model, name, ...plans.get(model) })),
    });
    this.#want();
    const record = JSON.stringify(this.#record());
    if (record !== this.#announced) own?.mesh.announce();
    this.#announced = record;
  }

  /** Tells the holdings what the plans give us. */
  #want(): void {
    const { self, members, models } = this.state.peek();
    const wants = models.flatMap(({ id, plan }) => {
      const model = this.#headers.get(id);
      if (!model || !('hyper' in model)) return [];
      const mine = plan?.assignments.find(each => each.peer === self);
      const othersReady =
        plan?.assignments.every(({ peer, first, last }) => {
          const holds = members.find(member => member.id === peer)?.holds ?? [];
          return (
            peer === self ||
            holds.some(({ model, layers }) => model === id && layers.first <= first && last <= layers.last)
          );
        }) ?? false;
      return [{ model, othersReady, ...(mine ? { layers: { first: mine.first, last: mine.last } } : {}) }];
    });
    this.#holdings.want(wants, this.#lent());
  }

  #self(): Member {
    const { self } = this.#parts.network;
    const loading = this.#holdings.loading();
    return {
      id: self,
      name: peerName(self),
      device: this.#device(),
      memoryBytes: this.#lent(),
      link: { kind: 'self' },
      holds: this.#holdings.holds(),
      ...(loading ? { loading } : {}),
    };
  }

  #memberOf(peer: PeerId, record: WireRecord): Member {
    const connection = this.#parts.network.connections.peek().find(each => each.peer === peer);
    const { kind, transport, rttMs } = connection ?? {};
    return {
      id: peer,
      name: peerName(peer),
      device: {
        kind: record.deviceKind,
        name: record.deviceName,
        ...(record.deviceNote ? { note: record.deviceNote } : {}),
      },
      memoryBytes: record.memoryBytes,
      link:
        kind && transport ? { kind, transport, ...(rttMs === undefined ? {} : { rttMs }) } : { kind: 'none' },
      holds: record.holds.map(({ model, first, last }) => ({ model, layers: { first, last } })),
      ...(record.loading ? { loading: record.loading } : {}),
    };
  }
}
