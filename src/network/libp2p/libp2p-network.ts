import type { Identify } from '@libp2p/identify';
import type { Connection, Libp2p, PrivateKey, Stream } from '@libp2p/interface';
import type { Multiaddr } from '@multiformats/multiaddr';
import { assert } from '../../base/assert.ts';
import type { PeerId } from '../../base/brand.ts';
import { systemClock } from '../../base/clock.ts';
import { TabmeshError, toError } from '../../base/error.ts';
import {
  addressesPerPeerMax,
  channelCloseMs,
  channelsPerProtocolMax,
  dialMs,
  handshakeMs,
} from '../../base/limits.ts';
import { type Live, LiveValue } from '../../base/live.ts';
import { systemRandom } from '../../base/random.ts';
import type { Channel, KnownRelay, Network, NetworkStatus, PeerConnection, Protocol } from '../network.ts';
import { namesOf, noCommonVersion } from '../versions.ts';
import { isRelayed, parseAddress, parseDestination } from './addresses.ts';
import { tryMs } from './dial-time.ts';
import { Lanes } from './lanes.ts';
import { isDirect, Links } from './links.ts';
import { onPageAwake } from './page-events.ts';
import { Paths } from './paths.ts';
import { Pulse } from './pulse.ts';
import { RelaySupervisor } from './relay-supervisor.ts';
import { isSigned, signWith } from './signing.ts';
import type { StreamChannel } from './stream-channel.ts';
import { Stripes } from './stripes.ts';

export interface ConfigurableNetwork extends Network {
  readonly relays: Live<readonly KnownRelay[]>;
  /**
   * In place of what was given before: relays to be reachable through, and the STUN and TURN servers of connections from
   * now on. Throws TabmeshError('invalid', 'network') for a relay that is no address.
   */
  configure(next: { readonly relays: readonly string[]; readonly iceServers: readonly RTCIceServer[] }): void;
}

const askAgainMs = 100;

type Node = Libp2p<{ identify: Identify }>;

/** What may change while a node runs; its transports read it whenever they make a connection. */
export interface NetworkChoice {
  relays: readonly Multiaddr[];
  iceServers: readonly RTCIceServer[];
}

export interface Libp2pNetworkParts {
  readonly node: Node;
  /** That of the node. */
  readonly key: PrivateKey;
  /** On how many relays a place is held at once. */
  readonly reservations: number;
  readonly choice: NetworkChoice;
}

/** A started libp2p node as a Network. */
export class Libp2pNetwork implements ConfigurableNetwork {
  readonly self: PeerId;
  readonly status = new LiveValue<NetworkStatus>({ kind: 'connecting', step: 'Starting' });
  readonly connections = new LiveValue<readonly PeerConnection[]>([]);
  readonly relays = new LiveValue<readonly KnownRelay[]>([]);
  readonly #node: Node;
  readonly #choice: NetworkChoice;
  readonly #key: PrivateKey;
  readonly #links: Links;
  readonly #stripes: Stripes;
  readonly #relays: RelaySupervisor;
  readonly #pulse: Pulse;
  readonly #paths = new Paths();
  readonly #protocols = new Set<string>();
  readonly #stopping = new AbortController();
  readonly #offPage: () => void;
  #told = '';
  #stopped: Promise<void> | undefined;

  constructor({ node, key, reservations, choice }: Libp2pNetworkParts) {
    this.#node = node;
    this.#key = key;
    this.#choice = choice;
    this.self = node.peerId.toString() as PeerId;
    const rttMs = (connection: Connection) => this.#rttMs(connection);
    const isUsed = (connection: Connection) => this.#links.isUsed(connection);
    this.#stripes = new Stripes({ node, clock: systemClock, rttMs, isUsed });
    this.#links = new Links(node, new Lanes(rttMs), connection => this.#stripes.has(connection));
    const onChange = () => this.#tell();
    const onBeat = () => this.#links.dropNeedless();
    const onMeasured = (connection: Connection) => void this.#paths.look(connection).then(onChange);
    this.#pulse = new Pulse({ node, clock: systemClock, onMeasured, onBeat });
    const time = { clock: systemClock, random: systemRandom };
    this.#relays = new RelaySupervisor({ node, wanted: reservations, ...time, onChange });
    node.addEventListener('connection:open', event => this.#onOpen(event.detail));
    node.addEventListener('connection:close', event => this.#onClose(event.detail));
    node.addEventListener('self:peer:update', onChange);
    this.#offPage = onPageAwake(() => this.#relays.wake());
    this.#relays.name(choice.relays);
    this.#tell();
  }

  configure({ relays, iceServers }: Parameters<ConfigurableNetwork['configure']>[0]): void {
    this.#choice.relays = relays.map(parseAddress);
    this.#choice.iceServers = iceServers;
    this.#relays.name(this.#choice.relays);
    this.#tell();
  }

  addresses(): readonly string[] {
    const texts = this.#node.getMultiaddrs().map(address => address.toString());
    return [...new Set(texts)].slice(0, addressesPerPeerMax);
  }

  async connect(addresses: readonly string[], signal?: AbortSignal): Promise<PeerId> {
    const destination = parseDestination(addresses);
    const { peer } = destination;
    if (peer === this.self)
      throw new TabmeshError('invalid', 'network', 'That is the address of this peer itself.');
    this.#throwIfStopped();
    const until = systemClock.now() + dialMs;
    let failure: unknown;
    for (const [index, address] of destination.addresses.entries()) {
      const best = this.#links.best(peer);
      if (best && (isDirect(best) || isRelayed(address))) break;
      const limit = this.#limit(tryMs(destination.addresses.slice(index), until - systemClock.now()), signal);
      try {
        await this.#node.dial(address, { signal: limit });
      } catch (error) {
        failure = error;
      }
      if (signal?.aborted) throw toError(signal.reason, 'network');
    }
    const best = this.#links.best(peer);
    if (!best) {
      const text = `The other peer does not answer (${toError(failure, 'network').reason}). Is its tab still open?`;
      throw new TabmeshError('unavailable', 'network', text, { cause: failure });
    }
    this.#links.use(best);
    this.#tell();
    return peer;
  }

  async open(peer: PeerId, protocol: Protocol, signal?: AbortSignal): Promise<Channel> {
    this.#throwIfStopped();
    if (signal?.aborted) throw toError(signal.reason, 'network');
    const best = this.#links.best(peer);
    if (!best) throw new TabmeshError('unavailable', 'network', `There is no connection to ${peer}.`);
    const berth = protocol.bulk ? await this.#stripes.berth(best, this.#limit(dialMs, signal)) : undefined;
    const connection = berth?.connection ?? best;
    try {
      const stream = await connection.newStream(namesOf(protocol), {
        signal: this.#limit(handshakeMs, signal),
        runOnLimitedConnection: true,
        maxOutboundStreams: channelsPerProtocolMax,
      });
      const channel = this.#channel(connection, stream, protocol);
      if (berth) channel.onEnd(() => berth.leave());
      return channel;
    } catch (error) {
      berth?.leave();
      if (signal?.aborted) throw toError(signal.reason, 'network');
      throw await this.#notOpened(connection, protocol, error);
    }
  }

  handle(protocol: Protocol, accept: (channel: Channel) => void): void {
    const onStream = (stream: Stream, connection: Connection) => {
      const channel = this.#channel(connection, stream, protocol);
      try {
        accept(channel);
      } catch (error) {
        channel.abort(error as Error);
        throw error;
      }
    };
    const limits = { maxInboundStreams: channelsPerProtocolMax, maxOutboundStreams: channelsPerProtocolMax };
    for (const name of namesOf(protocol)) {
      assert(!this.#protocols.has(name), `${name} is handled already`);
      this.#protocols.add(name);
      // Rejects only where the node was stopped meanwhile.
      this.#node.handle(name, onStream, { ...limits, runOnLimitedConnection: true }).catch(() => {});
    }
  }

  sign(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    return signWith(this.#key, bytes);
  }

  verify(peer: PeerId, bytes: Uint8Array<ArrayBuffer>, signature: Uint8Array): Promise<boolean> {
    return isSigned(peer, bytes, signature);
  }

  disconnect(peer: PeerId): Promise<void> {
    return this.#links.close(peer);
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#stopping.abort(new TabmeshError('cancelled', 'network', 'This peer was stopped.'));
    this.#offPage();
    this.#relays.stop();
    this.#pulse.stop();
    // A closing tab runs nothing after this turn. Without this the others see it go after 15 s, with it within 0.1 s.
    if (typeof document !== 'undefined') this.#abortAll();
    this.#links.breakAllChannels();
    this.#tell();
    // A peer that does not answer must not hold up the one that leaves.
    const late = Promise.withResolvers<void>();
    const cancel = systemClock.after(channelCloseMs, late.resolve);
    await Promise.race([this.#node.stop(), late.promise]).finally(cancel);
  }

  #abortAll(): void {
    for (const connection of this.#node.getConnections()) connection.abort(new Error('The page is closing.'));
  }

  #onOpen(connection: Connection): void {
    void this.#pulse.measure(connection);
    this.#tell();
  }

  #onClose(connection: Connection): void {
    this.#links.breakChannels(connection);
    const left = this.#links.best(connection.remotePeer.toString() as PeerId);
    if (left && this.#stripes.has(connection)) this.#paths.handOn(connection, left);
    this.#stripes.closed(connection);
    this.#tell();
    this.#relays.lost(connection.remotePeer.toString() as PeerId);
  }

  #channel(connection: Connection, stream: Stream, protocol: Protocol): StreamChannel {
    const channel = this.#links.channel(connection, stream, protocol);
    // A first channel makes a relayed connection, or a relay, count as a peer; the last one's end undoes it.
    channel.onEnd(() => this.#tell());
    // A stripe is closed soon after, and tells nothing any more.
    if (protocol.bulk) channel.onEnd(() => void this.#paths.look(connection).then(() => this.#tell()));
    this.#tell();
    return channel;
  }

  #tell(): void {
    this.#relays.adopt();
    const shown = this.#isStopped() ? [] : this.#links.view(connection => this.#measured(connection));
    if (JSON.stringify(shown) !== JSON.stringify(this.connections.peek())) this.connections.set(shown);
    const relays = this.#isStopped() ? [] : this.#relays.known;
    if (JSON.stringify(relays) !== JSON.stringify(this.relays.peek())) this.relays.set(relays);
    const status = this.#statusOf(shown);
    const told = JSON.stringify([status, this.#isStopped() ? [] : this.addresses()]);
    if (told === this.#told) return;
    this.#told = told;
    this.status.set(status);
  }

  #measured(connection: Connection): Pick<PeerConnection, 'rttMs' | 'path' | 'bytesSent' | 'bytesReceived'> {
    const rttMs = this.#rttMs(connection);
    return {
      ...(rttMs === undefined ? {} : { rttMs }),
      ...this.#paths.of(connection, this.#stripes.beside(connection)),
    };
  }

  /** Of pings, which a busy page answers late, or of the browser's own checks. */
  #rttMs(connection: Connection): number | undefined {
    const pinged = this.#pulse.rttMs(connection);
    const checked = this.#paths.rttMs(connection);
    return checked === undefined ? pinged : Math.min(checked, pinged ?? checked);
  }

  #statusOf(shown: readonly PeerConnection[]): NetworkStatus {
    if (this.#isStopped()) return { kind: 'offline', reason: 'This peer was stopped.' };
    const merelyRelays = (peer: PeerId) => this.#relays.knows(peer) && !this.#links.hasChannels(peer);
    const peers = shown.filter(each => each.kind === 'direct' && !merelyRelays(each.peer)).length;
    if (peers > 0) return { kind: 'connected', peers };
    const relays = this.#relays.state;
    const listens = this.#node.getMultiaddrs().length > 0;
    return relays.kind === 'up' || listens ? { kind: 'relay-only' } : relays;
  }

  async #notOpened(connection: Connection, protocol: Protocol, cause: unknown): Promise<TabmeshError> {
    const peer = connection.remotePeer.toString() as PeerId;
    if (cause instanceof Error && cause.name === 'UnsupportedProtocolError') {
      return noCommonVersion(peer, protocol, await this.#spokenBy(connection));
    }
    const text = `${peer} did not open ${protocol.name}: ${toError(cause, 'network').reason}`;
    return new TabmeshError('unavailable', 'network', text, { cause });
  }

  /** Asked anew: what it said when it connected may not have arrived, or be of an older start. Empty where it says nothing. */
  async #spokenBy(connection: Connection): Promise<readonly string[]> {
    const signal = this.#limit(handshakeMs);
    while (!signal.aborted && connection.status === 'open') {
      try {
        return (await this.#node.services.identify.identify(connection, { signal })).protocols;
      } catch (error) {
        if (error instanceof Error && error.name === 'UnsupportedProtocolError') break;
        // libp2p asks by itself when a connection opens, and allows one question at a time.
        await new Promise<void>(resolve => systemClock.after(askAgainMs, resolve));
      }
    }
    return [];
  }

  #isStopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  #limit(ms: number, signal?: AbortSignal): AbortSignal {
    return AbortSignal.any([AbortSignal.timeout(ms), this.#stopping.signal, ...(signal ? [signal] : [])]);
  }

  #throwIfStopped(): void {
    if (this.#isStopped()) throw new TabmeshError('unavailable', 'network', 'This peer was stopped.');
  }
}
