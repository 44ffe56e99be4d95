/** The seam between the pod and the wire. Implementations: libp2p/, memory (the simulated network of the tests). */
import type { PeerId } from '../base/brand.ts';
import type { Live } from '../base/live.ts';

/**
 * An ordered stream of messages with one peer, whose identity the connection has proved.
 *
 * Guarantees, held by network-contract.ts:
 * - Messages arrive whole and in order, or the channel ends. Both sides own the bytes they hold.
 * - `send` waits while 1 MiB is under way or unread: awaiting it is backpressure. Given up by its signal, it has
 *   sent nothing and the channel goes on.
 * - A message over the protocol's limit aborts the channel at the receiver.
 */
export interface Channel {
  readonly peer: PeerId;
  /** The name of the newest version that both sides speak. */
  readonly protocol: string;
  send(message: Uint8Array, signal?: AbortSignal): Promise<void>;
  /** One reader. Ends when the other side closes; throws TabmeshError('lost', 'network') where it broke. */
  readonly messages: AsyncIterable<Uint8Array>;
  /** Both directions end; what was sent before still arrives. The other side's `send` throws 'lost' from then on. */
  close(): Promise<void>;
  /** Both directions end now: `messages` throws `reason` here, and 'lost' at the other side. */
  abort(reason: Error): void;
}

export interface Protocol {
  /** "/tabmesh/activation/3" */
  readonly name: string;
  /** Names of the earlier versions that are spoken still, the newest first. */
  readonly older?: readonly string[];
  readonly messageBytesMax: number;
  /** Somebody waits for each message: small ones go twice where a lost one would be repeated late (libp2p/lane.ts). */
  readonly urgent?: boolean;
  /** Much goes over it: several channels to one peer take connections of their own where that is faster (libp2p/stripes.ts). */
  readonly bulk?: boolean;
}

/** How WebRTC goes: on one network; through routers that STUN found a way through; over a TURN server. */
export type LinkPath = 'host' | 'nat' | 'turn';

export interface PeerConnection {
  readonly peer: PeerId;
  /** 'relayed' goes through somebody else's relay and is limited in bytes and time. */
  readonly kind: 'direct' | 'relayed';
  readonly transport: 'webrtc' | 'websocket' | 'webtransport' | 'memory';
  readonly rttMs?: number;
  /** Of WebRTC, once the browser tells. */
  readonly path?: LinkPath;
  /** Of WebRTC, with what further connections for bulk carried; as of the last round trip that was measured, or the last channel in bulk that ended. */
  readonly bytesSent?: number;
  readonly bytesReceived?: number;
}

/** A relay that this peer is or wants to be reachable through. */
export interface KnownRelay {
  readonly peer: PeerId;
  /** Two words derived from the id. */
  readonly name: string;
  readonly addresses: readonly string[];
  /** By a person or by the page; others came with the addresses of peers. */
  readonly named: boolean;
  /** 'silent' after a try that failed, until it answers; 'reserved' while it holds a place for this peer. */
  readonly state: 'dialing' | 'connected' | 'reserved' | 'silent';
}

export type NetworkStatus =
  | { readonly kind: 'offline'; readonly reason: string }
  | { readonly kind: 'connecting'; readonly step: string }
  /** A relay is there and others can reach this peer; nobody is connected yet, or only over the relay. */
  | { readonly kind: 'relay-only' }
  | { readonly kind: 'connected'; readonly peers: number };

export interface Network {
  readonly self: PeerId;
  /** Told anew when `addresses` has changed, too. */
  readonly status: Live<NetworkStatus>;
  /**
   * The best connection to each peer, relays among them (the pod knows who is a member); changes when peers come
   * and go. A relayed one is listed once `connect` fell back to it or a channel uses it: most only introduce.
   */
  readonly connections: Live<readonly PeerConnection[]>;
  /** Addresses under which others can reach this peer now, as multiaddrs with the peer id. */
  addresses(): readonly string[];
  /** Dials one of the addresses of one peer, direct where possible. TabmeshError('unavailable', 'network') otherwise. */
  connect(addresses: readonly string[], signal?: AbortSignal): Promise<PeerId>;
  /**
   * A new channel over the best connection there is to `peer`, in the newest version that both speak. Without a
   * connection: TabmeshError('unavailable'); without a common version: 'unsupported', which says which side is older.
   */
  open(peer: PeerId, protocol: Protocol, signal?: AbortSignal): Promise<Channel>;
  /** Once per protocol. `accept` starts to read at once or lets the channel wait. */
  handle(protocol: Protocol, accept: (channel: Channel) => void): void;
  /** A signature of this peer, 64 bytes (Ed25519), which `verify` takes at any other. */
  sign(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>;
  /** Whether `peer` signed these bytes. Needs no connection to it. */
  verify(peer: PeerId, bytes: Uint8Array<ArrayBuffer>, signature: Uint8Array): Promise<boolean>;
  disconnect(peer: PeerId): Promise<void>;
  stop(): Promise<void>;
}
