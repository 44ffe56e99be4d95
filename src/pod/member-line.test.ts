import { expect, test } from 'vitest';
import { ManualClock } from '../../tests/pod/manual-clock.ts';
import { record } from '../../tests/pod/rogue-record.ts';
import type { PeerId } from '../base/brand.ts';
import { recordEveryMs, recordsAtOnce } from '../base/limits.ts';
import { MemberLine } from './member-line.ts';
import type { PodLine } from './pod-line.ts';
import type { PodMessage } from './pod-message.ts';

/** A line of somebody who says all of `messages` and then nothing. */
function lineOf(messages: PodMessage[]): PodLine {
  const line = {
    peer: 'rogue' as PeerId,
    read: async () => messages.shift() ?? new Promise<never>(() => {}),
    write: async () => {},
    close: () => {},
    abort: () => {},
  };
  return line as unknown as PodLine;
}

test('a member that announces itself without end is planned with at a pace, and by its last word', async () => {
  const clock = new ManualClock();
  const said = Array.from({ length: 1_000 }, (_, memoryBytes) => ({
    announce: { ...record, memoryBytes: memoryBytes + 1 },
  }));
  const heard: number[] = [];
  const line = new MemberLine(lineOf([...said]), record, clock, {
    record: () => heard.push(line.record.memoryBytes),
    message: () => false,
    contacts: () => {},
    slept: () => false,
    end: () => {},
  });
  await clock.pass(recordEveryMs - 1);
  expect(heard).toEqual(Array.from({ length: recordsAtOnce }, (_, nth) => nth + 1));
  await clock.pass(1);
  expect(heard.slice(recordsAtOnce)).toEqual([1_000]);
  await clock.pass(10 * recordEveryMs);
  expect(heard).toHaveLength(recordsAtOnce + 1);
  void line.close('replaced');
});

test('a member that is gone is not planned with any more', async () => {
  const clock = new ManualClock();
  const said = Array.from({ length: 2 * recordsAtOnce }, () => ({ announce: record }));
  let heard = 0;
  const line = new MemberLine(lineOf(said), record, clock, {
    record: () => void heard++,
    message: () => false,
    contacts: () => {},
    slept: () => false,
    end: () => {},
  });
  await clock.pass(1);
  void line.close('replaced');
  await clock.pass(10 * recordEveryMs);
  expect(heard).toBe(recordsAtOnce);
});
