import { isPrivate } from '@libp2p/utils';
import type { Multiaddr } from '@multiformats/multiaddr';

/**
 * Whether a page may dial an address that somebody gave it. By default not one that is private or not encrypted: an
 * invite must not make a page knock at the doors of its own network. What stands behind a relay that the person named is
 * meant to be dialled.
 */
export function mayDial(address: Multiaddr, named: readonly Multiaddr[]): boolean {
  const text = address.toString();
  if (named.some(relay => text === relay.toString() || text.startsWith(`${relay}/`))) return true;
  const names = address.getComponents().map(({ name }) => name);
  const plain = names.includes('ws') && !names.includes('tls');
  return !plain && !isPrivate(address);
}
