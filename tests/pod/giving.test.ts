/** What a peer gives to the others, and how it stops. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { typingHoldMs } from '../../src/base/limits.ts';
import { LiveValue } from '../../src/base/live.ts';
import type { GivingLimits } from '../../src/pod/giving.ts';
import { settle } from './manual-clock.ts';
import { answerOf, ask, type PodWorld, podWorld, tiny, when } from './pod-world.ts';

vi.setConfig({ testTimeout: 60_000 });

let house: PodWorld;
beforeEach(async () => {
  house = await podWorld();
});
afterEach(() => house.close());

test('what was computed for others is counted, and what was its own is not', async () => {
  const [a, b] = [await house.peer('a'), await house.peer('b')];
  await house.together(tiny, a, b);
  const request = ask();
  await answerOf(a, request);
  expect(a.pod.given.peek()).toMatchObject({ rows: 0, peers: 0, ownAnswers: 0 });
  const { rows, peers } = b.pod.given.peek();
  expect(peers).toBe(1);
  expect(rows).toBeGreaterThanOrEqual(request.prompt.length + 15);
  await vi.waitFor(() => expect(b.pod.given.peek().answers).toBe(0));
});

test('who stops at once is taken over from, and the answer stays the same', async () => {
  const [a, b, c] = [await house.peer('a'), await house.peer('b'), await house.peer('c')];
  await house.together(tiny, a, b, c);
  const whole = await answerOf(a, ask());
  // Whoever is refused waits a little before it asks anew.
  let over = false;
  const time = (async () => {
    while (!over) await house.clock.pass(100);
  })();
  const answer = await answerOf(a, ask(), {
    at: count => {
      if (count !== 5) return;
      expect(b.pod.given.peek().answers).toBe(1);
      b.memory.set(0);
      b.pod.endForOthers();
      expect(b.pod.given.peek().answers).toBe(0);
    },
  });
  over = true;
  await time;
  expect(answer.tokens).toEqual(whole.tokens);
  await when(a, ({ members }) => members.find(({ id }) => id === b.id)?.holds.length === 0);
});

test('while somebody types at a peer, answers under way there go on and new ones wait, in a new session and in one that rests', async () => {
  const usual: GivingLimits = { computeShare: 1, ownFirst: true };
  const late: GivingLimits = { ...usual, beginsLate: true };
  const limits = new LiveValue(usual);
  const [a, b] = [await house.peer('a'), await house.peer('b', undefined, { limits })];
  await house.together(tiny, a, b);
  const { models } = a.state();

  limits.set(late);
  const first = answerOf(a, ask(), { at: count => count === 5 && limits.set(late) });
  await vi.waitFor(() => expect(b.pod.given.peek().answers).toBe(1));
  await settle();
  expect(b.work.rows).toBe(0);
  // The others plan as before.
  expect(a.state().models).toEqual(models);
  limits.set(usual);
  const { tokens } = await first;
  expect(limits.peek()).toBe(late);
  await vi.waitFor(() => expect(b.pod.given.peek().answers).toBe(0));

  const before = b.work.rows;
  const second = answerOf(a, ask());
  await vi.waitFor(() => expect(b.pod.given.peek().answers).toBe(1));
  await settle();
  expect(b.work.rows).toBe(before);
  await house.clock.pass(typingHoldMs);
  expect((await second).tokens).toEqual(tokens);
});
