/** Downloads that a person asked for: kept in the store, one at a time in their order, going on after a reload or a crash. */
import type { ModelId } from '../base/brand.ts';
import type { Clock } from '../base/clock.ts';
import { type ErrorRecord, TabmeshError, toRecord } from '../base/error.ts';
import { downloadRetryMaxMs, downloadRetryMinMs, downloadsMax } from '../base/limits.ts';
import { type Live, LiveValue } from '../base/live.ts';
import { storageKey, storedChunks } from '../model/chunk-store.ts';
import type { ListedHash } from '../model/hub-search.ts';
import type { ModelLibrary } from '../model/library.ts';
import type { Store } from '../store/store.ts';
import { bringPart, type DownloadPart, type Fetched, partBytes } from './bring-part.ts';
import { ByteRate } from './byte-rate.ts';
import { FileHashes } from './file-hashes.ts';
import { KeptDownloads, type Wanted } from './kept-downloads.ts';
import { PacedSteps } from './paced-steps.ts';

export interface Download {
  /** Of the model: each has one download at most. */
  readonly id: string;
  readonly name: string;
  readonly part: DownloadPart;
  readonly state: 'queued' | 'downloading' | 'verifying' | 'paused' | 'ready' | 'failed';
  /** Stored, or while it is verified, what has been. */
  readonly bytes: number;
  readonly totalBytes: number;
  /** Since it last began. */
  readonly fetched: Fetched;
  readonly bytesPerSecond?: number | undefined;
  /** Why it failed. */
  readonly problem?: ErrorRecord | undefined;
  /** It tries again by itself, so long after it failed. */
  readonly retryMs?: number | undefined;
}

export interface PeerDownloads {
  readonly list: Live<readonly Download[]>;
  /** Throws what opening the model throws, and TabmeshError('full', 'peer') past 64. */
  start(id: string, part: DownloadPart, signal?: AbortSignal): Promise<void>;
  pause(id: string): Promise<void>;
  /** Also tries again what failed. */
  resume(id: string): Promise<void>;
  /** Takes it off the list. What came stays stored. */
  cancel(id: string): Promise<void>;
}

export interface DownloadsParts {
  readonly store: Store;
  readonly library: ModelLibrary;
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Waits until no other tab that shares the store downloads. */
  readonly inTurn: (signal: AbortSignal, work: () => Promise<void>) => Promise<void>;
  /** What is stored has changed. */
  readonly onStored: () => void;
  /** Of the files of a model, as far as anybody lists them (HubSearch.hashes). */
  readonly hashes: (id: string, signal: AbortSignal) => Promise<readonly ListedHash[] | undefined>;
}

/** May be over at the next try. */
const passing: ReadonlySet<ErrorRecord['kind']> = new Set(['unavailable', 'timeout', 'lost']);
const nothing: Fetched = { source: 0, members: 0 };

interface Retry {
  /** In a row. */
  readonly failures: number;
  readonly again: () => void;
  readonly cancel: () => void;
}

export class Downloads implements PeerDownloads {
  readonly list = new LiveValue<readonly Download[]>([]);
  readonly #parts: DownloadsParts;
  readonly #kept: KeptDownloads;
  #running: { readonly id: string; readonly abort: AbortController } | undefined;
  readonly #retries = new Map<string, Retry>();
  #closed = false;

  constructor(parts: DownloadsParts) {
    this.#parts = parts;
    this.#kept = new KeptDownloads(parts.store);
  }

  /** Goes on with what was running when the page went. */
  async restore(): Promise<void> {
    for (const wanted of await this.#kept.all()) {
      const stored = await storedChunks(this.#parts.store, `${await storageKey(wanted.id)}/`);
      const bytes = [...stored.values()].flat().reduce((sum, { start, end }) => sum + end - start, 0);
      this.#add(wanted, Math.min(bytes, wanted.totalBytes));
    }
    void this.#work();
  }

  async start(id: string, part: DownloadPart, signal?: AbortSignal): Promise<void> {
    const { model, source } = await this.#parts.library.open(id as ModelId, signal);
    if (source.local)
      throw new TabmeshError('invalid', 'peer', `${model.name} is a file on this device already.`);
    const kept = await this.#kept.all();
    if (kept.length >= downloadsMax && !kept.some(each => each.id === id))
      throw new TabmeshError(
        'full',
        'peer',
        `${downloadsMax} downloads are on the list. Finish or cancel some of them.`,
      );
    const totalBytes = partBytes(model, part);
    const wanted: Wanted = { id, name: model.name, part, totalBytes, paused: false, at: this.#parts.now() };
    await this.#kept.put(wanted);
    this.#stop(id);
    this.list.update(list => list.filter(each => each.id !== id));
    this.#add(wanted, 0);
    void this.#work();
  }

  async pause(id: string): Promise<void> {
    await this.#keep(id, true);
    this.#stop(id);
    this.#set(id, { state: 'paused', bytesPerSecond: undefined });
  }

  async resume(id: string): Promise<void> {
    await this.#keep(id, false);
    this.#stop(id);
    this.#set(id, { state: 'queued', problem: undefined, retryMs: undefined });
    void this.#work();
  }

  async cancel(id: string): Promise<void> {
    await this.#kept.delete(id);
    this.#stop(id);
    this.#drop(id);
  }

  /** What would be tried again later is tried now: the network is back. */
  retryNow(): void {
    for (const { again } of [...this.#retries.values()]) again();
  }

  /** The next start goes on where this ends. */
  close(): void {
    this.#closed = true;
    for (const { id } of this.list.peek()) this.#stop(id);
  }

  async #work(): Promise<void> {
    const next = this.list.peek().find(({ state }) => state === 'queued');
    if (!next || this.#running || this.#closed) return;
    const abort = new AbortController();
    const { signal } = abort;
    this.#running = { id: next.id, abort };
    try {
      await this.#parts.inTurn(signal, () => this.#run(next.id, signal));
    } catch (error) {
      if (!signal.aborted) this.#fail(next.id, toRecord(error, 'peer'));
    }
    this.#running = undefined;
    this.#parts.onStored();
    await this.#work();
  }

  async #run(id: string, signal: AbortSignal): Promise<void> {
    const wanted = await this.#kept.get(id);
    // Another tab has brought it, cancelled it or paused it.
    if (!wanted) return this.#drop(id);
    if (wanted.paused) return this.#set(id, { state: 'paused' });
    const { library } = this.#parts;
    this.#set(id, { state: 'downloading', fetched: nothing });
    const { model, source } = await library.open(id as ModelId, signal);
    const loader = await library.loader(model.id);
    // A list that cannot be had says nothing against the file.
    const listed = () => this.#parts.hashes(id, signal).catch(() => undefined);
    const hashes = async () => {
      const files = await listed();
      return files && new FileHashes(files, source);
    };
    const steps = this.#teller(id, signal);
    try {
      await bringPart(model, loader, wanted.part, { signal, onStep: step => steps.note(step), hashes });
    } finally {
      steps.stop();
    }
    signal.throwIfAborted();
    await this.#kept.delete(id);
    this.#retries.delete(id);
    this.#set(id, { state: 'ready', bytesPerSecond: undefined });
  }

  #teller(id: string, signal: AbortSignal): PacedSteps {
    const rate = new ByteRate(this.#parts.clock);
    return new PacedSteps(this.#parts.clock, step => {
      if (signal.aborted) return;
      const { fetched, state } = step;
      const arrived = fetched.source + fetched.members;
      if (arrived > 0) this.#retries.delete(id);
      this.#set(id, { ...step, bytesPerSecond: state === 'downloading' ? rate.note(arrived) : undefined });
    });
  }

  #fail(id: string, problem: ErrorRecord): void {
    const failures = (this.#retries.get(id)?.failures ?? 0) + 1;
    if (!passing.has(problem.kind)) {
      this.#set(id, { state: 'failed', problem, bytesPerSecond: undefined });
      return;
    }
    const backoffMs = Math.min(downloadRetryMinMs * 2 ** (failures - 1), downloadRetryMaxMs);
    const retryMs = Math.max(problem.retryAfterMs ?? 0, backoffMs);
    const again = () => {
      cancel();
      if (this.list.peek().find(each => each.id === id)?.state !== 'failed') return;
      this.#set(id, { state: 'queued', problem: undefined, retryMs: undefined });
      void this.#work();
    };
    const cancel = this.#parts.clock.after(retryMs, again);
    this.#retries.set(id, { failures, again, cancel });
    this.#set(id, { state: 'failed', problem, retryMs, bytesPerSecond: undefined });
  }

  async #keep(id: string, paused: boolean): Promise<void> {
    const wanted = await this.#kept.get(id);
    if (wanted) await this.#kept.put({ ...wanted, paused });
  }

  #stop(id: string): void {
    this.#retries.get(id)?.cancel();
    this.#retries.delete(id);
    if (this.#running?.id === id)
      this.#running.abort.abort(new TabmeshError('cancelled', 'peer', 'The download was stopped.'));
  }

  #add({ id, name, part, totalBytes, paused }: Wanted, bytes: number): void {
    const state = paused ? 'paused' : 'queued';
    const added: Download = { id, name, part, state, bytes, totalBytes, fetched: nothing };
    this.list.update(list => [...list.filter(each => each.id !== id), added]);
  }

  #set(id: string, change: Partial<Download>): void {
    this.list.update(list => list.map(each => (each.id === id ? { ...each, ...change } : each)));
  }

  #drop(id: string): void {
    this.list.update(list => list.filter(each => each.id !== id));
  }
}
