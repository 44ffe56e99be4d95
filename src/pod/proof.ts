import type { PeerId } from '../base/brand.ts';
import { concatBytes } from '../base/bytes.ts';

export interface Handshake {
  readonly pod: Uint8Array;
  readonly initiator: PeerId;
  readonly responder: PeerId;
  readonly initiatorNonce: Uint8Array;
  readonly responderNonce: Uint8Array;
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** HMAC-SHA256 that shows knowledge of a key of the pod for this one handshake; the formula is in wire/pod.proto. */
export async function prove(
  secret: Uint8Array,
  by: 'initiator' | 'responder',
  handshake: Handshake,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.sign('HMAC', await keyOf(secret), statement(by, handshake)));
}

/** Compares in constant time, which is why it is not `equalBytes(prove(...))`. */
export async function isProof(
  proof: Uint8Array,
  secret: Uint8Array,
  by: 'initiator' | 'responder',
  handshake: Handshake,
): Promise<boolean> {
  return crypto.subtle.verify(
    'HMAC',
    await keyOf(secret),
    proof as Uint8Array<ArrayBuffer>,
    statement(by, handshake),
  );
}

const keyOf = (secret: Uint8Array): Promise<CryptoKey> =>
  crypto.subtle.importKey(
    'raw',
    secret as Uint8Array<ArrayBuffer>,
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['sign', 'verify'],
  );

const statement = (by: 'initiator' | 'responder', handshake: Handshake): Uint8Array<ArrayBuffer> =>
  concatBytes([
    text(`/tabmesh/pod/2 ${by}\0`),
    handshake.pod,
    handshake.initiatorNonce,
    handshake.responderNonce,
    text(`${handshake.initiator}\0${handshake.responder}`),
  ]);
