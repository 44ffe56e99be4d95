/** Signatures with the key behind a peer id. An Ed25519 id holds its public key, so nobody need be asked for it. */
import type { PrivateKey } from '@libp2p/interface';
import { peerIdFromString } from '@libp2p/peer-id';
import type { PeerId } from '../../base/brand.ts';

export const signWith = async (
  key: PrivateKey,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> => new Uint8Array(await key.sign(bytes));

/** False also for an id that holds no key, or is none. */
export async function isSigned(peer: PeerId, bytes: Uint8Array, signature: Uint8Array): Promise<boolean> {
  try {
    return (await peerIdFromString(peer).publicKey?.verify(bytes, signature)) ?? false;
  } catch {
    return false;
  }
}
