import { expect, test } from 'vitest';
import { ManualClock } from '../../tests/pod/manual-clock.ts';
import type { ModelId, PeerId } from '../base/brand.ts';
import { useNotedEveryMs } from '../base/limits.ts';
import { LiveValue } from '../base/live.ts';
import type { Given } from '../pod/giving.ts';
import type { Member } from '../pod/member.ts';
import type { GenerateRequest, PodState } from '../pod/pod.ts';
import { noteUse } from './note-use.ts';

const self = 'self' as PeerId;
const layers = { first: 0, last: 1 };
const nothing: Given = { answers: 0, ownAnswers: 0, rows: 0, computeMs: 0, sentBytes: 0, peers: 0 };

test('a model is used when it is asked, and when others’ answers go through layers of it, once an hour', async () => {
  const holder = { id: self, holds: [{ model: 'held' as ModelId, layers }] } as unknown as Member;
  const given = new LiveValue<Given>(nothing);
  const clock = new ManualClock();
  const noted: string[] = [];
  const { pod, stop } = noteUse({
    pod: {
      state: new LiveValue({ self, spread: 'fast', members: [holder], models: [] } as unknown as PodState),
      given,
      generate: async function* () {},
    },
    clock,
    note: id => noted.push(id),
  });
  expect(noted).toEqual([]);
  pod.generate({ model: 'asked' as ModelId } as GenerateRequest);
  given.set({ ...nothing, answers: 1 });
  given.set({ ...nothing, answers: 1, rows: 1 });
  expect(noted).toEqual(['asked', 'held']);
  await clock.pass(useNotedEveryMs);
  given.set({ ...nothing, answers: 1, rows: 2 });
  expect(noted).toEqual(['asked', 'held', 'held']);
  stop();
  await clock.pass(useNotedEveryMs);
  given.set({ ...nothing, answers: 1, rows: 3 });
  expect(noted).toHaveLength(3);
});
