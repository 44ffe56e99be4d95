import type { ModelId } from '../base/brand.ts';
import { untilAborted } from '../base/until-aborted.ts';
import type { LastingEngine } from '../engine/lasting-engine.ts';
import type { Head } from '../engine/stage.ts';
import type { ModelLibrary } from '../model/library.ts';
import type { Model } from '../model/model.ts';
import type { SliceProgress } from '../model/slice-loader.ts';

/** A head for one answer. */
export interface HeadLease {
  readonly head: Head;
  release(): void;
}

interface Entry {
  readonly model: Model;
  readonly head: Promise<Head>;
  readonly abort: AbortController;
  readonly listeners: Set<(progress: SliceProgress) => void>;
  loaded: boolean;
  users: number;
}

/**
 * The ends of models at this requester, each loaded when an answer needs it. Lent memory does not count them, so beside
 * those in use only the last one stays, for the next question.
 */
export class Heads {
  readonly #engine: LastingEngine;
  readonly #library: ModelLibrary;
  readonly #heads = new Map<ModelId, Entry>();

  constructor(engine: LastingEngine, library: ModelLibrary) {
    this.#engine = engine;
    this.#library = library;
  }

  /** Callers share one load, which ends with the last of them. A failed one is forgotten. */
  async lease(
    model: Model,
    signal: AbortSignal,
    onProgress: (progress: SliceProgress) => void,
  ): Promise<HeadLease> {
    const entry = this.#entryOf(model);
    entry.users += 1;
    entry.listeners.add(onProgress);
    const release = () => {
      entry.users -= 1;
      if (entry.users === 0) this.#rest(entry);
    };
    try {
      return { head: await untilAborted(entry.head, signal), release };
    } catch (error) {
      release();
      throw error;
    } finally {
      entry.listeners.delete(onProgress);
    }
  }

  /** Frees those that are not among `models`, each after its last answer. */
  keep(models: ReadonlySet<ModelId>): void {
    for (const entry of this.#heads.values()) if (!models.has(entry.model.id)) this.#drop(entry);
  }

  /** The device is gone: who leases one from now on gets it on the next. What is being loaded comes there by itself. */
  lose(): void {
    for (const entry of this.#heads.values()) if (entry.loaded) this.#drop(entry);
  }

  close(): void {
    for (const entry of this.#heads.values()) entry.abort.abort();
    this.keep(new Set());
  }

  #entryOf(model: Model): Entry {
    const known = this.#heads.get(model.id);
    if (known?.model === model) return known;
    if (known) this.#drop(known);
    const abort = new AbortController();
    const listeners: Entry['listeners'] = new Set();
    const tell = (progress: SliceProgress) => {
      for (const listener of listeners) listener(progress);
    };
    const head = this.#load(model, abort.signal, tell);
    const entry: Entry = { model, head, abort, listeners, loaded: false, users: 0 };
    this.#heads.set(model.id, entry);
    head.then(
      () => {
        entry.loaded = true;
      },
      () => this.#drop(entry),
    );
    return entry;
  }

  /** Its last user is gone. */
  #rest(entry: Entry): void {
    if (!entry.loaded || this.#heads.get(entry.model.id) !== entry) this.#drop(entry);
    for (const other of this.#heads.values()) if (other !== entry && other.users === 0) this.#drop(other);
  }

  #drop(entry: Entry): void {
    if (this.#heads.get(entry.model.id) === entry) this.#heads.delete(entry.model.id);
    if (entry.users > 0) return;
    entry.abort.abort();
    void entry.head.then(head => head.dispose()).catch(() => {});
  }

  async #load(model: Model, signal: AbortSignal, tell: (progress: SliceProgress) => void): Promise<Head> {
    const loader = await this.#library.loader(model.id);
    await loader.fetch('head', { signal, onProgress: tell });
    return this.#engine.head(model, loader.read, signal);
  }
}
