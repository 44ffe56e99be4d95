import { expect, test } from 'vitest';
import { ManualClock } from '../../tests/pod/manual-clock.ts';
import { downloadTellMs } from '../base/limits.ts';
import { PacedSteps } from './paced-steps.ts';

const step = (bytes: number, state: 'downloading' | 'verifying' = 'downloading') => ({
  state,
  bytes,
  totalBytes: 10,
  fetched: { source: bytes, members: 0 },
});

test('steps are told at a pace, the latest and the last without fail, and none after the end', async () => {
  const clock = new ManualClock();
  const told: string[] = [];
  const steps = new PacedSteps(clock, ({ state, bytes }) => void told.push(`${state} ${bytes}`));
  for (const bytes of [0, 1, 2]) steps.note(step(bytes));
  expect(told).toEqual(['downloading 0']);
  await clock.pass(downloadTellMs);
  expect(told).toEqual(['downloading 0', 'downloading 2']);
  steps.note(step(3));
  steps.note(step(10));
  steps.note(step(1, 'verifying'));
  await clock.pass(downloadTellMs);
  expect(told.slice(2)).toEqual(['downloading 10', 'verifying 1']);
  for (const bytes of [2, 3, 4]) steps.note(step(bytes, 'verifying'));
  steps.stop();
  await clock.pass(10 * downloadTellMs);
  expect(told.slice(4)).toEqual(['verifying 2']);
});
