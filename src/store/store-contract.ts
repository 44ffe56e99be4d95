import { expect, test } from 'vitest';
import { type Store, tables } from './store.ts';

/** What every Store promises. `create` opens the same, at first empty, place each time within one test. */
export function runStoreContract(name: string, place: () => Promise<() => Promise<Store>>): void {
  const run = (what: string, body: (store: Store, reopen: () => Promise<Store>) => Promise<void>) =>
    test(`${name}: ${what}`, async () => {
      const open = await place();
      const store = await open();
      await body(store, open);
      await store.close();
    }, 60_000);

  run('keeps values by table and key', async store => {
    for (const table of tables) await store.put(table, 'key', bytes(table));
    for (const table of tables) expect(await store.get(table, 'key')).toEqual(bytes(table));
    await store.put('keys', 'key', bytes('newer'));
    await store.delete('chats', 'key');
    await store.delete('chats', 'never there');
    expect(await store.get('keys', 'key')).toEqual(bytes('newer'));
    expect(await store.get('settings', 'key')).toEqual(bytes('settings'));
    expect(await store.get('chats', 'key')).toBeUndefined();
    expect(await store.get('slices', 'other')).toBeUndefined();
    expect(await store.keys('chats')).toEqual([]);
  });

  run('answers keys by prefix in order of code units', async store => {
    const keys = ['b/2', 'b/10', 'a', 'b', 'B/1', 'b/\uffff', 'b/é', 'c', 'b0'];
    for (const key of keys) await store.put('slices', key, bytes(key));
    expect(await store.keys('slices')).toEqual([...keys].sort());
    expect(await store.keys('slices', 'b/')).toEqual(['b/10', 'b/2', 'b/é', 'b/\uffff']);
    expect(await store.keys('slices', 'd')).toEqual([]);
  });

  run('a value is the caller’s own, before and after', async store => {
    const given = new Uint8Array(64).subarray(8, 24);
    given.fill(7);
    await store.put('slices', 'key', given);
    given.fill(9);
    const read = (await store.get('slices', 'key'))!;
    expect([...read]).toEqual(Array(16).fill(7));
    expect(read.byteOffset).toBe(0);
    expect(read.buffer.byteLength).toBe(16);
    read.fill(1);
    expect([...(await store.get('slices', 'key'))!]).toEqual(Array(16).fill(7));
  });

  run('keeps an empty value and a large one', async store => {
    const large = new Uint8Array(3_000_001).map((_, index) => index * 31);
    await store.put('slices', 'empty', new Uint8Array());
    await store.put('slices', 'large', large);
    expect((await store.get('slices', 'empty'))!.length).toBe(0);
    expect(Buffer.from((await store.get('slices', 'large'))!).equals(large)).toBe(true);
  });

  run('takes any text of 1 to 512 characters as a key', async store => {
    const odd = [
      '..',
      '../../etc/passwd',
      '/',
      'a/b\\c',
      'CON',
      'con',
      '__proto__',
      'constructor',
      '\0',
      'a\nb',
      ' ',
      '🦙',
      '%2e%2e',
      'x'.repeat(512),
      '漢'.repeat(512),
    ];
    for (const key of odd) await store.put('keys', key, bytes(key));
    for (const key of odd) expect(await store.get('keys', key), key).toEqual(bytes(key));
    expect(await store.keys('keys')).toEqual([...odd].sort());
  });

  run('refuses other keys and says so', async store => {
    for (const key of ['', 'x'.repeat(513), '\ud800', 'a\udc00b', 7 as never, null as never])
      for (const call of [
        () => store.get('keys', key),
        () => store.put('keys', key, bytes('x')),
        () => store.delete('keys', key),
      ])
        await expect(call()).rejects.toMatchObject({ kind: 'invalid', origin: 'store' });
    expect(await store.keys('keys')).toEqual([]);
  });

  run('a reader sees the old value or the new one', async store => {
    const old = new Uint8Array(200_000).fill(1);
    const next = new Uint8Array(300_000).fill(2);
    await store.put('slices', 'key', old);
    for (let round = 0; round < 5; round++) {
      const [read] = await Promise.all([
        store.get('slices', 'key'),
        store.put('slices', 'key', round % 2 === 0 ? next : old),
      ]);
      const first = read![0]!;
      expect(read!.length).toBe(first === 1 ? old.length : next.length);
      expect(read!.every(byte => byte === first)).toBe(true);
    }
  });
}

/** For stores that outlive their process. */
export function runDurableStoreContract(name: string, place: () => Promise<() => Promise<Store>>): void {
  runStoreContract(name, place);
  test(`${name}: what was put is there when it is opened again`, async () => {
    const open = await place();
    const store = await open();
    await store.put('settings', 'key', bytes('kept'));
    await store.close();
    const again = await open();
    expect(await again.get('settings', 'key')).toEqual(bytes('kept'));
    expect(await again.keys('settings')).toEqual(['key']);
    await again.close();
  });
}

const bytes = (text: string) => new Uint8Array(new TextEncoder().encode(text));
