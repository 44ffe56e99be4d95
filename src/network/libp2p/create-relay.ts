import { type CircuitRelayService, circuitRelayServer } from '@libp2p/circuit-relay-v2';
import { type Identify, identify } from '@libp2p/identify';
import type { Connection, Libp2p, PrivateKey } from '@libp2p/interface';
import { noise } from '@libp2p/noise';
import { type Ping, ping } from '@libp2p/ping';
import { webSockets } from '@libp2p/websockets';
import { yamux } from '@libp2p/yamux';
import { createLibp2p, type Libp2pOptions } from 'libp2p';
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
  /** What Node offers beside WebSockets, and where. */
  readonly beside?: {
    readonly listen: string;
    readonly transport: NonNullable<Libp2pOptions['transports']>[number];
  };
  /** Multiaddrs under which others reach it, without the peer id. */
  readonly announce: readonly string[];
  /** Whether a peer may have a place that comes from there; `holders`: where those come from who have a place already. */
  readonly mayReserve: (from: readonly Origin[], holders: readonly (readonly Origin[])[]) => boolean;
}

/** The port of this machine from which a WebSocket was passed on, or the address that a connection comes from itself. */
export type Origin = number | string;

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
  const { beside } = options;
  const node: Node = await createLibp2p({
    privateKey: options.privateKey,
    nodeInfo: { userAgent: 'tabmesh' },
    addresses: {
      listen: [`/ip4/127.0.0.1/tcp/${options.port}/ws`, ...(beside ? [beside.listen] : [])],
      announce: [...options.announce],
    },
    transports: [webSockets(), ...(beside ? [beside.transport] : [])],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionGater: {
      // It introduces those who come to it, and calls nobody.
      denyDialMultiaddr: () => true,
      denyInboundRelayReservation: peer => {
        const holders = [...node.services.relay.reservations.keys()].filter(each => !each.equals(peer));
        const originsOf = (each: typeof peer) => node.getConnections(each).flatMap(originOf);
        return !options.mayReserve(originsOf(peer), holders.map(originsOf));
      },
    },
    connectionManager: relayConnections,
    connectionMonitor: { enabled: false },
    services: { identify: identify(), ping: ping(), relay: circuitRelayServer(relayLimits) },
  }).catch(error => {
    const text = `Listening failed: ${toError(error, 'network').reason}`;
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

function originOf({ remoteAddr }: Connection): Origin[] {
  const [host, port] = remoteAddr.getComponents();
  if (port?.name === 'tcp') return [Number(port.value)];
  return host?.value ? [host.value] : [];
}
