import { expect, test } from 'vitest';
import { createMemoryStore } from '../store/memory-store.ts';
import { openHub } from './hub.ts';

test('a mirror is kept, and an empty address is the Hub again', async () => {
  const store = createMemoryStore();
  const hub = await openHub(store);
  expect(hub.origin.peek()).toBe('https://huggingface.co');
  await hub.setOrigin(' https://mirror.example ');
  expect((await openHub(store)).origin.peek()).toBe('https://mirror.example');
  await hub.setOrigin('');
  expect((await openHub(store)).origin.peek()).toBe('https://huggingface.co');
  expect(await store.keys('settings')).toEqual([]);
});

test.each([
  'x',
  'http://mirror.example',
  'https://a:b@mirror.example',
  'https://mirror.example/path',
  'javascript:1',
])('%s is no Hub', async text => {
  const hub = await openHub(createMemoryStore());
  await expect(hub.setOrigin(text)).rejects.toMatchObject({ kind: 'invalid', origin: 'peer' });
  expect(hub.origin.peek()).toBe('https://huggingface.co');
});
