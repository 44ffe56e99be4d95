import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { PeerId } from '../../src/base/brand.ts';
import { isKind } from '../../src/base/error.ts';
import { seededRandom } from '../../src/base/random.ts';
import { settle } from './manual-clock.ts';
import { type StagePeer, StageWorld } from './stage-world.ts';

vi.setConfig({ testTimeout: 120_000 });

const ranges = [
  { first: 0, last: 2 },
  { first: 2, last: 4 },
  { first: 4, last: 6 },
];
const prompt = Array.from({ length: 23 }, (_, index) => (index * 37) % 440);
const made = 8;
/** All rows of an answer: what a hop computes that computes nothing twice. */
const rows = prompt.length + made;

let world: StageWorld;
let requester: StagePeer;
let hops: StagePeer[];
let standbys: StagePeer[];
let expected: number[];

beforeEach(async () => {
  world = await StageWorld.create();
  requester = await world.peer('me');
  hops = [];
  standbys = [];
  for (const [index, range] of ranges.entries()) hops.push(await world.peer(`hop-${index}`, range));
  for (const copy of ['x', 'y']) {
    for (const [index, range] of ranges.entries()) standbys.push(await world.peer(`${copy}-${index}`, range));
  }
  begin();
  expected ??= await world.answer(prompt, made);
  world.run.close();
  await settle();
  for (const peer of world.peers.values()) peer.work.rows = 0;
  begin();
});
afterEach(() => world.close());

const at = (peers: readonly StagePeer[]) =>
  peers.map(({ id }, index) => ({ peer: id, ...ranges[index % ranges.length]! }));
const begin = (spare = standbys) => world.begin(requester, at(hops), at(spare));
const taken = () => world.taken.map(({ lost, by }) => `${lost.culprit} ${by}`);
const once = (when: number, act: () => void) => {
  let done = false;
  return (count: number) => {
    if (done || count !== when) return;
    done = true;
    act();
  };
};

test.each([0, 1, 2])('whoever has hop %d is replaced, and nobody else computes again', async hop => {
  const answer = await world.answer(
    prompt,
    made,
    once(4, () => world.kill(hops[hop]!.id)),
  );
  expect(answer).toEqual(expected);
  expect(taken()).toEqual([`hop-${hop} x-${hop}`]);
  const others = hops.filter((_, index) => index !== hop);
  expect([...others, standbys[hop]!].map(({ work }) => work.rows)).toEqual([rows, rows, rows]);
});

test('downstream is sent only what it has not had', async () => {
  await world.answer(
    prompt,
    made,
    once(4, () => world.kill(hops[1]!.id)),
  );
  const sent = hops[2]!.heard.flatMap(({ from, message }) =>
    from === 'x-1' && 'chunk' in message ? [message.chunk.position] : [],
  );
  expect(sent).toEqual([26, 27, 28, 29, 30]);
});

test.each([0, 1, 2])('hop %d is lost while the prompt is read', async hop => {
  whenHeard(hops[hop]!, 'chunk', () => world.kill(hops[hop]!.id));
  const answer = await world.answer(prompt, made);
  expect(answer).toEqual(expected);
  expect(taken()).toEqual([`hop-${hop} x-${hop}`]);
});

test.each([[[0, 1]], [[1, 2]], [[0, 2]], [[0, 1, 2]]])('hops %j are lost at once', async lost => {
  const answer = await world.answer(
    prompt,
    made,
    once(4, () => {
      for (const hop of lost) world.kill(hops[hop]!.id);
    }),
  );
  expect(answer).toEqual(expected);
  expect(taken().sort()).toEqual(lost.map(hop => `hop-${hop} x-${hop}`));
  for (const [index, { work }] of hops.entries()) if (!lost.includes(index)) expect(work.rows).toBe(rows);
});

/** `act` once a frame that `wanted` accepts has come to `peer`. */
function whenHeard(peer: StagePeer, wanted: string, act: () => void): void {
  const { heard } = peer;
  const push = heard.push.bind(heard);
  let done = false;
  heard.push = (...items) => {
    const count = push(...items);
    if (!done && items.some(({ message }) => wanted in message)) {
      done = true;
      queueMicrotask(act);
    }
    return count;
  };
}

test.each([
  ['the standby, as soon as it is called', 3 + 1, 'open', 3 + 1],
  ['the standby, in the middle of the replay', 3 + 1, 'chunk', 3 + 1],
  ['the hop before, when it is asked to replay', 0, 'replay', 0],
  ['the hop before, in the middle of the replay', 3 + 1, 'chunk', 0],
  ['the hop after, when it is asked what it has had', 2, 'listen', 2],
  ['the hop after, in the middle of the replay', 3 + 1, 'chunk', 2],
])('%s is lost during a takeover', async (_, where, what, victim) => {
  const all = [...hops, ...standbys];
  whenHeard(all[where]!, what, () => world.kill(all[victim]!.id));
  const answer = await world.answer(
    prompt,
    made,
    once(4, () => world.kill(hops[1]!.id)),
  );
  expect(answer).toEqual(expected);
  expect(new Set(world.taken.map(({ lost }) => lost.culprit)).size).toBeGreaterThan(1);
});

test.each([
  [0, 1],
  [1, 2],
])('the connection of hops %d and %d breaks, and nobody is replaced', async (a, b) => {
  const answer = await world.answer(
    prompt,
    made,
    once(4, () => {
      world.network.sever(hops[a]!.id, hops[b]!.id);
      world.network.mend(hops[a]!.id, hops[b]!.id);
      void world.reconnect(hops[a]!.id, hops[b]!.id);
    }),
  );
  expect(answer).toEqual(expected);
  expect(taken()).toEqual([]);
  expect(hops.map(({ work }) => work.rows)).toEqual([rows, rows, rows]);
});

test.each([0, 1, 2])('the own connection to hop %d breaks, and nobody is replaced', async hop => {
  const answer = await world.answer(
    prompt,
    made,
    once(4, () => {
      world.network.sever(requester.id, hops[hop]!.id);
      world.network.mend(requester.id, hops[hop]!.id);
      void world.reconnect(requester.id, hops[hop]!.id);
    }),
  );
  expect(answer).toEqual(expected);
  expect(taken()).toEqual([]);
  expect(hops.map(({ work }) => work.rows)).toEqual([rows, rows, rows]);
});

test('a connection that stays broken makes another take the place of one of its ends', async () => {
  const answer = await world.answer(
    prompt,
    made,
    once(4, () => {
      world.network.sever(hops[0]!.id, hops[1]!.id);
      void world.clock.pass(2_000);
    }),
  );
  expect(answer).toEqual(expected);
  expect(taken()).toHaveLength(1);
});

test('where nobody holds the layers, the run ends and names who was lost', async () => {
  begin([standbys[0]!]);
  const failed = world.answer(
    prompt,
    made,
    once(4, () => world.kill(hops[1]!.id)),
  );
  expect(isKind(await failed.catch((error: unknown) => error), 'lost')).toBe(true);
  expect(world.run.culprit).toBe('hop-1');
});

test('a peer that says nothing when it is called is passed over', async () => {
  world.network.freeze('x-1' as PeerId);
  const answering = world.answer(
    prompt,
    made,
    once(4, () => {
      world.kill(hops[1]!.id);
      void world.clock.pass(6_000);
    }),
  );
  expect(await answering).toEqual(expected);
  expect(taken()).toEqual(['hop-1 x-1', 'x-1 y-1']);
});

test('rows that were gone back over are not sent again, and drafts come back whole', async () => {
  const { run, head } = world;
  await run.open();
  const fed = async (tokens: number[], all = false) =>
    run.feed(tokens.length, await head.embed(tokens), undefined, all);
  await fed([1, 2, 3, 4]);
  await fed([5, 6, 7, 8], true);
  run.goBack(5);
  world.kill(hops[1]!.id);
  const after = await fed([9, 10, 11], true);
  const width = world.model.hyper.width;
  expect(after).toHaveLength(3 * width);
  expect(standbys[1]!.work.rows).toBe(8);
  run.close();
  hops[1] = standbys[4]!;
  const straight = begin();
  await straight.open();
  await straight.feed(5, await head.embed([1, 2, 3, 4, 5]));
  expect(await straight.feed(3, await head.embed([9, 10, 11]), undefined, true)).toEqual(after);
});

test('whatever breaks whenever, the tokens are the same', async () => {
  for (let seed = 1; seed <= 12; seed++) {
    const random = seededRandom(seed);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random.next() * list.length)]!;
    begin();
    const answer = await world.answer(prompt, made, () => {
      if (random.next() > 0.25) return;
      const chain = world.run.chain.map(({ peer }) => peer);
      const [a, b] = [pick([requester.id, ...chain]), pick(chain)];
      if (a === b) return;
      world.network.sever(a, b);
      world.network.mend(a, b);
      void world.reconnect(a, b);
    });
    expect(answer, `seed ${seed}`).toEqual(expected);
    world.run.close();
    await settle();
  }
});
