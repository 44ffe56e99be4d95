import { assertKey } from './key.ts';
import { type Store, type Table, tables } from './store.ts';

/** The twin that forgets: for tests, and where a browser refuses IndexedDB. */
export function createMemoryStore(why = ''): Store {
  const values = new Map<Table, Map<string, Uint8Array<ArrayBuffer>>>(
    tables.map(table => [table, new Map<string, Uint8Array<ArrayBuffer>>()]),
  );
  const of = (table: Table) => values.get(table)!;
  return {
    description: why === '' ? 'memory' : `memory (${why})`,
    lasts: false,
    async get(table, key) {
      assertKey(key);
      return of(table).get(key)?.slice();
    },
    async put(table, key, value) {
      assertKey(key);
      of(table).set(key, new Uint8Array(value));
    },
    async delete(table, key) {
      assertKey(key);
      of(table).delete(key);
    },
    async keys(table, prefix = '') {
      return [...of(table).keys()].filter(key => key.startsWith(prefix)).sort();
    },
    async close() {},
  };
}
