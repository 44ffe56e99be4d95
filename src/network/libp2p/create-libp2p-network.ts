import { circuitRelayServer, circuitRelayTransport } from '@libp2p/circuit-relay-v2';
import { identify } from '@libp2p/identify';
import { FaultTolerance, type PrivateKey } from '@libp2p/interface';
import { noise } from '@libp2p/noise';
import { ping } from '@libp2p/ping';
import { webSockets } from '@libp2p/websockets';
import { yamux } from '@libp2p/yamux';
import type { Multiaddr } from '@multiformats/multiaddr';
import { createLibp2p, type Libp2pOptions } from 'libp2p';
import { TabmeshError, toError } from '../../base/error.ts';
import { reservationsHeld } from '../../base/limits.ts';
import { isRelayed, parseAddress } from './addresses.ts';
import { mayDial } from './dial-policy.ts';
import { type ConfigurableNetwork, Libp2pNetwork, type NetworkChoice } from './libp2p-network.ts';
import { relayConnections, relayLimits } from './relay-limits.ts';
import { releasePlaces } from './release-places.ts';

export interface Libp2pNetworkOptions {
  readonly privateKey: PrivateKey;
  /** Multiaddrs, with peer ids, of relays to be reachable through. */
  readonly relays: readonly string[];
  /** What Node listens on: "/ip4/127.0.0.1/tcp/0/ws". */
  readonly listen?: readonly string[];
  /** What is told to others in place of the addresses listened on, e.g. behind a proxy. */
  readonly announce?: readonly string[];
  /** Introduces others to each other, and carries what they cannot send directly (Node). */
  readonly relayServer?: boolean;
  /** STUN and TURN servers by which tabs find their way through routers. */
  readonly iceServers: readonly RTCIceServer[];
  /** Lets a browser dial any ws:// and private address: for a page that comes from such an address itself. */
  readonly allowPrivateAddresses?: boolean;
}

/**
 * Resolves once it listens; relays are dialled in the background and `status` tells how far that is. Throws
 * TabmeshError('unavailable', 'network') where an address cannot be listened on.
 */
export async function createLibp2pNetwork(options: Libp2pNetworkOptions): Promise<ConfigurableNetwork> {
  const relays = options.relays.map(parseAddress);
  // Who can be dialled needs no relay. Everybody else takes a place on any relay that comes along.
  const reservations = options.listen && relays.length === 0 ? 0 : reservationsHeld;
  const choice: NetworkChoice = { relays, iceServers: options.iceServers };
  const node = await createLibp2p({
    privateKey: options.privateKey,
    // The default tells everybody the browser's whole user agent.
    nodeInfo: { userAgent: 'tabmesh' },
    addresses: {
      listen: [
        ...(options.listen ?? []),
        ...Array<string>(reservations).fill('/p2p-circuit'),
        ...(reservations > 0 && hasWebRtc() ? ['/webrtc'] : []),
      ],
      ...(options.announce ? announcing(options.announce) : {}),
    },
    transports: await transports(choice),
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionGater: {
      denyDialMultiaddr: address =>
        isBrowser && !options.allowPrivateAddresses && !mayDial(address, choice.relays),
    },
    connectionManager: options.relayServer ? relayConnections : peerConnections,
    // pulse.ts does it instead.
    connectionMonitor: { enabled: false },
    // A relay that is down must not keep a peer from starting; a port that is taken must.
    transportManager: { faultTolerance: options.listen ? FaultTolerance.FATAL_ALL : FaultTolerance.NO_FATAL },
    services: {
      identify: identify(),
      ping: ping(),
      ...(options.relayServer ? { relay: circuitRelayServer(relayLimits) } : {}),
    },
  }).catch(error => {
    const text = `Listening on ${options.listen?.join(', ')} failed: ${toError(error, 'network').reason}`;
    throw new TabmeshError('unavailable', 'network', text, { cause: error });
  });
  if (node.services.relay) releasePlaces(node, node.services.relay);
  return new Libp2pNetwork({ node, key: options.privateKey, reservations, choice });
}

/** In place of what is listened on, and beside the places on relays: `announce` of libp2p would hide these. */
function announcing(addresses: readonly string[]) {
  const announced = new Set(addresses);
  const isTold = (address: Multiaddr) =>
    isRelayed(address) || announced.has(`${address}`.replace(/\/p2p\/[^/]+$/, ''));
  return {
    appendAnnounce: [...addresses],
    announceFilter: (all: Multiaddr[]) => all.filter(isTold),
  };
}

const isBrowser = typeof document !== 'undefined';
const hasWebRtc = (): boolean => typeof globalThis.RTCPeerConnection === 'function';

/** WebRTC and WebTransport are loaded in browsers only: in Node the first brings a native library, the second throws. */
async function transports(choice: NetworkChoice) {
  const list: Libp2pOptions['transports'] = [
    webSockets(),
    circuitRelayTransport({ reservationConcurrency: reservationsHeld }),
  ];
  if (hasWebRtc()) {
    const { patchedWebRtc } = await import('./webrtc.ts');
    list.push(await patchedWebRtc({ rtcConfiguration: () => ({ iceServers: [...choice.iceServers] }) }));
  }
  if (typeof globalThis.WebTransport === 'function') {
    const { patchedWebTransport } = await import('./webtransport.ts');
    list.push(patchedWebTransport());
  }
  return list;
}

/** Chrome refuses the 501st RTCPeerConnection of a page, and counts closed ones until they are collected. */
const peerConnections = { maxConnections: 100, maxParallelDials: 6, inboundConnectionThreshold: 50 };
