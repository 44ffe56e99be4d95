/** Secrets as they lie in the store: AES-GCM-256 with a fresh nonce of 96 bits for each. */
import * as v from 'valibot';
import { fromBase64Url, toBase64Url } from '../../base/bytes.ts';
import { TabmeshError } from '../../base/error.ts';

const base64Url = v.pipe(v.string(), v.maxLength(4096), v.regex(/^[\w-]+$/));
export const sealedSchema = v.object({ iv: v.pipe(base64Url, v.length(16)), sealed: base64Url });
export type Sealed = v.InferOutput<typeof sealedSchema>;

/** `bound` must be said again to open it: a secret that is moved under another name or address stays shut. */
export async function seal(key: CryptoKey, secret: string, bound: string): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const additionalData = new TextEncoder().encode(bound);
  const sealed = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv, additionalData },
    key,
    new TextEncoder().encode(secret),
  );
  return { iv: toBase64Url(iv), sealed: toBase64Url(new Uint8Array(sealed)) };
}

/** Rejects with TabmeshError('corrupt', 'router') where the key, the bytes or what they are bound to differ. */
export async function unseal(key: CryptoKey, { iv, sealed }: Sealed, bound: string): Promise<string> {
  try {
    const additionalData = new TextEncoder().encode(bound);
    const plain = await crypto.subtle.decrypt(
      { name: 'AES-GCM', iv: fromBase64Url(iv) as Uint8Array<ArrayBuffer>, additionalData },
      key,
      fromBase64Url(sealed) as Uint8Array<ArrayBuffer>,
    );
    return new TextDecoder().decode(plain);
  } catch (cause) {
    const reason =
      'The stored key cannot be opened: it is damaged, or was stored for another address. Set it again.';
    throw new TabmeshError('corrupt', 'router', reason, { cause });
  }
}
