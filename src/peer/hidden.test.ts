import { expect, test } from 'vitest';
import { ManualClock } from '../../tests/pod/manual-clock.ts';
import { hiddenAfterMs } from '../base/limits.ts';
import { hiddenForLong } from './hidden.ts';

class Page extends EventTarget {
  visibilityState: DocumentVisibilityState = 'visible';

  turn(to: DocumentVisibilityState): void {
    this.visibilityState = to;
    this.dispatchEvent(new Event('visibilitychange'));
  }
}

test('a tab is hidden when it has been for long, and no more as soon as it is seen', async () => {
  const clock = new ManualClock();
  const page = new Page();
  const hidden = hiddenForLong(page, clock);
  const told: boolean[] = [];
  hidden.subscribe(value => told.push(value));
  page.turn('hidden');
  await clock.pass(hiddenAfterMs - 1);
  page.turn('visible');
  await clock.pass(hiddenAfterMs);
  page.turn('hidden');
  await clock.pass(hiddenAfterMs - 1);
  expect(told).toEqual([false]);
  await clock.pass(1);
  page.turn('visible');
  expect(told).toEqual([false, true, false]);
});

test('a tab that opens behind others is hidden in time, too', async () => {
  const clock = new ManualClock();
  const page = new Page();
  page.visibilityState = 'hidden';
  const hidden = hiddenForLong(page, clock);
  await clock.pass(hiddenAfterMs);
  expect(hidden.peek()).toBe(true);
});
