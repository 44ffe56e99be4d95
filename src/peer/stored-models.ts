import { type Live, LiveValue } from '../base/live.ts';
import { type StoredChunk, storageKey, storedChunks } from '../model/chunk-store.ts';
import { headerKey } from '../model/kept-header.ts';
import type { OpenModel } from '../model/open.ts';
import { coverage, decodeNote, encodeNote, noteOf, type StoredNote } from '../model/stored-note.ts';
import type { Store } from '../store/store.ts';

/** What this peer has stored of one model. */
export interface StoredModel {
  /** Names it to `delete`. */
  readonly key: string;
  readonly bytes: number;
  /** Missing where bytes were left over by a version that kept no notes: they can only be deleted. */
  readonly known?: {
    readonly id: string;
    readonly name: string;
    /** Of layers and head together. */
    readonly totalBytes: number;
    readonly headerBytes: number;
    /** Which layers are stored whole. */
    readonly layers: readonly boolean[];
    readonly head: boolean;
    /** Milliseconds since 1970. */
    readonly openedAt: number;
    /** Milliseconds since 1970: when it was last asked here, or layers of it last served a pod. Missing where neither was so yet. */
    readonly usedAt?: number | undefined;
  };
}

export interface PeerStored {
  /** The last used or opened first; as it was at the last `refresh`. */
  readonly list: Live<readonly StoredModel[]>;
  refresh(): Promise<void>;
  /** Chunks, header and note. What is loaded from it goes on computing. */
  delete(key: string): Promise<void>;
}

const noteKey = (key: string) => `stored/${key}`;

export class StoredModels implements PeerStored {
  readonly list = new LiveValue<readonly StoredModel[]>([]);
  readonly #store: Store;
  readonly #now: () => number;
  /** A note is read before it is written anew, so one writer waits for the other. */
  #written: Promise<unknown> = Promise.resolve();

  /** `now`: milliseconds since 1970. */
  constructor(store: Store, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** Remembers a model that was opened. A file of this device is where it lies, and nothing of it is stored. */
  async note(open: OpenModel): Promise<void> {
    if (open.source.local) return;
    const note = await noteOf(open, this.#now());
    await this.#rewrite(note.id, before => ({ ...note, usedAt: before?.usedAt }));
    await this.refresh();
  }

  /** Remembers that a model is in use; nothing for one that has no note. */
  async used(id: string): Promise<void> {
    const usedAt = this.#now();
    await this.#rewrite(id, before => before && { ...before, usedAt });
    this.list.update(list =>
      inOrder(
        list.map(each => (each.known?.id === id ? { ...each, known: { ...each.known, usedAt } } : each)),
      ),
    );
  }

  async refresh(): Promise<void> {
    const [chunks, notes] = await Promise.all([storedChunks(this.#store), this.#notes()]);
    const keys = new Set([...notes.keys(), ...chunks.keys()]);
    const stored = [...keys].map(key => describe(key, chunks.get(key) ?? [], notes.get(key)));
    this.list.set(inOrder(stored));
  }

  async delete(key: string): Promise<void> {
    const note = (await this.#notes()).get(key);
    for (const chunk of await this.#store.keys('slices', `${key}/`))
      await this.#store.delete('slices', chunk);
    for (const header of note?.headers ?? [key]) await this.#store.delete('slices', headerKey(header));
    await this.#store.delete('settings', noteKey(key));
    await this.refresh();
  }

  #rewrite(id: string, change: (before?: StoredNote) => StoredNote | undefined): Promise<void> {
    const done = this.#written.then(async () => {
      const key = noteKey(await storageKey(id));
      const bytes = await this.#store.get('settings', key);
      const note = change(bytes && decodeNote(bytes));
      if (note) await this.#store.put('settings', key, encodeNote(note));
    });
    this.#written = done.catch(() => {});
    return done;
  }

  async #notes(): Promise<Map<string, StoredNote>> {
    const notes = new Map<string, StoredNote>();
    for (const key of await this.#store.keys('settings', noteKey(''))) {
      const bytes = await this.#store.get('settings', key);
      const note = bytes && decodeNote(bytes);
      if (note) notes.set(key.slice(noteKey('').length), note);
    }
    return notes;
  }
}

const lastTouched = ({ known }: StoredModel): number => Math.max(known?.openedAt ?? 0, known?.usedAt ?? 0);

const inOrder = (stored: readonly StoredModel[]): readonly StoredModel[] =>
  [...stored].sort((a, b) => lastTouched(b) - lastTouched(a));

function describe(key: string, chunks: readonly StoredChunk[], note: StoredNote | undefined): StoredModel {
  const bytes = chunks.reduce((sum, { start, end }) => sum + end - start, 0);
  if (!note) return { key, bytes };
  const { id, name, bytes: totalBytes, headerBytes, openedAt, usedAt } = note;
  const covered = coverage(note, chunks);
  return { key, bytes, known: { id, name, totalBytes, headerBytes, openedAt, usedAt, ...covered } };
}
