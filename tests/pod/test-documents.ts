/** The real document and real keys, which follow from the names that tests give their peers. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { createDesk } from '../../src/pod/document/desk.ts';
import type { DocumentParts } from '../../src/pod/document/pod-document.ts';
import { hashOf, keyNamed } from '../../src/pod/document/statement-maker.ts';
import type { Store } from '../../src/store/store.ts';

export const secretOf = (peer: string): Uint8Array => sha256(new TextEncoder().encode(peer));
const publicKeys = new Map<string, Uint8Array>();
/** Computed once for each name: real ones are read from the peer id. */
export function publicKeyOf(peer: string): Uint8Array {
  const key = publicKeys.get(peer) ?? ed25519.getPublicKey(secretOf(peer));
  publicKeys.set(peer, key);
  return key;
}
export const signAs = async (peer: string, bytes: Uint8Array): Promise<Uint8Array> =>
  ed25519.sign(bytes, secretOf(peer));
/** Loaded before any test begins, so that no test waits for it on a clock that stands still. */
const loro = await import('loro-crdt');
export const testDesk = () => createDesk(async () => loro, publicKeyOf);

export const documentsOf = (peer: string, store: Store, date: () => number): Omit<DocumentParts, 'self'> => ({
  desk: testDesk(),
  store,
  publicKeyOf,
  sign: bytes => signAs(peer, bytes),
  date,
});

/** How its first member makes a pod. */
export const founding = {
  kind: 'found',
  name: 'Lab',
  nonce: hashOf('n').slice(0, 22),
  key: keyNamed('first'),
} as const;
