import { sha256 } from '@noble/hashes/sha2.js';
import * as v from 'valibot';
import type { PeerId, PodId } from '../../base/brand.ts';
import { fromBase64Url, toBase64Url } from '../../base/bytes.ts';
import { podKeysMax } from '../../base/limits.ts';
import type { Store } from '../../store/store.ts';
import type { KeyId } from './statement.ts';

export const keyIdOf = (secret: Uint8Array): KeyId => toBase64Url(sha256(secret)) as KeyId;

const kept = v.array(v.pipe(v.string(), v.length(43)));

/** The keys of one pod that this peer was given, stored as it goes. */
export class KeyRing {
  readonly #store: Store;
  readonly #place: string;
  #keys = new Map<KeyId, Uint8Array<ArrayBuffer>>();

  private constructor(store: Store, self: PeerId, pod: PodId) {
    this.#store = store;
    this.#place = `pod/${self}/${pod}`;
  }

  static async open(store: Store, self: PeerId, pod: PodId): Promise<KeyRing> {
    const ring = new KeyRing(store, self, pod);
    const bytes = await store.get('keys', ring.#place);
    const secrets = bytes ? v.safeParse(kept, JSON.parse(new TextDecoder().decode(bytes))) : undefined;
    for (const secret of secrets?.success ? secrets.output : []) {
      const key = fromBase64Url(secret) as Uint8Array<ArrayBuffer>;
      ring.#keys.set(keyIdOf(key), key);
    }
    return ring;
  }

  get(id: KeyId): Uint8Array<ArrayBuffer> | undefined {
    return this.#keys.get(id);
  }

  has(id: KeyId): boolean {
    return this.#keys.has(id);
  }

  /** The last that was added first. */
  all(): [KeyId, Uint8Array<ArrayBuffer>][] {
    return [...this.#keys].reverse();
  }

  async add(...secrets: readonly Uint8Array<ArrayBuffer>[]): Promise<void> {
    for (const secret of secrets) this.#keys.set(keyIdOf(secret), secret);
    this.#keys = new Map([...this.#keys].slice(-podKeysMax));
    const bytes = JSON.stringify([...this.#keys.values()].map(toBase64Url));
    await this.#store.put('keys', this.#place, new TextEncoder().encode(bytes));
  }

  async forget(): Promise<void> {
    await this.#store.delete('keys', this.#place).catch(() => {});
  }
}
