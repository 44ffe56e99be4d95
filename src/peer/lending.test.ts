import { afterEach, expect, test, vi } from 'vitest';
import { createMemoryStore } from '../store/memory-store.ts';
import { Lending } from './lending.ts';
import { Siblings } from './siblings.ts';

const open: Siblings[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.leave();
});
const store = createMemoryStore();
async function tab(): Promise<{ siblings: Siblings; lending: Lending }> {
  const siblings = await Siblings.join(navigator.locks);
  open.push(siblings);
  return { siblings, lending: await Lending.open(store, 900, siblings) };
}
const shares = (...tabs: { lending: Lending }[]) => tabs.map(({ lending }) => lending.share.peek());

test('tabs of one browser divide what is lent; who goes gives its share back', async () => {
  const a = await tab();
  expect(shares(a)).toEqual([900]);
  const [b, c] = [await tab(), await tab()];
  await vi.waitFor(() => expect(shares(a, b, c)).toEqual([300, 300, 300]));
  b.siblings.leave();
  await vi.waitFor(() => expect(shares(a, c)).toEqual([450, 450]));
  await a.lending.set(600);
  await vi.waitFor(() => expect(shares(a, c)).toEqual([300, 300]));
  expect([a.lending.bytes.peek(), c.lending.bytes.peek()]).toEqual([600, 600]);
  c.siblings.leave();
  await vi.waitFor(() => expect(shares(a)).toEqual([600]));
});

test('many that start at once count each other', async () => {
  const tabs = await Promise.all(Array.from({ length: 8 }, tab));
  await vi.waitFor(() => expect(tabs.map(({ siblings }) => siblings.count.peek())).toEqual(Array(8).fill(8)));
});

test('a peer alone on its store lends all of it', async () => {
  const lending = await Lending.open(createMemoryStore(), 7);
  expect([lending.bytes.peek(), lending.share.peek()]).toEqual([7, 7]);
  await lending.set(0);
  expect(lending.share.peek()).toBe(0);
});
