import { expect, test, vi } from 'vitest';
import { simulate } from './simulate.ts';

vi.setConfig({ testTimeout: 300_000 });

/** `npm run simulate -- --runs 1000` does more of them. */
const runs = 25;

test(`${runs} pods are disturbed in every way, and every answer is that of an undisturbed one`, async () => {
  let [takeovers, askedAgain] = [0, 0];
  const faults = new Set<string>();
  for (let seed = 1; seed <= runs; seed++) {
    const run = await simulate(seed);
    takeovers += run.takeovers;
    askedAgain += run.askedAgain;
    for (const each of run.faults) faults.add(each.split(' ')[0]!);
  }
  expect([...faults].sort()).toEqual(['break', 'freeze', 'lose', 'part', 'replace', 'restart', 'sever']);
  expect([takeovers > 0, askedAgain > 0]).toEqual([true, true]);
});

test('a seed replays its run', async () => {
  expect(await simulate(3)).toEqual(await simulate(3));
});
