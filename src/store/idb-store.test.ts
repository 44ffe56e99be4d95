import 'fake-indexeddb/auto';
import { IDBFactory, IDBObjectStore } from 'fake-indexeddb';
import { afterEach, expect, test, vi } from 'vitest';
import { openIdbStore } from './idb-store.ts';
import { runDurableStoreContract } from './store-contract.ts';

let count = 0;
runDurableStoreContract('idb', async () => {
  const name = `test-${count++}`;
  return () => openIdbStore(name);
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

test('a full disk is named, and what was stored stays readable', async () => {
  const store = await openIdbStore('full');
  await store.put('slices', 'old', Uint8Array.of(1));
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
    throw new DOMException('no space', 'QuotaExceededError');
  });
  await expect(store.put('slices', 'new', Uint8Array.of(2))).rejects.toMatchObject({
    kind: 'full',
    origin: 'store',
  });
  expect(await store.get('slices', 'old')).toEqual(Uint8Array.of(1));
});

test('memory stands in where IndexedDB is refused, and says so', async () => {
  const factory = new IDBFactory();
  factory.open = () => {
    throw new DOMException('refused', 'SecurityError');
  };
  vi.stubGlobal('indexedDB', factory);
  const store = await openIdbStore();
  expect(store.description).toMatch(/^memory \(.*IndexedDB/);
  await store.put('keys', 'key', Uint8Array.of(1));
  expect(await store.get('keys', 'key')).toEqual(Uint8Array.of(1));
});

test('a closed database is named', async () => {
  const store = await openIdbStore('closed');
  await store.close();
  await expect(store.get('keys', 'key')).rejects.toMatchObject({ kind: 'unavailable', origin: 'store' });
});

test('a value that somebody else put there is no value', async () => {
  const store = await openIdbStore('foreign');
  const database = await new Promise<IDBDatabase>(resolve => {
    const request = indexedDB.open('foreign');
    request.onsuccess = () => resolve(request.result);
  });
  await new Promise(resolve => {
    const change = database.transaction('keys', 'readwrite');
    change.objectStore('keys').put('text', 'key');
    change.oncomplete = resolve;
  });
  database.close();
  expect(await store.get('keys', 'key')).toBeUndefined();
});
