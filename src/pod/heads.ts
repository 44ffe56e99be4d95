import type { ModelId } from '../base/brand.ts';
import type { Engine } from '../engine/engine.ts';
import type { Head } from '../engine/stage.ts';
import type { ModelLibrary } from '../model/library.ts';
import type { SliceProgress } from '../model/slice-loader.ts';

/** The ends of models at this requester, each loaded when the first answer needs it, and kept. */
export class Heads {
  readonly #engine: Engine;
  readonly #library: ModelLibrary;
  readonly #heads = new Map<
    ModelId,
    { head: Promise<Head>; listeners: Set<(progress: SliceProgress) => void> }
  >();
  readonly #closing = new AbortController();

  constructor(engine: Engine, library: ModelLibrary) {
    this.#engine = engine;
    this.#library = library;
  }

  /** Callers share one load. A failed one is forgotten. */
  async get(model: ModelId, onProgress: (progress: SliceProgress) => void): Promise<Head> {
    let entry = this.#heads.get(model);
    if (!entry) {
      const listeners = new Set<(progress: SliceProgress) => void>();
      const tell = (progress: SliceProgress) => {
        for (const listener of listeners) listener(progress);
      };
      entry = { listeners, head: this.#load(model, tell) };
      this.#heads.set(model, entry);
      entry.head.catch(() => this.#heads.delete(model));
    }
    entry.listeners.add(onProgress);
    const { listeners } = entry;
    return entry.head.finally(() => listeners.delete(onProgress));
  }

  /** Frees those that are not among `models`. */
  keep(models: ReadonlySet<ModelId>): void {
    for (const [model, { head }] of this.#heads) {
      if (models.has(model)) continue;
      this.#heads.delete(model);
      void head.then(loaded => loaded.dispose()).catch(() => {});
    }
  }

  close(): void {
    this.#closing.abort();
    this.keep(new Set());
  }

  async #load(model: ModelId, onProgress: (progress: SliceProgress) => void): Promise<Head> {
    const { signal } = this.#closing;
    const { model: header } = await this.#library.open(model, signal);
    const loader = await this.#library.loader(model);
    await loader.fetch('head', { signal, onProgress });
    return this.#engine.head(header, loader.read, signal);
  }
}
