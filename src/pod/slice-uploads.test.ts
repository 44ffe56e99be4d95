import { expect, test } from 'vitest';
import { ManualClock, settle } from '../../tests/pod/manual-clock.ts';
import type { PeerId } from '../base/brand.ts';
import { sliceChannelsPerMemberMax, sliceUploadsMax, sliceWantsPerChannelMax } from '../base/limits.ts';
import { Giving } from './giving.ts';
import { SliceUploads } from './slice-uploads.ts';

const chunkBytes = 250;
/** All that one asker may have waiting at a giver. */
const greedy = sliceChannelsPerMemberMax * sliceWantsPerChannelMax;

/** Askers who want on and on, each with so many chunks asked for at once; resolves to what each got in the time. */
async function shares(wants: Record<string, number>, line: (clock: ManualClock) => Line): Promise<number[]> {
  const clock = new ManualClock();
  const send = line(clock);
  const uploads = new SliceUploads();
  const got = new Map(Object.keys(wants).map(name => [name, 0]));
  const ask = (name: string) =>
    uploads.add(name as PeerId, async () => {
      await send(name as PeerId);
      got.set(name, got.get(name)! + 1);
      // Whoever got one asks for the next.
      queueMicrotask(() => ask(name));
    });
  for (const [name, count] of Object.entries(wants)) for (let asked = 0; asked < count; asked++) ask(name);
  await clock.pass(100_000);
  return [...got.values()];
}
type Line = (to: PeerId) => Promise<void>;

/** A chunk takes a second, whomever it goes to. */
const steady = (clock: ManualClock): Line => {
  return () => new Promise(resolve => clock.after(1_000, resolve));
};

/** Together they get four chunks a second. */
const limited = (clock: ManualClock): Line => {
  const giving = new Giving('self' as PeerId, clock);
  giving.limit({ computeShare: 1, ownFirst: false, uploadBytesPerSecond: 4 * chunkBytes });
  return to => giving.upload(to, chunkBytes, () => new Promise(resolve => clock.after(100, resolve)));
};

test.each([
  ['on a line that is free', steady],
  ['within a limit of the rate', limited],
])('two askers get the same, %s, however much one of them asks for', async (_, line) => {
  const [one, other] = await shares({ one: greedy, other: 2 }, line);
  expect(one! + other!).toBeGreaterThan(350);
  // Before the other came, the first had all.
  expect(Math.abs(one! - other!)).toBeLessThanOrEqual(sliceUploadsMax);
});

test('more askers than are served at once get the same by turns', async () => {
  const got = await shares({ a: greedy, b: greedy, c: 2, d: 2, e: 1, f: 1 }, steady);
  expect(Math.min(...got)).toBeGreaterThan(50);
  expect(Math.max(...got) - Math.min(...got)).toBeLessThanOrEqual(sliceUploadsMax);
});

test('where only one asks, it gets all', async () => {
  expect(await shares({ one: greedy }, steady)).toEqual([100 * sliceUploadsMax]);
});

test('who left gets nothing any more, and the others get its turns', async () => {
  const uploads = new SliceUploads();
  const sent: string[] = [];
  const done: (() => void)[] = [];
  const ask = (name: string) =>
    uploads.add(name as PeerId, () => {
      sent.push(name);
      return new Promise(resolve => done.push(resolve));
    });
  for (let asked = 0; asked < 2 * sliceUploadsMax; asked++) for (const name of ['one', 'other']) ask(name);
  uploads.drop('one' as PeerId);
  for (const end of done.splice(0)) end();
  await settle();
  expect(sent.slice(sliceUploadsMax)).toEqual(Array(sliceUploadsMax).fill('other'));
});
