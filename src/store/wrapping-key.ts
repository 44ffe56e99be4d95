import { openDB } from 'idb';
import { TabmeshError } from '../base/error.ts';

/** Wraps other secrets. Its bytes cannot be read out, not even by this page. */
export type WrappingKey = CryptoKey;

const table = 'keys';
const name = 'wrapping';

/**
 * The browser's, made once and kept as an object in IndexedDB: a Store holds bytes, which this key has none of. It guards what
 * lies on the disk; a script that runs in this page can use it as the page can. Rejects with TabmeshError('unavailable', 'store').
 */
export async function browserWrappingKey(database = 'tabmesh-wrapping'): Promise<WrappingKey> {
  try {
    const opened = await openDB(database, 1, { upgrade: created => void created.createObjectStore(table) });
    try {
      const kept: unknown = await opened.get(table, name);
      if (kept instanceof CryptoKey) return kept;
      const made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
        'encrypt',
        'decrypt',
      ]);
      // Of two tabs that make one at once, the first one's counts.
      const change = opened.transaction(table, 'readwrite', { durability: 'strict' });
      const first: unknown = await change.store.get(name);
      if (first === undefined) await change.store.put(made, name);
      await change.done;
      return first instanceof CryptoKey ? first : made;
    } finally {
      opened.close();
    }
  } catch (cause) {
    const reason =
      'This browser keeps no secrets here (IndexedDB is refused), so no key can be stored. Open the page in a normal window.';
    throw new TabmeshError('unavailable', 'store', reason, { cause });
  }
}
