import { concatBytes, equalBytes, free, sha256Hex } from '../base/bytes.ts';
import type { Store } from '../store/store.ts';
import type { Chunk } from './slice.ts';
import type { ByteSource } from './source.ts';

const hashBytes = 32;

/**
 * A model's chunks in the slice table, each stored with its SHA-256 in one write, so that a chunk is there whole or
 * not at all and decay on the disk is noticed when it is read.
 */
export class ChunkStore {
  readonly #store: Store;
  readonly #prefix: string;

  private constructor(store: Store, prefix: string) {
    this.#store = store;
    this.#prefix = prefix;
  }

  /** Forgets the chunks of an older file behind the same id: they would be mixed with the new one's. */
  static async open(store: Store, source: ByteSource): Promise<ChunkStore> {
    const stamp = JSON.stringify([await source.size(), await source.version()]);
    const model = (await sha256Hex(new TextEncoder().encode(source.id))).slice(0, 32);
    const prefix = `${model}/${(await sha256Hex(new TextEncoder().encode(stamp))).slice(0, 16)}/`;
    for (const key of await store.keys('slices', `${model}/`))
      if (!key.startsWith(prefix)) await store.delete('slices', key);
    return new ChunkStore(store, prefix);
  }

  /** Keys of the chunks that are stored; whether they are still whole is seen by `get`. */
  async stored(): Promise<Set<string>> {
    return new Set(await this.#store.keys('slices', this.#prefix));
  }

  key(chunk: Chunk): string {
    return `${this.#prefix}${chunk.start}-${chunk.end}`;
  }

  async put(chunk: Chunk, bytes: Uint8Array): Promise<void> {
    const value = concatBytes([await sha256(bytes), bytes]);
    await this.#store.put('slices', this.key(chunk), value);
    free(value);
  }

  /** Undefined where the chunk is missing or broken; a broken one is deleted. */
  async get(chunk: Chunk): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const value = await this.#store.get('slices', this.key(chunk));
    if (value === undefined) return undefined;
    const bytes = value.subarray(hashBytes);
    const whole = bytes.length === chunk.end - chunk.start;
    if (whole && equalBytes(value.subarray(0, hashBytes), await sha256(bytes))) return bytes;
    await this.#store.delete('slices', this.key(chunk));
    return undefined;
  }
}

const sha256 = async (bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
