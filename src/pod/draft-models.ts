import { must } from '../base/assert.ts';
import type { ModelId, SessionId } from '../base/brand.ts';
import { toHex } from '../base/bytes.ts';
import type { Random } from '../base/random.ts';
import type { LastingEngine } from '../engine/lasting-engine.ts';
import type { Head, Stage } from '../engine/stage.ts';
import type { Model, TensorReader } from '../model/model.ts';
import type { OpenModel } from '../model/open.ts';
import { headBytes, layerBytes } from '../model/slice.ts';
import { rangeCacheBytes } from './model-bytes.ts';
import type { LentDraft } from './model-drafter.ts';

/** A model whose every byte is on this device; `read` asks nobody else. */
export interface StoredDraft {
  readonly model: Model;
  readonly read: TensorReader;
}

/** One of at most `bytesMax` whose token ids mean what those of `served` mean; undefined where there is none. */
export type FindDraft = (
  served: OpenModel,
  bytesMax: number,
  signal: AbortSignal,
) => Promise<StoredDraft | undefined>;

export interface DraftModelsOptions {
  readonly engine: Pick<LastingEngine, 'stage' | 'head'>;
  readonly random: Random;
  readonly find: FindDraft;
  /** Bytes that drafting may take now; less than before where layers need them. */
  readonly roomBytes: () => number;
}

interface Loaded {
  readonly model: Model;
  readonly stage: Stage;
  readonly head: Head;
}

interface Entry {
  readonly served: ModelId;
  readonly abort: AbortController;
  readonly loading: Promise<Loaded | undefined>;
  /** Weights, and the caches of those who use it. */
  bytes: number;
  users: number;
}

/** The model that drafts at this requester: one at a time, and the first thing to go where room is needed. */
export class DraftModels {
  readonly #options: DraftModelsOptions;
  #entry: Entry | undefined;

  constructor(options: DraftModelsOptions) {
    this.#options = options;
  }

  /** For one answer of at most `capacity` positions. Rejects with what the engine throws. */
  async lend(served: OpenModel, capacity: number): Promise<LentDraft | undefined> {
    const entry = this.#entryFor(served);
    const loaded = await entry?.loading;
    if (!entry || !loaded || this.#entry !== entry) return undefined;
    const { model, stage, head } = loaded;
    const positions = Math.min(capacity, model.hyper.context);
    const cacheBytes = rangeCacheBytes(model, { first: 0, last: model.hyper.layers }, positions);
    if (entry.bytes + cacheBytes > this.#options.roomBytes()) return undefined;
    entry.bytes += cacheBytes;
    entry.users += 1;
    const giveBack = () => {
      entry.bytes -= cacheBytes;
      entry.users -= 1;
    };
    const session = toHex(this.#options.random.bytes(16)) as SessionId;
    try {
      await stage.open(session, positions);
    } catch (error) {
      giveBack();
      throw error;
    }
    let released = false;
    const release = () => {
      if (released) return;
      released = true;
      giveBack();
      void stage.close(session).catch(() => {});
    };
    return { stage, head, session, width: model.hyper.width, capacity: positions, release };
  }

  /** Ends it where its room is needed, in the middle of an answer too: that goes on without. */
  trim(): void {
    if (this.#entry && this.#entry.bytes > this.#options.roomBytes()) this.drop();
  }

  /** Also for a device that is lost. */
  drop(): void {
    const entry = this.#entry;
    this.#entry = undefined;
    entry?.abort.abort();
    void entry?.loading.then(loaded => loaded && dispose(loaded));
  }

  #entryFor(served: OpenModel): Entry | undefined {
    const { id } = served.model;
    if (this.#entry && this.#entry.served !== id) {
      if (this.#entry.users > 0) return undefined;
      this.drop();
    }
    this.#entry ??= this.#begin(served);
    return this.#entry;
  }

  #begin(served: OpenModel): Entry {
    const abort = new AbortController();
    const loading = this.#load(served, abort.signal, bytes => {
      entry.bytes = bytes;
    }).catch(() => undefined);
    const entry: Entry = { served: served.model.id, abort, loading, bytes: 0, users: 0 };
    // What was not there may be by the next answer.
    void loading.then(loaded => {
      if (!loaded && this.#entry === entry) this.#entry = undefined;
    });
    return entry;
  }

  async #load(
    served: OpenModel,
    signal: AbortSignal,
    tell: (bytes: number) => void,
  ): Promise<Loaded | undefined> {
    const { engine, find, roomBytes } = this.#options;
    const found = await find(served, roomBytes(), signal);
    if (!found || weightBytes(found.model) > roomBytes()) return undefined;
    const { model, read } = found;
    tell(weightBytes(model));
    const all = { first: 0, last: model.hyper.layers };
    const parts = await Promise.allSettled([
      engine.stage(model, all, read, signal),
      engine.head(model, read, signal),
    ]);
    const [stage, head] = parts;
    if (stage.status === 'fulfilled' && head.status === 'fulfilled')
      return { model, stage: stage.value, head: head.value };
    for (const part of parts) if (part.status === 'fulfilled') await part.value.dispose().catch(() => {});
    throw must(parts.find(part => part.status === 'rejected')).reason;
  }
}

function weightBytes(model: Model): number {
  let bytes = headBytes(model);
  for (let layer = 0; layer < model.hyper.layers; layer++) bytes += layerBytes(model, layer);
  return bytes;
}

async function dispose({ stage, head }: Loaded): Promise<void> {
  await Promise.allSettled([stage.dispose(), head.dispose()]);
}
