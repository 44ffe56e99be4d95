import * as v from 'valibot';
import { layerCountMax, modelRefCharactersMax, textCharactersMax } from '../base/limits.ts';
import { storageKey } from '../model/chunk-store.ts';
import type { Store } from '../store/store.ts';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const layer = v.pipe(count, v.maxValue(layerCountMax));

const wanted = v.object({
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(modelRefCharactersMax)),
  name: v.pipe(v.string(), v.maxLength(textCharactersMax)),
  part: v.union([
    v.literal('whole'),
    v.pipe(
      v.object({ first: layer, last: layer }),
      v.check(({ first, last }) => first < last, 'no layers'),
    ),
  ]),
  totalBytes: count,
  paused: v.boolean(),
  /** Milliseconds since 1970: the order in which they were asked for. */
  at: count,
});
export type Wanted = v.InferOutput<typeof wanted>;

const prefix = 'download/';

/** The downloads that are wanted, a key each, so that two tabs do not overwrite each other's. */
export class KeptDownloads {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** In their order. What cannot be read is left out. */
  async all(): Promise<Wanted[]> {
    const keys = await this.#store.keys('settings', prefix);
    const all = await Promise.all(keys.map(key => this.#read(key)));
    return all.filter(each => each !== undefined).sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  }

  async get(id: string): Promise<Wanted | undefined> {
    return this.#read(await keyOf(id));
  }

  async put(value: Wanted): Promise<void> {
    await this.#store.put('settings', await keyOf(value.id), new TextEncoder().encode(JSON.stringify(value)));
  }

  async delete(id: string): Promise<void> {
    await this.#store.delete('settings', await keyOf(id));
  }

  async #read(key: string): Promise<Wanted | undefined> {
    const bytes = await this.#store.get('settings', key);
    if (!bytes) return undefined;
    try {
      const result = v.safeParse(wanted, JSON.parse(new TextDecoder().decode(bytes)));
      return result.success ? result.output : undefined;
    } catch {
      return undefined;
    }
  }
}

const keyOf = async (id: string): Promise<string> => `${prefix}${await storageKey(id)}`;
