import type { Libp2p } from '@libp2p/interface';
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr';

/** The addresses of relays that hold a place for a node, out of its own addresses: what stands before "/p2p-circuit". */
export function placesOf(node: Pick<Libp2p, 'getMultiaddrs'>): Multiaddr[] {
  return node.getMultiaddrs().flatMap(address => {
    const parts = address.getComponents();
    const at = parts.findIndex(({ name }) => name === 'p2p-circuit');
    return at > 0 ? [multiaddr(parts.slice(0, at))] : [];
  });
}
