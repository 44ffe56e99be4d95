import { peerIdFromString } from '@libp2p/peer-id';
import type { PeerId } from '../base/brand.ts';

/** The Ed25519 key that a peer id holds, 32 bytes; undefined where it holds another kind, or is none. */
export function publicKeyOf(peer: PeerId): Uint8Array | undefined {
  try {
    const { publicKey } = peerIdFromString(peer);
    return publicKey?.type === 'Ed25519' ? publicKey.raw : undefined;
  } catch {
    return undefined;
  }
}
