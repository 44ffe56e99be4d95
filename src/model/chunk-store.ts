import { sha256Hex } from '../base/bytes.ts';
import type { Store } from '../store/store.ts';
import type { ChunkOrigin } from './chunk-order.ts';
import type { Chunk } from './slice.ts';
import type { ByteSource } from './source.ts';

/** What is known of a stored chunk without reading it. */
export interface StoredChunk extends Chunk {
  /** SHA-256, in hex. */
  readonly hash: string;
  readonly origin: ChunkOrigin;
}

export interface CheckedChunk extends StoredChunk {
  /** It was there when the whole file was held against the SHA-256 that is listed of it. */
  readonly verified: boolean;
}

/** What the keys of a model's chunks and of its header begin with. */
export const storageKey = async (id: string): Promise<string> =>
  (await sha256Hex(new TextEncoder().encode(id))).slice(0, 32);

/** What is stored of every model, or of one, by storage key; nothing is read. */
export async function storedChunks(store: Store, only = ''): Promise<Map<string, StoredChunk[]>> {
  const chunks = new Map<string, StoredChunk[]>();
  for (const key of await store.keys('slices', only)) {
    const [, prefix, model] = /^(([0-9a-f]{32})\/[0-9a-f]{16}\/)/.exec(key) ?? [];
    const chunk = prefix && parse(key, prefix);
    if (!chunk) continue;
    const known = chunks.get(model!);
    if (known) known.push(chunk);
    else chunks.set(model!, [chunk]);
  }
  return chunks;
}

/**
 * A model's chunks in the slice table. A chunk's key names its place, its SHA-256 and where it came from, so that it is
 * there whole or not at all, decay on the disk is noticed when it is read, and a list of what is here costs no reading.
 */
export class ChunkStore {
  readonly #store: Store;
  readonly #prefix: string;
  /** Keys by place, as last seen: a file store reads every entry to list them. */
  readonly #keys = new Map<string, string>();
  /** Keys, without where each chunk came from. */
  readonly #verified: Set<string>;

  private constructor(store: Store, prefix: string, verified: ReadonlySet<string>) {
    this.#store = store;
    this.#prefix = prefix;
    this.#verified = new Set(verified);
  }

  /** Forgets the chunks of an older file behind the same id: they would be mixed with the new one's. */
  static async open(store: Store, source: ByteSource): Promise<ChunkStore> {
    const stamp = JSON.stringify([await source.size(), await source.version()]);
    const model = await storageKey(source.id);
    const prefix = `${model}/${(await sha256Hex(new TextEncoder().encode(stamp))).slice(0, 16)}/`;
    let mark: Uint8Array | undefined;
    for (const key of await store.keys('slices', `${model}/`))
      if (key === markOf(prefix)) mark = await store.get('slices', key);
      else if (parse(key, prefix) === undefined) await store.delete('slices', key);
    return new ChunkStore(store, prefix, new Set(new TextDecoder().decode(mark).split('\n')));
  }

  /** What is stored; whether it is still whole is seen by `get`. */
  async stored(): Promise<CheckedChunk[]> {
    const keys = await this.#store.keys('slices', this.#prefix);
    this.#keys.clear();
    return keys.flatMap(key => {
      const chunk = parse(key, this.#prefix);
      if (!chunk) return [];
      this.#keys.set(this.#place(chunk), key);
      return { ...chunk, verified: this.#verified.has(identity(chunk)) };
    });
  }

  /**
   * Remembers that the file is what is listed of it, with these chunks as they are now. It is a note beside them, since
   * their keys could only be changed by writing all of their bytes anew.
   */
  async verify(chunks: readonly Chunk[]): Promise<void> {
    const places = new Set(chunks.map(chunk => this.#place(chunk)));
    for (const chunk of await this.stored())
      if (places.has(this.#place(chunk))) this.#verified.add(identity(chunk));
    const mark = new TextEncoder().encode([...this.#verified].join('\n'));
    await this.#store.put('slices', markOf(this.#prefix), mark);
  }

  /** Answers the chunk's SHA-256, in hex. */
  async put(chunk: Chunk, bytes: Uint8Array, origin: ChunkOrigin): Promise<string> {
    const hash = await sha256Hex(bytes);
    const place = this.#place(chunk);
    const key = `${place}${hash}.${origin}`;
    const before = this.#keys.get(place);
    await this.#store.put('slices', key, bytes);
    this.#keys.set(place, key);
    if (before !== undefined && before !== key) await this.#store.delete('slices', before);
    return hash;
  }

  /** Undefined where the chunk is missing or broken; a broken one is deleted. */
  async get(chunk: Chunk): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const place = this.#place(chunk);
    const key = this.#keys.get(place) ?? (await this.#store.keys('slices', place))[0];
    if (key === undefined) return undefined;
    const bytes = await this.#store.get('slices', key);
    if (bytes && parse(key, this.#prefix)?.hash === (await sha256Hex(bytes))) return bytes;
    await this.delete(chunk);
    return undefined;
  }

  async delete(chunk: Chunk): Promise<void> {
    const place = this.#place(chunk);
    this.#keys.delete(place);
    for (const key of await this.#store.keys('slices', place)) await this.#store.delete('slices', key);
  }

  #place({ start, end }: Chunk): string {
    return `${this.#prefix}${start}-${end}.`;
  }
}

const markOf = (prefix: string): string => `${prefix}verified`;

/** Of a chunk that is replaced by other bytes nothing is known any more. */
const identity = ({ start, end, hash }: StoredChunk): string => `${start}-${end}.${hash}`;

function parse(key: string, prefix: string): StoredChunk | undefined {
  if (!key.startsWith(prefix)) return undefined;
  const match = /^(\d+)-(\d+)\.([0-9a-f]{64})\.(source|members)$/.exec(key.slice(prefix.length));
  if (match === null) return undefined;
  const [, start, end, hash, origin] = match as unknown as [string, string, string, string, ChunkOrigin];
  return { start: Number(start), end: Number(end), hash, origin };
}
