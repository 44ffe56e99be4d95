import { expect, test } from 'vitest';
import { seededRandom } from '../base/random.ts';
import { createMemoryStore } from '../store/memory-store.ts';
import { takeIdentity } from './identity.ts';

test('a peer keeps its identity', async () => {
  const store = createMemoryStore();
  const first = await takeIdentity(store);
  const again = await takeIdentity(store);
  expect(first.slot).toBe(0);
  expect(first.id).toMatch(/^12D3KooW/);
  expect([again.id, again.slot, again.note]).toEqual([first.id, 0, undefined]);
});

test('two tabs are two peers, and the lowest free slot is taken', async () => {
  const store = createMemoryStore();
  const { locks } = navigator;
  const [a, b, c] = await Promise.all([1, 2, 3].map(() => takeIdentity(store, locks)));
  expect(new Set([a!.id, b!.id, c!.id]).size).toBe(3);
  expect([a!.slot, b!.slot, c!.slot].sort()).toEqual([0, 1, 2]);
  const middle = [a!, b!, c!].find(each => each.slot === 1)!;
  middle.release();
  await new Promise(resolve => setTimeout(resolve, 10));
  const reloaded = await takeIdentity(store, locks);
  expect([reloaded.slot, reloaded.id]).toEqual([1, middle.id]);
  for (const each of [a!, c!, reloaded]) each.release();
});

test('a store with garbage gives a new identity, says so, and keeps it', async () => {
  const random = seededRandom(7);
  for (const length of [0, 1, 36, 68, 500]) {
    const store = createMemoryStore();
    await store.put('keys', 'identity/0', random.bytes(length));
    const fresh = await takeIdentity(store);
    expect(fresh.note).toContain('new one');
    const again = await takeIdentity(store);
    expect([again.id, again.note]).toEqual([fresh.id, undefined]);
  }
});
