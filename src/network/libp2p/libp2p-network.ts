import type { Connection, Libp2p, Stream } from '@libp2p/interface';
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
import { LiveValue } from '../../base/live.ts';
import { systemRandom } from '../../base/random.ts';
import type { Channel, Network, NetworkStatus, PeerConnection, Protocol } from '../network.ts';
import { isRelayed, parseDestination } from './addresses.ts';
import { isDirect, Links } from './links.ts';
import { onPageAwake } from './page-events.ts';
import { Pulse } from './pulse.ts';
import { RelaySupervisor } from './relay-supervisor.ts';

/** A started libp2p node as a Network. */
export class Libp2pNetwork implements Network {
  readonly self: PeerId;
  readonly status = new LiveValue<NetworkStatus>({ kind: 'connecting', step: 'Starting' });
  readonly connections = new LiveValue<readonly PeerConnection[]>([]);
  readonly #node: Libp2p;
  readonly #links: Links;
  readonly #relays: RelaySupervisor;
  readonly #pulse: Pulse;
  readonly #protocols = new Set<string>();
  readonly #stopping = new AbortController();
  readonly #offPage: () => void;
  #stopped: Promise<void> | undefined;

  /** `reservations`: on how many of the relays a place is held at once. */
  constructor(node: Libp2p, relays: readonly Multiaddr[], reservations: number) {
    this.#node = node;
    this.self = node.peerId.toString() as PeerId;
    this.#links = new Links(node);
    const onChange = () => this.#tell();
    const onBeat = () => this.#links.dropNeedless();
    this.#pulse = new Pulse({ node, clock: systemClock, onMeasured: onChange, onBeat });
    const time = { clock: systemClock, random: systemRandom };
    this.#relays = new RelaySupervisor({ node, relays, wanted: reservations, ...time, onChange });
    node.addEventListener('connection:open', event => this.#onOpen(event.detail));
    node.addEventListener('connection:close', event => this.#onClose(event.detail));
    node.addEventListener('self:peer:update', onChange);
    this.#offPage = onPageAwake(() => this.#relays.wake());
    this.#relays.wake();
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
    const limit = this.#limit(dialMs, signal);
    let failure: unknown;
    for (const address of destination.addresses) {
      const best = this.#links.best(peer);
      if (best && (isDirect(best) || isRelayed(address))) break;
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
    const connection = this.#links.best(peer);
    if (!connection) throw new TabmeshError('unavailable', 'network', `There is no connection to ${peer}.`);
    try {
      const stream = await connection.newStream(protocol.name, {
        signal: this.#limit(handshakeMs, signal),
        runOnLimitedConnection: true,
        maxOutboundStreams: channelsPerProtocolMax,
      });
      return this.#channel(connection, stream, protocol);
    } catch (error) {
      if (signal?.aborted) throw toError(signal.reason, 'network');
      throw notOpened(peer, protocol, error);
    }
  }

  handle(protocol: Protocol, accept: (channel: Channel) => void): void {
    assert(!this.#protocols.has(protocol.name), `${protocol.name} is handled already`);
    this.#protocols.add(protocol.name);
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
    // Rejects only where the node was stopped meanwhile.
    this.#node.handle(protocol.name, onStream, { ...limits, runOnLimitedConnection: true }).catch(() => {});
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
    this.#tell();
    this.#relays.lost(connection.remotePeer.toString() as PeerId);
  }

  #channel(connection: Connection, stream: Stream, protocol: Protocol): Channel {
    const channel = this.#links.channel(connection, stream, protocol);
    // A first channel makes a relayed connection, or a relay, count as a peer; the last one's end undoes it.
    channel.onEnd(() => this.#tell());
    this.#tell();
    return channel;
  }

  #tell(): void {
    const shown = this.#isStopped() ? [] : this.#links.view(connection => this.#pulse.rttMs(connection));
    if (JSON.stringify(shown) !== JSON.stringify(this.connections.peek())) this.connections.set(shown);
    const status = this.#statusOf(shown);
    if (JSON.stringify(status) !== JSON.stringify(this.status.peek())) this.status.set(status);
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

function notOpened(peer: PeerId, protocol: Protocol, cause: unknown): TabmeshError {
  const unsupported = cause instanceof Error && cause.name === 'UnsupportedProtocolError';
  const text = unsupported
    ? `${peer} does not speak ${protocol.name}. Both sides need the same version.`
    : `${peer} did not open ${protocol.name}: ${toError(cause, 'network').reason}`;
  return new TabmeshError(unsupported ? 'unsupported' : 'unavailable', 'network', text, { cause });
}
