/** Peers that measure themselves, and plans that go by it. */
import { isDeepStrictEqual } from 'node:util';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LiveValue } from '../../src/base/live.ts';
import type { ManualClock } from './manual-clock.ts';
import { passingEngine } from './passing-engine.ts';
import { type PodWorld, planHeld, podWorld, tiny, when } from './pod-world.ts';

vi.setConfig({ testTimeout: 60_000 });

let house: PodWorld;
beforeEach(async () => {
  house = await podWorld(1, 'fast');
});
afterEach(() => house.close());

/** An engine whose passes take so long by the clock of the world. */
const paced = (ms: number, clock: ManualClock) =>
  passingEngine(forward => {
    clock.jump(ms);
    return forward();
  });

test('who comes together measures itself before anybody asks, and the plan says what a token takes', async () => {
  const { clock } = house;
  const slow = await house.peer('a', undefined, { measures: true, start: paced(16, clock) });
  const fast = await house.peer('b', undefined, { measures: true, start: paced(4, clock) });
  await house.together(tiny, slow, fast);
  await when(slow, ({ members }) => members.every(({ speed }) => speed));
  await when(slow, ({ models }) => models[0]?.plan?.assignments[0]?.peer === fast.id);
  await planHeld(slow, tiny);
  const { plan } = slow.state().models[0]!;
  expect(plan!.assignments).toMatchObject([{ peer: 'b', first: 0, last: 6 }]);
  const { ms } = plan!.assignments[0]!;
  expect(ms! / 4).toBeCloseTo(1, 0);
  expect(plan!.explanation.join(' ')).toMatch(/A token takes about \d.* ms for the mean of the members/);
  // Who hears of a speed last plans last, and then as the others do.
  await when(fast, ({ models }) => isDeepStrictEqual(models[0]?.plan, slow.state().models[0]!.plan));
});

test('a tab that has been hidden for long says so, and its layers go to another', async () => {
  const hidden = new LiveValue(false);
  const { clock } = house;
  const tab = await house.peer('a', undefined, { measures: true, start: paced(4, clock), hidden });
  const other = await house.peer('b', undefined, { measures: true, start: paced(4, clock) });
  await house.together(tiny, tab, other);
  await when(other, ({ members, models }) => {
    return members.every(({ speed }) => speed) && models[0]?.plan?.assignments[0]?.peer === tab.id;
  });
  hidden.set(true);
  await when(other, ({ models }) => models[0]?.plan?.assignments[0]?.peer === other.id);
  expect(other.state().models[0]!.plan!.explanation.join(' ')).toContain('is a hidden tab');
  hidden.set(false);
  await when(other, ({ members }) => members.every(member => !member.hidden));
});
