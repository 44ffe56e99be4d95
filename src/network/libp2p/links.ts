import type { Connection, Libp2p, Stream } from '@libp2p/interface';
import type { PeerId } from '../../base/brand.ts';
import { TabmeshError } from '../../base/error.ts';
import type { PeerConnection, Protocol } from '../network.ts';
import { isRelayed, transportOf } from './addresses.ts';
import { endConnection } from './end-connection.ts';
import type { Lanes } from './lanes.ts';
import { StreamChannel } from './stream-channel.ts';
import { sendWhole } from './webrtc.ts';

/** Which of libp2p's connections stands for which peer, and the channels on each. */
export class Links {
  readonly #node: Libp2p;
  readonly #lanes: Lanes;
  readonly #isStripe: (connection: Connection) => boolean;
  readonly #channels = new Map<Connection, Set<StreamChannel>>();
  /** Relayed connections are shown once somebody talks over them: most only introduce a WebRTC connection. */
  readonly #relayedInUse = new WeakSet<Connection>();

  constructor(node: Libp2p, lanes: Lanes, isStripe: (connection: Connection) => boolean) {
    this.#node = node;
    this.#lanes = lanes;
    this.#isStripe = isStripe;
  }

  /** Direct before those for bulk before relayed, then the newest: an old one may be dead without knowing it. */
  best(peer: PeerId): Connection | undefined {
    const rank = (each: Connection) => (isDirect(each) ? (this.#isStripe(each) ? 1 : 2) : 0);
    const [best] = this.#to(peer).sort((a, b) => rank(b) - rank(a) || b.timeline.open - a.timeline.open);
    return best;
  }

  view(measured: (connection: Connection) => Partial<PeerConnection>): PeerConnection[] {
    const peers = new Set(this.#node.getConnections().map(peerOf));
    return [...peers].flatMap(peer => {
      const best = this.best(peer);
      if (!best || (!isDirect(best) && !this.#relayedInUse.has(best))) return [];
      const kind = isDirect(best) ? 'direct' : 'relayed';
      const transport = transportOf(best.remoteAddr);
      return [{ peer, kind, transport, ...measured(best) } as const];
    });
  }

  use(connection: Connection): void {
    if (!isDirect(connection)) this.#relayedInUse.add(connection);
  }

  channel(connection: Connection, stream: Stream, protocol: Protocol): StreamChannel {
    this.use(connection);
    sendWhole(stream);
    const channels = this.#channels.get(connection) ?? new Set();
    this.#channels.set(connection, channels);
    const copies = protocol.urgent ? this.#lanes.copiesOf(connection, stream) : undefined;
    const channel = new StreamChannel(peerOf(connection), stream, protocol, copies);
    channels.add(channel);
    channel.onEnd(() => {
      channels.delete(channel);
      if (channels.size === 0) this.#channels.delete(connection);
    });
    return channel;
  }

  hasChannels(peer: PeerId): boolean {
    return this.#to(peer).some(each => this.isUsed(each));
  }

  isUsed(connection: Connection): boolean {
    return this.#channels.has(connection);
  }

  breakChannels(connection: Connection): void {
    const text = `The connection to ${connection.remotePeer} is gone.`;
    for (const channel of [...(this.#channels.get(connection) ?? [])]) {
      channel.abort(new TabmeshError('lost', 'network', text));
    }
  }

  breakAllChannels(): void {
    for (const connection of [...this.#channels.keys()]) this.breakChannels(connection);
  }

  async close(peer: PeerId): Promise<void> {
    const connections = this.#to(peer);
    for (const connection of connections) this.breakChannels(connection);
    await Promise.all(connections.map(endConnection));
  }

  /** Gives the relay its place back once a direct connection stands beside the one that introduced it. */
  dropNeedless(): void {
    for (const connection of this.#node.getConnections()) {
      const needless = !isDirect(connection) && !this.#channels.has(connection);
      if (!needless || connection.direction === 'inbound') continue;
      const best = this.best(peerOf(connection));
      if (best && isDirect(best)) void endConnection(connection);
    }
  }

  #to(peer: PeerId): Connection[] {
    return this.#node.getConnections().filter(each => peerOf(each) === peer && each.status === 'open');
  }
}

const peerOf = (connection: Connection): PeerId => connection.remotePeer.toString() as PeerId;

export const isDirect = (connection: Connection): boolean =>
  connection.limits === undefined && !isRelayed(connection.remoteAddr);
