import { expect, test, vi } from 'vitest';
import { simulate } from './simulate.ts';

vi.setConfig({ testTimeout: 300_000 });

/** `npm run simulate -- --runs 1000` does more of them. */
const runs = 25;

test(`${runs} pods are disturbed in every way, and every answer is that of an undisturbed one`, async () => {
  let takeovers = 0;
  for (let seed = 1; seed <= runs; seed++) takeovers += (await simulate(seed)).takeovers;
  expect(takeovers).toBeGreaterThan(0);
});

test('a seed replays its run', async () => {
  expect(await simulate(3)).toEqual(await simulate(3));
});
