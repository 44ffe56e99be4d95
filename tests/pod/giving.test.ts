/** What a peer gives to the others, and how it stops. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
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
