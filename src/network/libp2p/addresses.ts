import { peerIdFromString } from '@libp2p/peer-id';
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr';
import type { PeerId } from '../../base/brand.ts';
import { TabmeshError } from '../../base/error.ts';
import { addressCharactersMax, addressesPerPeerMax } from '../../base/limits.ts';

export interface Destination {
  readonly peer: PeerId;
  /** The most direct first; those that go over a relay only, last. */
  readonly addresses: readonly Multiaddr[];
}

const names = (address: Multiaddr): string[] => address.getComponents().map(part => part.name);

/** Reads what an invite or a person gave. TabmeshError('invalid', 'network') unless all name one peer. */
export function parseDestination(texts: readonly string[]): Destination {
  if (texts.length === 0 || texts.length > addressesPerPeerMax) throw invalid(`${texts.length} addresses`);
  const addresses = texts.map(parseAddress);
  const peers = new Set(addresses.map(peerOf));
  const [peer] = peers;
  if (!peer || peers.size > 1) throw invalid(`${peers.size} peers`);
  return { peer, addresses: addresses.sort((a, b) => detour(a) - detour(b)) };
}

export function parseAddress(text: string): Multiaddr {
  if (text.length > addressCharactersMax) throw invalid(`an address of ${text.length} characters`);
  try {
    const address = multiaddr(text);
    if (peerOf(address)) return address;
  } catch {}
  throw invalid(`"${text}"`);
}

/** Whose address it is: its last component. Throws where that is no peer id. */
export function peerOf(address: Multiaddr): PeerId | undefined {
  const last = address.getComponents().at(-1);
  if (last?.name !== 'p2p' || !last.value) return undefined;
  return peerIdFromString(last.value).toString() as PeerId;
}

export function transportOf(address: Multiaddr): 'webrtc' | 'websocket' | 'webtransport' {
  const parts = names(address);
  if (parts.includes('webrtc') || parts.includes('webrtc-direct')) return 'webrtc';
  return parts.includes('webtransport') ? 'webtransport' : 'websocket';
}

/** Over somebody's relay, for good: WebRTC addresses name a relay too, but only for the introduction. */
export function isRelayed(address: Multiaddr): boolean {
  const parts = names(address);
  return parts.includes('p2p-circuit') && !parts.includes('webrtc');
}

/** For the introduction at least. */
export const needsRelay = (address: Multiaddr): boolean => names(address).includes('p2p-circuit');

const detour = (address: Multiaddr): number => (isRelayed(address) ? 2 : needsRelay(address) ? 1 : 0);

const invalid = (what: string) =>
  new TabmeshError(
    'invalid',
    'network',
    `Not the addresses of one peer: ${what}. Ask for a new invite link.`,
  );
