import { expect, test } from 'vitest';
import { threadsFor } from './machine.ts';

test('a small step is one thread alone, a large one all of them', () => {
  // A token of the guide: 0.6 M weights a layer in some seven steps; of Qwen3 0.6B, 15.7 M.
  expect(threadsFor(0.6e6 / 7, 8)).toBe(1);
  expect(threadsFor(15.7e6 / 7, 8)).toBe(4);
  expect(threadsFor(15.7e6 / 7, 2)).toBe(2);
  expect(threadsFor((128 * 0.6e6) / 7, 8)).toBe(8);
});
