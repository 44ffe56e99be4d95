import { type CircuitRelayService, circuitRelayServer } from '@libp2p/circuit-relay-v2';
import { type Identify, identify } from '@libp2p/identify';
import type { Connection, Libp2p, PrivateKey } from '@libp2p/interface';
import { noise } from '@libp2p/noise';
import { type Ping, ping } from '@libp2p/ping';
import { webSockets } from '@libp2p/websockets';
import { yamux } from '@libp2p/yamux';
import { createLibp2p } from 'libp2p';
import type { PeerId } from '../../base/brand.ts';
import { systemClock } from '../../base/clock.ts';
import { TabmeshError, toError } from '../../base/error.ts';
import { Pulse } from './pulse.ts';
import { relayConnections, relayLimits } from './relay-limits.ts';
import { releasePlaces } from './release-places.ts';

export interface RelayOptions {
  readonly privateKey: PrivateKey;
  /** A port of this machine alone; what stands before it passes WebSockets on. */
  readonly port: number;
  /** Multiaddrs under which others reach it, without the peer id. */
  readonly announce: readonly string[];
  /**
   * Whether a peer may have a place. `ports` are those that its connections come from, `holders` those of all who have a
   * place already.
   */
  readonly mayReserve: (ports: readonly number[], holders: readonly (readonly number[])[]) => boolean;
}

export interface Relay {
  readonly self: PeerId;
  /** Announced, with the peer id. */
  addresses(): readonly string[];
  readonly connections: number;
  readonly reservations: number;
  /** Ends all connections, so that the peers look for another relay at once. */
  stop(): Promise<void>;
}

type Node = Libp2p<{ identify: Identify; ping: Ping; relay: CircuitRelayService }>;

/** A relay and nothing else: no pod, no model. Rejects with TabmeshError('unavailable', 'network') if it cannot listen. */
export async function createRelay(options: RelayOptions): Promise<Relay> {
  const node: Node = await createLibp2p({
    privateKey: options.privateKey,
    nodeInfo: { userAgent: 'tabmesh' },
    addresses: { listen: [`/ip4/127.0.0.1/tcp/${options.port}/ws`], announce: [...options.announce] },
    transports: [webSockets()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionGater: {
      // It introduces those who come to it, and calls nobody.
      denyDialMultiaddr: () => true,
      denyInboundRelayReservation: peer => {
        const holders = [...node.services.relay.reservations.keys()].filter(each => !each.equals(peer));
        const portsOf = (each: typeof peer) => node.getConnections(each).flatMap(portOf);
        return !options.mayReserve(portsOf(peer), holders.map(portsOf));
      },
    },
    connectionManager: relayConnections,
    connectionMonitor: { enabled: false },
    services: { identify: identify(), ping: ping(), relay: circuitRelayServer(relayLimits) },
  }).catch(error => {
    const text = `Listening on port ${options.port} failed: ${toError(error, 'network').reason}`;
    throw new TabmeshError('unavailable', 'network', text, { cause: error });
  });
  releasePlaces(node, node.services.relay);
  const pulse = new Pulse({ node, clock: systemClock, onMeasured: () => {}, onBeat: () => {} });
  return {
    self: node.peerId.toString() as PeerId,
    addresses: () => node.getMultiaddrs().map(String),
    get connections() {
      return node.getConnections().length;
    },
    get reservations() {
      return node.services.relay.reservations.size;
    },
    async stop() {
      pulse.stop();
      await node.stop();
    },
  };
}

function portOf({ remoteAddr }: Connection): number[] {
  const tcp = remoteAddr.getComponents().find(({ name }) => name === 'tcp');
  return tcp?.value ? [Number(tcp.value)] : [];
}
