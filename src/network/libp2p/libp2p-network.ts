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
import { isRelayed, parseDestination, transportOf } from './addresses.ts';
import { Pulse } from './pulse.ts';
import { RelaySupervisor } from './relay-supervisor.ts';
import { StreamChannel } from './stream-channel.ts';

/** A started libp2p node as a Network. */
export class Libp2pNetwork implements Network {
  readonly self: PeerId;
  readonly status = new LiveValue<NetworkStatus>({ kind: 'connecting', step: 'Starting' });
  readonly connections = new LiveValue<readonly PeerConnection[]>([]);
  readonly #node: Libp2p;
  readonly #relays: RelaySupervisor;
  readonly #pulse: Pulse;
  readonly #channels = new Map<Connection, Set<StreamChannel>>();
  readonly #protocols = new Set<string>();
  /** Relayed connections are shown once somebody talks over them: most only introduce a WebRTC connection. */
  readonly #relayedInUse = new WeakSet<Connection>();
  readonly #stopping = new AbortController();
  #stopped: Promise<void> | undefined;

  constructor(node: Libp2p, relays: readonly Multiaddr[], reservations: number) {
    this.#node = node;
    this.self = node.peerId.toString() as PeerId;
    this.#pulse = new Pulse(node, systemClock, () => this.#tell());
    this.#relays = new RelaySupervisor({
      node,
      relays,
      wanted: reservations,
      clock: systemClock,
      random: systemRandom,
      onChange: () => this.#tell(),
    });
    node.addEventListener('connection:open', event => this.#onOpen(event.detail));
    node.addEventListener('connection:close', event => this.#onClose(event.detail));
    node.addEventListener('self:peer:update', () => this.#tell());
    // The window's events; Node has none.
    globalThis.addEventListener?.('online', this.#wake);
    globalThis.document?.addEventListener('visibilitychange', this.#wake);
    globalThis.addEventListener?.('pagehide', this.#leave);
    this.#wake();
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
      const best = this.#best(peer);
      if (best && (isDirect(best) || isRelayed(address))) break;
      try {
        await this.#node.dial(address, { signal: limit });
      } catch (error) {
        failure = error;
        if (signal?.aborted) throw toError(signal.reason, 'network');
      }
    }
    const best = this.#best(peer);
    if (!best) {
      const text = `The other peer does not answer (${toError(failure, 'network').reason}). Is its tab still open?`;
      throw new TabmeshError('unavailable', 'network', text, { cause: failure });
    }
    if (!isDirect(best)) this.#relayedInUse.add(best);
    this.#tell();
    return peer;
  }

  async open(peer: PeerId, protocol: Protocol, signal?: AbortSignal): Promise<Channel> {
    this.#throwIfStopped();
    if (signal?.aborted) throw toError(signal.reason, 'network');
    const connection = this.#best(peer);
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
      const unsupported = error instanceof Error && error.name === 'UnsupportedProtocolError';
      const text = unsupported
        ? `${peer} does not speak ${protocol.name}. Both sides need the same version.`
        : `${peer} did not open ${protocol.name}: ${toError(error, 'network').reason}`;
      throw new TabmeshError(unsupported ? 'unsupported' : 'unavailable', 'network', text, { cause: error });
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

  async disconnect(peer: PeerId): Promise<void> {
    const connections = this.#connectionsTo(peer);
    for (const connection of connections) this.#abortChannels(connection);
    await Promise.all(connections.map(connection => closeOrAbort(connection)));
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#stopping.abort(new TabmeshError('cancelled', 'network', 'This peer was stopped.'));
    this.#relays.stop();
    this.#pulse.stop();
    globalThis.removeEventListener?.('online', this.#wake);
    globalThis.document?.removeEventListener('visibilitychange', this.#wake);
    globalThis.removeEventListener?.('pagehide', this.#leave);
    for (const connection of [...this.#channels.keys()]) this.#abortChannels(connection);
    this.#tell();
    // A peer that does not answer must not hold up the one that leaves.
    const late = Promise.withResolvers<void>();
    const cancel = systemClock.after(channelCloseMs, late.resolve);
    await Promise.race([this.#node.stop(), late.promise]).finally(cancel);
  }

  /** A closing tab has no time to wait: without this the others see it go after 14 s (measured). */
  readonly #leave = (): void => {
    for (const connection of this.#node.getConnections()) connection.abort(new Error('The page is closing.'));
  };

  readonly #wake = (): void => this.#relays.wake();

  #onOpen(connection: Connection): void {
    void this.#pulse.measure(connection);
    this.#tell();
  }

  #onClose(connection: Connection): void {
    this.#abortChannels(connection);
    this.#tell();
    if (!this.#stopped) this.#relays.wake();
  }

  #channel(connection: Connection, stream: Stream, protocol: Protocol): StreamChannel {
    const channels = this.#channels.get(connection) ?? new Set();
    this.#channels.set(connection, channels);
    const forget = () => {
      channels.delete(channel);
      if (channels.size === 0) this.#channels.delete(connection);
    };
    const channel: StreamChannel = new StreamChannel(peerIdOf(connection), stream, protocol, forget);
    channels.add(channel);
    if (!isDirect(connection) && !this.#relayedInUse.has(connection)) {
      this.#relayedInUse.add(connection);
      this.#tell();
    }
    return channel;
  }

  #abortChannels(connection: Connection): void {
    const text = `The connection to ${connection.remotePeer} is gone.`;
    for (const channel of [...(this.#channels.get(connection) ?? [])]) {
      channel.abort(new TabmeshError('lost', 'network', text));
    }
  }

  #connectionsTo(peer: PeerId): Connection[] {
    return this.#node.getConnections().filter(each => peerIdOf(each) === peer && each.status === 'open');
  }

  /** Direct before relayed, then the newest: an old one may be dead without knowing it. */
  #best(peer: PeerId): Connection | undefined {
    const rank = (each: Connection) => [isDirect(each) ? 1 : 0, each.timeline.open] as const;
    return this.#connectionsTo(peer).sort((a, b) => {
      const [one, two] = [rank(a), rank(b)];
      return two[0] - one[0] || two[1] - one[1];
    })[0];
  }

  #tell(): void {
    const peers = new Set(this.#node.getConnections().map(peerIdOf));
    const shown = this.#stopped ? [] : [...peers].flatMap(peer => this.#view(peer) ?? []);
    if (JSON.stringify(shown) !== JSON.stringify(this.connections.peek())) this.connections.set(shown);
    const status = this.#statusOf(shown);
    if (JSON.stringify(status) !== JSON.stringify(this.status.peek())) this.status.set(status);
  }

  #view(peer: PeerId): PeerConnection | undefined {
    const best = this.#best(peer);
    if (!best || (!isDirect(best) && !this.#relayedInUse.has(best))) return undefined;
    const rttMs = this.#pulse.rttMs(best);
    const kind = isDirect(best) ? 'direct' : 'relayed';
    const transport = transportOf(best.remoteAddr);
    return { peer, kind, transport, ...(rttMs === undefined ? {} : { rttMs }) };
  }

  #statusOf(shown: readonly PeerConnection[]): NetworkStatus {
    if (this.#stopped) return { kind: 'offline', reason: 'This peer was stopped.' };
    const peers = shown.filter(each => each.kind === 'direct' && !this.#merelyRelays(each.peer)).length;
    if (peers > 0) return { kind: 'connected', peers };
    const relays = this.#relays.state;
    const listens = this.#node.getMultiaddrs().length > 0;
    return relays.kind === 'up' || listens ? { kind: 'relay-only' } : relays;
  }

  /** A relay counts as a peer once there is a channel to it. */
  #merelyRelays(peer: PeerId): boolean {
    return this.#relays.knows(peer) && !this.#connectionsTo(peer).some(each => this.#channels.has(each));
  }

  #limit(ms: number, signal?: AbortSignal): AbortSignal {
    return AbortSignal.any([AbortSignal.timeout(ms), this.#stopping.signal, ...(signal ? [signal] : [])]);
  }

  #throwIfStopped(): void {
    if (this.#stopped) throw new TabmeshError('unavailable', 'network', 'This peer was stopped.');
  }
}

const peerIdOf = (connection: Connection): PeerId => connection.remotePeer.toString() as PeerId;
const isDirect = (connection: Connection): boolean =>
  connection.limits === undefined && !isRelayed(connection.remoteAddr);

async function closeOrAbort(connection: Connection): Promise<void> {
  try {
    await connection.close({ signal: AbortSignal.timeout(channelCloseMs) });
  } catch (error) {
    connection.abort(error as Error);
  }
}
