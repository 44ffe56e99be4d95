import { expect, test } from 'vitest';
import type { PeerId, PodId } from '../../base/brand.ts';
import { createMemoryStore } from '../../store/memory-store.ts';
import { NewestPasses } from './newest-passes.ts';

const [pod, self] = ['ab'.repeat(16) as PodId, 'self' as PeerId];

test('an older pass is none, after a restart either', async () => {
  const store = createMemoryStore();
  const before = new NewestPasses(store, self);
  expect(await before.isNewest(pod, 'a', 7, ['a', 'b'])).toBe(true);
  expect(await before.isNewest(pod, 'b', 3, ['a', 'b'])).toBe(true);
  const after = new NewestPasses(store, self);
  const shown = [6, 7, 9, 8].map(sequence => after.isNewest(pod, 'a', sequence, ['a', 'b']));
  expect(await Promise.all(shown)).toEqual([false, true, true, false]);
  expect(await new NewestPasses(store, self).isNewest(pod, 'a', 8, ['a', 'b'])).toBe(false);
  expect(await after.isNewest(pod, 'b', 2, ['a', 'b'])).toBe(false);
  expect(await after.isNewest('cd'.repeat(16) as PodId, 'a', 1, ['a'])).toBe(true);
});

test('nothing is kept of agreements that have ended, and what cannot be read is nothing', async () => {
  const store = createMemoryStore();
  const passes = new NewestPasses(store, self);
  await passes.isNewest(pod, 'a', 7, ['a']);
  await passes.isNewest(pod, 'b', 3, ['b']);
  expect(await passes.isNewest(pod, 'a', 1, ['a', 'b'])).toBe(true);
  const [key] = await store.keys('documents');
  for (const text of ['{"b":-1}', '[3]', 'b']) {
    await store.put('documents', key!, new TextEncoder().encode(text));
    expect(await new NewestPasses(store, self).isNewest(pod, 'b', 2, ['b'])).toBe(true);
  }
});
