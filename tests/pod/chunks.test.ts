/** How the chunks of a prompt go through the stages, by the clock of the world. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { chunksInFlightMax, prefillRows } from '../../src/base/limits.ts';
import { passingEngine } from './passing-engine.ts';
import { answerOf, ask, type PodWorld, podWorld, routes, tiny } from './pod-world.ts';

vi.setConfig({ testTimeout: 60_000 });

let house: PodWorld;
beforeEach(async () => {
  house = await podWorld();
});
afterEach(() => house.close());

interface Pass {
  readonly begun: number;
  ended: number;
}

/** Each pass takes so long, and is in `passes`. */
const timed = (ms: number, passes: Pass[]) =>
  passingEngine(async forward => {
    const pass = { begun: house.clock.now(), ended: Infinity };
    passes.push(pass);
    const rows = await forward();
    await new Promise<void>(resolve => house.clock.after(ms, resolve));
    pass.ended = house.clock.now();
    return rows;
  });

test('chunks of a prompt follow each other so closely that the slower stage never waits, and only so many are under way', async () => {
  const [first, last]: [Pass[], Pass[]] = [[], []];
  const a = await house.peer('a', undefined, { start: timed(10, first) });
  const b = await house.peer('b', undefined, { start: timed(100, last) });
  const c = await house.peer('c', 0);
  await house.together(tiny, a, b, c);

  const chunks = chunksInFlightMax + 3;
  const prompt = Array.from({ length: chunks * prefillRows }, (_, index) => (index * 37) % 440);
  let done = false;
  const passing = (async () => {
    while (!done) await house.clock.pass(10);
  })();
  const answer = await answerOf(c, ask({ prompt, maxTokens: 1 }));
  done = true;
  await passing;

  expect(routes(answer)).toEqual([['a 0-3', 'b 3-6']]);
  expect([first.length, last.length]).toEqual([chunks, chunks]);
  expect(last.slice(1).map(({ begun }) => begun)).toEqual(last.slice(0, -1).map(({ ended }) => ended));
  const underway = first.map(
    ({ begun }, index) => index + 1 - last.filter(({ ended }) => ended <= begun).length,
  );
  expect(Math.max(...underway)).toBe(chunksInFlightMax);
});
