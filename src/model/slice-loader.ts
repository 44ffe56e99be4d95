import { must } from '../base/assert.ts';
import { free } from '../base/bytes.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { isKind, TabmeshError } from '../base/error.ts';
import { fetchesAtOnce } from '../base/limits.ts';
import { Turns } from '../base/turns.ts';
import { untilAborted } from '../base/until-aborted.ts';
import type { Store } from '../store/store.ts';
import { ChunkOrder, type ChunkOrigin } from './chunk-order.ts';
import type { ChunkSource } from './chunk-source.ts';
import { type CheckedChunk, ChunkStore, storedChunks } from './chunk-store.ts';
import type { Model, TensorReader } from './model.ts';
import { type Chunk, chunksOf, chunksOfTensor, type SlicePart } from './slice.ts';
import { type ByteSource, sourceReader } from './source.ts';
import { carryFromSource } from './source-carrier.ts';

export interface SliceProgress {
  readonly bytes: number;
  readonly totalBytes: number;
  /** Of the bytes that were fetched now, those that came from other members. */
  readonly memberBytes: number;
}

export interface FetchOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: SliceProgress) => void) | undefined;
  /** Stores no more than there is room for in what is lent; the rest is read anew each time it is asked for. */
  readonly lent?: boolean;
}

/**
 * Brings a part of a model to this machine and reads tensors out of it. What is stored is not fetched again, also
 * after an interruption; a stored chunk that broke is. A local source is read where it lies.
 */
export class SliceLoader {
  readonly #store: Store;
  readonly #source: ByteSource;
  readonly #model: Model;
  readonly #clock: Clock;
  readonly #members: () => ChunkSource | undefined;
  readonly #diskBytes: () => number | undefined;
  /** Where chunks start for which a lent fetch had no room. */
  readonly #unkept = new Set<number>();
  #chunks: Promise<ChunkStore> | undefined;
  readonly #turns = new Turns();
  /** The chunk that was read in part: whoever reads in order asks for the rest of it next. */
  #begun: { readonly start: number; readonly bytes: Uint8Array<ArrayBuffer> } | undefined;

  /**
   * `members` bring chunks beside the source, as soon as there are any. `diskBytes`: of all models together, what may be
   * stored for others; no limit where it answers none.
   */
  constructor(parts: {
    store: Store;
    source: ByteSource;
    model: Model;
    clock?: Clock;
    members?: () => ChunkSource | undefined;
    diskBytes?: () => number | undefined;
  }) {
    this.#store = parts.store;
    this.#clock = parts.clock ?? systemClock;
    this.#members = parts.members ?? (() => undefined);
    this.#diskBytes = parts.diskBytes ?? (() => undefined);
    this.#source = parts.source;
    this.#model = parts.model;
  }

  /**
   * Resolves when every byte of `part` is stored, or what there is room for (see `lent`). Throws what the source and the store throw; what came is kept.
   * Calls run one after the other, so that parts that share a chunk fetch it once.
   */
  fetch(part: SlicePart, options: FetchOptions = {}): Promise<void> {
    return untilAborted(
      this.#turns.take(() => this.#fetch(part, options)),
      options.signal,
    );
  }

  /** What is stored of the model, without reading it; nothing of a local source. */
  async stored(): Promise<CheckedChunk[]> {
    return this.#source.local ? [] : (await this.#opened()).stored();
  }

  /** Undefined where it is not stored, or no longer whole. The bytes are the caller's own. */
  async storedBytes(chunk: Chunk): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.#source.local ? undefined : (await this.#opened()).get(chunk);
  }

  /** They are those of a file that was held against the SHA-256 which is listed of it. */
  async verify(chunks: readonly Chunk[]): Promise<void> {
    await (await this.#opened()).verify(chunks);
  }

  /** Forgets what is stored of them. */
  async discard(chunks: readonly Chunk[]): Promise<void> {
    const stored = await this.#opened();
    for (const chunk of chunks) await stored.delete(chunk);
  }

  async #fetch(part: SlicePart, { signal, onProgress, lent = false }: FetchOptions): Promise<void> {
    signal?.throwIfAborted();
    const wanted = chunksOf(this.#model, part);
    let totalBytes = sizeOf(wanted);
    if (this.#source.local) return onProgress?.({ bytes: totalBytes, totalBytes, memberBytes: 0 });
    const chunks = await this.#opened();
    const stored = new Set((await chunks.stored()).map(({ start, end }) => `${start}-${end}`));
    const absent = wanted.filter(({ start, end }) => !stored.has(`${start}-${end}`));
    const missing = lent ? await this.#fitting(absent) : absent;
    const here = totalBytes - sizeOf(absent);
    totalBytes = here + sizeOf(missing);
    const tell = ({ source, members }: Readonly<Record<ChunkOrigin, number>>) =>
      onProgress?.({ bytes: here + source + members, totalBytes, memberBytes: members });
    tell({ source: 0, members: 0 });
    if (missing.length === 0) return;
    const order = new ChunkOrder({
      model: this.#model,
      version: await this.#source.version(),
      chunks: missing,
      clock: this.#clock,
      keep: (chunk, bytes, origin) => chunks.put(chunk, bytes, origin),
      discard: chunk => chunks.delete(chunk),
      onProgress: tell,
    });
    const stop = () => order.end(signal?.reason);
    signal?.addEventListener('abort', stop, { once: true });
    try {
      await this.#fill(order);
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }

  /** The first of them, as many as the disk has room for. */
  async #fitting(absent: readonly Chunk[]): Promise<readonly Chunk[]> {
    const limit = this.#diskBytes();
    if (limit === undefined || absent.length === 0) return absent;
    let free = limit - sizeOf([...(await storedChunks(this.#store)).values()].flat());
    const fit = absent.findIndex(({ start, end }) => (free -= end - start) < 0);
    if (fit < 0) return absent;
    for (const { start } of absent.slice(fit)) this.#unkept.add(start);
    return absent.slice(0, fit);
  }

  /** Bytes that no `fetch` brought are fetched now. */
  readonly read: TensorReader = async (name, range, signal) => {
    if (this.#source.local) return sourceReader(this.#source, this.#model)(name, range, signal);
    const { offset } = must(this.#model.tensors.get(name), `no tensor ${name}`);
    const [start, end] = [offset + range.start, offset + range.end];
    const chunks = await this.#opened();
    const bytes = new Uint8Array(end - start);
    for (const chunk of chunksOfTensor(this.#model, name)) {
      const from = Math.max(start, chunk.start);
      const to = Math.min(end, chunk.end);
      if (from >= to) continue;
      signal?.throwIfAborted();
      // Nobody waits while he holds what was begun, so whoever comes to its end may free it.
      const begun = this.#begun?.start === chunk.start ? this.#begun.bytes : undefined;
      const whole = begun ?? (await this.#chunk(chunk, chunks, signal));
      bytes.set(whole.subarray(from - chunk.start, to - chunk.start), from - start);
      this.#begun = to < chunk.end ? { start: chunk.start, bytes: whole } : undefined;
      if (to === chunk.end) free(whole);
    }
    return bytes;
  };

  async #chunk(chunk: Chunk, chunks: ChunkStore, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const stored = await chunks.get(chunk);
    if (stored) return stored;
    const bytes = await this.#source.read(chunk.start, chunk.end, signal);
    if (!this.#unkept.has(chunk.start))
      await chunks.put(chunk, bytes, this.#source.members ? 'members' : 'source');
    return bytes;
  }

  /** Source and members at once; what one side cannot bring the other may. */
  async #fill(order: ChunkOrder): Promise<void> {
    const source = this.#source.members ? undefined : this.#fromSource(order);
    if (!source) order.endSource();
    await Promise.all([source, this.#members()?.join(order)]);
    if (order.isComplete) return;
    order.signal.throwIfAborted();
    throw (await source) ?? gone(this.#source.name);
  }

  /** A few requests at a time; the first failure, which is the answer, ends the others. */
  async #fromSource(order: ChunkOrder): Promise<unknown> {
    const failed = new AbortController();
    let failure: unknown;
    const signal = AbortSignal.any([order.signal, failed.signal]);
    const lane = () =>
      carryFromSource(this.#source, order, signal).catch(error => {
        failure ??= error;
        // Another file than the header told of: nobody's bytes belong to it.
        if (isKind(error, 'corrupt')) order.end(error);
        failed.abort(error);
        order.endSource();
      });
    await Promise.all(Array.from({ length: fetchesAtOnce }, lane));
    return failure;
  }

  /** No signal: the store is opened for all callers, and a source that gave the header knows its size. */
  #opened(): Promise<ChunkStore> {
    this.#chunks ??= ChunkStore.open(this.#store, this.#source).catch(error => {
      this.#chunks = undefined;
      throw error;
    });
    return this.#chunks;
  }
}

const sizeOf = (chunks: readonly Chunk[]) => chunks.reduce((sum, { start, end }) => sum + end - start, 0);

const gone = (name: string) =>
  new TabmeshError(
    'unavailable',
    'model',
    `Nobody who is here has all of ${name}. What came is kept; it goes on when its owner's page is open.`,
  );
