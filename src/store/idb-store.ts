import { type IDBPDatabase, openDB } from 'idb';
import { TabmeshError } from '../base/error.ts';
import { assertKey } from './key.ts';
import { createMemoryStore } from './memory-store.ts';
import { type Store, tables } from './store.ts';

/**
 * The browser's store. Where IndexedDB is refused (some private windows, blocked site data) it falls back to memory
 * and its description says so. Throws TabmeshError('full' | 'unavailable', 'store') later on.
 */
export async function openIdbStore(name = 'tabmesh'): Promise<Store> {
  let database: IDBPDatabase;
  try {
    database = await openDB(name, 2, {
      upgrade(created) {
        for (const table of tables)
          if (!created.objectStoreNames.contains(table)) created.createObjectStore(table);
      },
      // A newer page waits for the database: it comes first, and this page's next call fails with a reason.
      blocking: () => database.close(),
    });
  } catch {
    return createMemoryStore(
      'this browser refuses IndexedDB here, so nothing is kept after the page is closed',
    );
  }
  return {
    description: 'IndexedDB',
    lasts: true,
    get: (table, key) =>
      attempt(async () => {
        assertKey(key);
        const value: unknown = await database.get(table, key);
        return value instanceof Uint8Array ? (value as Uint8Array<ArrayBuffer>) : undefined;
      }),
    put: (table, key, value) =>
      attempt(async () => {
        assertKey(key);
        // The default, 'relaxed', resolves before the bytes are on the disk.
        const change = database.transaction(table, 'readwrite', { durability: 'strict' });
        // A view would be stored with its whole buffer.
        await Promise.all([change.store.put(value.slice(), key), change.done]);
      }),
    delete: (table, key) =>
      attempt(async () => {
        assertKey(key);
        await database.delete(table, key);
      }),
    keys: (table, prefix = '') =>
      attempt(async () => {
        // Keys of IndexedDB are ordered by code units, so those with one prefix lie together.
        const range =
          prefix === '' ? undefined : IDBKeyRange.bound(prefix, `${prefix}\uffff`.padEnd(513, '\uffff'));
        const keys = await database.getAllKeys(table, range);
        return keys.filter(key => typeof key === 'string').filter(key => key.startsWith(prefix));
      }),
    async close() {
      database.close();
    },
  };
}

async function attempt<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof TabmeshError) throw cause;
    const error = cause instanceof Error || cause instanceof DOMException ? cause : undefined;
    if (error?.name === 'QuotaExceededError')
      throw new TabmeshError(
        'full',
        'store',
        'This browser grants no more space. Free some on the disk, or delete models that you no longer need.',
        { cause },
      );
    const fault = error?.message || error?.name || String(cause);
    throw new TabmeshError('unavailable', 'store', `IndexedDB failed: ${fault} Reload the page.`, { cause });
  }
}
