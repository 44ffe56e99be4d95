import { must } from '../base/assert.ts';
import { free } from '../base/bytes.ts';
import { fetchesAtOnce, requestBytesMax } from '../base/limits.ts';
import { untilAborted } from '../base/until-aborted.ts';
import type { Store } from '../store/store.ts';
import { ChunkStore } from './chunk-store.ts';
import type { Model, TensorReader } from './model.ts';
import { type Chunk, chunksOf, chunksOfTensor, type SlicePart } from './slice.ts';
import { type ByteSource, sourceReader } from './source.ts';

export interface SliceProgress {
  readonly bytes: number;
  readonly totalBytes: number;
}

export interface FetchOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: SliceProgress) => void) | undefined;
}

/**
 * Brings a part of a model to this machine and reads tensors out of it. What is stored is not fetched again, also
 * after an interruption; a stored chunk that broke is. A local source is read where it lies.
 */
export class SliceLoader {
  readonly #store: Store;
  readonly #source: ByteSource;
  readonly #model: Model;
  #chunks: Promise<ChunkStore> | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  /** The chunk that was read in part: whoever reads in order asks for the rest of it next. */
  #begun: { readonly start: number; readonly bytes: Uint8Array<ArrayBuffer> } | undefined;

  constructor(parts: { store: Store; source: ByteSource; model: Model }) {
    this.#store = parts.store;
    this.#source = parts.source;
    this.#model = parts.model;
  }

  /**
   * Resolves when every byte of `part` is stored. Throws what the source and the store throw; what came is kept.
   * Calls run one after the other, so that parts that share a chunk fetch it once.
   */
  fetch(part: SlicePart, options: FetchOptions = {}): Promise<void> {
    const turn = this.#turn.then(() => this.#fetch(part, options));
    this.#turn = turn.catch(() => undefined);
    return untilAborted(turn, options.signal);
  }

  async #fetch(part: SlicePart, { signal, onProgress }: FetchOptions): Promise<void> {
    signal?.throwIfAborted();
    const wanted = chunksOf(this.#model, part);
    const totalBytes = wanted.reduce((sum, chunk) => sum + chunk.end - chunk.start, 0);
    let bytes = 0;
    const count = (more: number) => onProgress?.({ bytes: (bytes += more), totalBytes });
    if (this.#source.local) return void count(totalBytes);
    const chunks = await this.#opened();
    const stored = await chunks.stored();
    const missing = wanted.filter(chunk => !stored.has(chunks.key(chunk)));
    const missingBytes = missing.reduce((sum, chunk) => sum + chunk.end - chunk.start, 0);
    count(totalBytes - missingBytes);
    await this.#fetchAll(requests(missing), chunks, signal, count);
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
    await chunks.put(chunk, bytes);
    return bytes;
  }

  /** A few requests at a time; the first failure ends the others. */
  async #fetchAll(
    queue: Chunk[][],
    chunks: ChunkStore,
    signal: AbortSignal | undefined,
    count: (bytes: number) => void,
  ): Promise<void> {
    const failed = new AbortController();
    const either = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]);
    const next = queue.values();
    const work = async () => {
      for (const group of next) {
        either.throwIfAborted();
        const start = group[0]!.start;
        const bytes = await this.#source.read(start, group.at(-1)!.end, either, count);
        for (const chunk of group)
          await chunks.put(chunk, bytes.subarray(chunk.start - start, chunk.end - start));
        free(bytes);
      }
    };
    const workers = Array.from({ length: fetchesAtOnce }, () =>
      work().catch(error => {
        failed.abort(error);
        throw error;
      }),
    );
    const ended = await Promise.allSettled(workers);
    if (ended.some(end => end.status === 'rejected')) throw either.reason;
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

/** Neighbouring chunks go into one request where that saves requests. */
function requests(chunks: readonly Chunk[]): Chunk[][] {
  const groups: Chunk[][] = [];
  for (const chunk of chunks) {
    const group = groups.at(-1);
    const adjacent = group !== undefined && group.at(-1)!.end === chunk.start;
    if (adjacent && chunk.end - group[0]!.start <= requestBytesMax) group.push(chunk);
    else groups.push([chunk]);
  }
  return groups;
}
