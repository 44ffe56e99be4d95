import { afterAll, expect, test, vi } from 'vitest';
import { settle } from './manual-clock.ts';
import { answerOf, ask, cached, podWorld, routes, tiny } from './pod-world.ts';

// So small that a short answer outgrows its session again and again.
vi.mock('../../src/base/limits.ts', async original => ({
  ...(await original<typeof import('../../src/base/limits.ts')>()),
  planContextPositions: 8,
  sessionRoomPositions: 7,
}));
vi.setConfig({ testTimeout: 60_000 });

const house = await podWorld();
afterAll(() => house.close());

test('an answer that outgrows its session moves to a larger one and stays the same', async () => {
  const request = ask({ maxTokens: 40 });
  const [a, b] = [await house.peer('a'), await house.peer('b')];
  await house.together(tiny, a, b);
  const answer = await answerOf(a, request);
  expect(routes(answer).length).toBeGreaterThan(3);
  expect(answer.events.some(event => event.kind === 'step' && event.step.name === 'takeover')).toBe(false);
  const once = await answerOf(
    a,
    ask({ maxTokens: 1, prompt: [...request.prompt, ...answer.tokens.slice(0, -1)] }),
  );
  expect(once.tokens).toEqual(answer.tokens.slice(-1));
  expect(answer.tokens).toHaveLength(40);
});

test('a conversation that outgrows its session moves to a larger one with its next turn', async () => {
  const [c, d] = [await house.peer('c'), await house.peer('d')];
  await house.together(tiny, c, d);
  let prompt = [...ask().prompt, 7, 7, 7];
  const known: number[] = [];
  for (let turn = 0; turn < 5; turn++) {
    const request = ask({ prompt, maxTokens: 2 });
    const answer = await answerOf(c, request);
    known.push(...cached(answer));
    expect(answer.tokens).toEqual((await answerOf(d, request)).tokens);
    await settle();
    // One of each requester: what became too small is gone.
    expect([c.sessions.size, d.sessions.size]).toEqual([2, 2]);
    prompt = [...prompt, ...answer.tokens, turn, turn, turn];
  }
  expect(known).toEqual([0, 12, 0, 22, 0]);
});
