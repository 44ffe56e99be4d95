import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { textEveryMs } from '../../base/limits.ts';
import { Paced } from './paced.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('the first piece is shown at once, those that follow together, one showing for each pause', () => {
  let came = 0;
  const shown: number[] = [];
  const paced = new Paced(() => shown.push(came));
  for (let ms = 0; ms < 4 * textEveryMs; ms += 10) {
    came++;
    paced.soon();
    vi.advanceTimersByTime(10);
  }
  expect(shown.length).toBe(5);
  expect(shown[0]).toBe(1);
  expect(shown.at(-1)).toBe(came);
  vi.advanceTimersByTime(10 * textEveryMs);
  expect(shown.length).toBe(5);
});

test('what waits is shown when it is asked for, and not again', () => {
  let shown = 0;
  const paced = new Paced(() => shown++);
  paced.now();
  expect(shown).toBe(0);
  paced.soon();
  paced.soon();
  paced.now();
  expect(shown).toBe(2);
  vi.advanceTimersByTime(10 * textEveryMs);
  expect(shown).toBe(2);
});

test('nothing is shown any more once it is stopped', () => {
  let shown = 0;
  const paced = new Paced(() => shown++);
  paced.soon();
  paced.soon();
  paced.stop();
  vi.advanceTimersByTime(10 * textEveryMs);
  expect(shown).toBe(1);
});
