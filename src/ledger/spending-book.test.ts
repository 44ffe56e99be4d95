import { expect, test } from 'vitest';
import type { PeerId } from '../base/brand.ts';
import { bookDaysMax, bookingsMax } from '../base/limits.ts';
import { createMemoryStore } from '../store/memory-store.ts';
import type { Period } from './budget.ts';
import { SpendingBook } from './spending-book.ts';

const ann = 'ann' as PeerId;
const dayMs = 86_400_000;
const start = Date.UTC(2026, 10, 27);
const all = 'all' as Period;

async function opened(store = createMemoryStore()) {
  const clock = { at: start };
  const open = () => SpendingBook.open(store, 'book', () => clock.at);
  let count = 0;
  const wish = (amount: number) => () => ({ id: `${count++}`, peer: ann, model: 'm', amount });
  return { clock, open, wish, store, book: await open() };
}
const tokens = { promptTokens: 1, completionTokens: 1 };

test('what is reserved is held, what is settled is spent, what is released is free', async () => {
  const { book, wish } = await opened();
  const [one, two] = [await book.reserve(wish(10)), await book.reserve(wish(5))];
  expect([book.held(all).get(ann), book.spent(all).get(ann)]).toEqual([15, undefined]);
  await book.settle(one, { amount: 4, ...tokens });
  await book.release(two);
  expect([book.held(all).get(ann), book.spent(all).get(ann)]).toEqual([4, 4]);
  await book.settle(one, { amount: 9, ...tokens });
  expect(book.spent(all).get(ann)).toBe(4);
  await expect(book.reserve(() => ({ ...wish(1)(), id: one.id }))).rejects.toMatchObject({ kind: 'invalid' });
});

test('a crash between the two books all of it, once', async () => {
  const { book, open, wish } = await opened();
  const { id } = await book.reserve(wish(10));
  await open();
  const again = await open();
  expect(again.spent(all).get(ann)).toBe(10);
  expect(again.bookings).toMatchObject([{ id, amount: 10, outcome: 'unknown' }]);
  expect((await open()).spent(all).get(ann)).toBe(10);
});

test('a day is not lived twice, however the clock is set', async () => {
  const { book, open, wish, clock } = await opened();
  clock.at = start + dayMs;
  const late = await book.reserve(wish(10));
  await book.settle(late, { amount: 10, ...tokens });
  clock.at = start;
  expect(book.today()).toBe('2026-11-28');
  expect((await open()).held('2026-11-28' as Period).get(ann)).toBe(10);
});

test('an answer over midnight is spent on the day on which it was reserved', async () => {
  const { book, wish, clock } = await opened();
  const made = await book.reserve(wish(10));
  clock.at = start + dayMs;
  await book.settle(made, { amount: 7, ...tokens });
  expect(book.spent('2026-11-27' as Period).get(ann)).toBe(7);
  expect(book.spent('2026-11-28' as Period).get(ann)).toBeUndefined();
});

test('what the disk does not take has not happened', async () => {
  const store = createMemoryStore();
  const { book, wish } = await opened(store);
  const put = store.put.bind(store);
  store.put = async () => {
    throw new Error('full');
  };
  await expect(book.reserve(wish(10))).rejects.toThrow('full');
  expect(book.held(all).get(ann)).toBeUndefined();
  store.put = put;
  await book.reserve(wish(2));
  expect(book.held(all).get(ann)).toBe(2);
});

test('old days and lines go, and their sums stay', async () => {
  const { book, open, wish, clock } = await opened();
  for (let each = 0; each < bookingsMax + 20; each++) {
    if (each < bookDaysMax + 20) clock.at += dayMs;
    await book.settle(await book.reserve(wish(1)), { amount: 1, ...tokens });
  }
  const again = await open();
  expect(again.spent(all).get(ann)).toBe(bookingsMax + 20);
  expect(again.bookings.length).toBe(bookingsMax);
});

test('a damaged book is no empty one', async () => {
  const { store, open } = await opened();
  await store.put('settings', 'book', new TextEncoder().encode('{"day":"2026-11-27"}'));
  await expect(open()).rejects.toThrow();
});
