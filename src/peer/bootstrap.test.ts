import { expect, test } from 'vitest';
import { createMemoryStore } from '../store/memory-store.ts';
import { findHost } from './bootstrap.ts';

const nobody = new URL('http://127.0.0.1:1/');
const told = { peer: '12D3KooWSvu4nrYj5Wqg8GbXLmX2qybmu49QRCaLcuCin1J1YN2n', near: true };
const inFolder = { ...told, dataFolder: '/home/me/tabmesh' };

test.each([
  ['nothing', undefined, undefined],
  ['what it said last', JSON.stringify(told), told],
  ['where it keeps its own', JSON.stringify(inFolder), inFolder],
  ['no text', '{', undefined],
  ['another shape', '{"peer":"../","near":1}', undefined],
])('of a host that does not answer, %s is known', async (_, kept, known) => {
  const store = createMemoryStore();
  if (kept !== undefined) await store.put('settings', 'host', new TextEncoder().encode(kept));
  expect(await findHost(nobody, store)).toEqual(known);
});
