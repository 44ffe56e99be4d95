/** A prompt that begins like an earlier answer: what is computed is counted at the engines. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { SessionId } from '../../src/base/brand.ts';
import { restingSessionsMax, sessionIdleMs } from '../../src/base/limits.ts';
import { createCpuEngine } from '../../src/engine/cpu/cpu-engine.ts';
import { greedy } from '../../src/engine/stage.ts';
import { openModel } from '../../src/model/open.ts';
import { LocalChain } from '../../src/node/local-chain.ts';
import { planLayers } from '../../src/pod/model-bytes.ts';
import { settle } from './manual-clock.ts';
import {
  type Answer,
  answerOf,
  ask,
  cached,
  membersSeen,
  type PodWorld,
  planHeld,
  podWorld,
  recurrent,
  routes,
  sourceOf,
  type TestPeer,
  takeovers,
  tiny,
} from './pod-world.ts';
import { smallDevice } from './small-device.ts';

vi.setConfig({ testTimeout: 120_000 });

let house: PodWorld;
beforeEach(async () => {
  house = await podWorld();
});
afterEach(() => house.close());

/** More than one chunk, so that several are under way at once. */
const prompt = Array.from({ length: 80 }, (_, index) => (index * 37) % 440);
const other = prompt.map(token => (token + 100) % 440);
const more = [9, 17, 301, 44, 5];
const maxTokens = 6;
const of = (tokens: readonly number[], model = tiny) => ask({ model, prompt: tokens, maxTokens });

const known = new Map<string, number[]>();

/** The tokens that an answer has where nothing is reused. */
async function expected(prompt: readonly number[], model = tiny): Promise<number[]> {
  const key = `${model} ${prompt}`;
  const source = await sourceOf(model);
  const open = await openModel(source);
  const read = async (name: string) => {
    const { offset, bytes } = open.model.tensors.get(name)!;
    return source.read(offset, offset + bytes);
  };
  const tokens: number[] = known.get(key) ?? [];
  if (tokens.length === 0) {
    const chain = await LocalChain.load(createCpuEngine(), open.model, read, 1);
    const session = 'expected' as SessionId;
    await chain.open(session, prompt.length + maxTokens);
    for await (const token of chain.generate(session, prompt, maxTokens, greedy, new Set()))
      tokens.push(token);
    await chain.dispose();
    known.set(key, tokens);
  }
  return tokens;
}

/** Asks, and tells how many rows each of `peers` computed for it. */
async function counted(
  peers: readonly TestPeer[],
  asking: TestPeer,
  tokens: readonly number[],
  model = tiny,
) {
  const before = peers.map(({ work }) => work.rows);
  const answer = await answerOf(asking, of(tokens, model));
  await settle();
  return { ...answer, answer, rows: peers.map(({ work }, index) => work.rows - before[index]!) };
}

async function three(model = tiny): Promise<[TestPeer, TestPeer, TestPeer]> {
  const peers = [await house.peer('a'), await house.peer('b'), await house.peer('c')] as const;
  await house.together(model, ...peers);
  return [...peers];
}

/** Memory for all layers of the tiny model and caches of so many whole conversations. */
async function roomFor(conversations: number): Promise<number> {
  const layers = planLayers((await openModel(await sourceOf(tiny))).model);
  return layers.reduce((sum, each) => sum + each.weightBytes + conversations * each.cacheBytes, 0);
}

test('the second turn of a chat computes the new tokens only, on every peer', async () => {
  const peers = await three();
  const first = await counted(peers, peers[1], prompt);
  expect(first.rows).toEqual([85, 85, 85]);
  const turn = [...prompt, ...first.tokens, ...more];
  const second = await counted(peers, peers[1], turn);
  // The last token of an answer was never fed.
  expect(cached(second)).toEqual([prompt.length + 5]);
  expect(second.rows).toEqual([6 + 5, 6 + 5, 6 + 5]);
  expect(second.tokens).toEqual(await expected(turn));
  const prefill = second.events.flatMap(event => (event.kind === 'step' ? [event.step] : []));
  expect(prefill).toEqual([
    { name: 'prefill', text: 'Reading what is new in the prompt', done: 6, total: 6, unit: 'tokens' },
  ]);
});

test.each([
  ['asked again', 79, [...prompt]],
  ['cut short', 49, prompt.slice(0, 50)],
  ['edited in the middle', 60, [...prompt.slice(0, 60), ...more]],
  ['without what was thought aloud', 80, [...prompt, ...more]],
])('a turn %s goes back to where it differs', async (_, common, turn) => {
  const peers = await three();
  await answerOf(peers[0], of(prompt));
  const again = await counted(peers, peers[0], turn);
  expect(cached(again)).toEqual([common]);
  expect(again.rows).toEqual(Array(3).fill(turn.length - common + 5));
  expect(again.tokens).toEqual(await expected(turn));
});

test.each([1, 3])(
  'whoever leaves at token %i, while the next trip is under way, goes on from there',
  async count => {
    const [a] = await three();
    const made: number[] = [];
    for await (const event of a.pod.generate(of(prompt))) {
      if (event.kind !== 'token') continue;
      made.push(event.token);
      if (made.length === count) break;
    }
    const turn = [...prompt, ...made, ...more];
    const second = await answerOf(a, of(turn));
    expect(cached(second)[0]).toBeGreaterThanOrEqual(prompt.length + count - 1);
    expect(second.tokens).toEqual(await expected(turn));
  },
);

test('a conversation that shares only its opening with another leaves it alone', async () => {
  const [a] = await three();
  const alike = [...prompt.slice(0, 20), ...other];
  for (const [turn, known] of [
    [prompt, 0],
    [alike, 0],
    [prompt, 79],
    [alike, 99],
  ] as const) {
    const answer = await answerOf(a, of(turn));
    expect(cached(answer)).toEqual([known]);
    expect(answer.tokens).toEqual(await expected(turn));
  }
});

test('only the last few conversations are kept', async () => {
  const peers = await three();
  for (let nth = 0; nth < restingSessionsMax + 3; nth++)
    await answerOf(peers[0], of([nth, nth + 1, nth + 2]));
  await settle();
  expect(peers.map(({ sessions }) => sessions.size)).toEqual(Array(3).fill(restingSessionsMax));
});

test('requests at the same time share no session, those of others neither', async () => {
  const peers = await three();
  const first = await answerOf(peers[0], of(prompt));
  const turns = [more, [1, 2], [3]].map(tail => [...prompt, ...first.tokens, ...tail]);
  const [one, two, foreign] = await Promise.all([
    answerOf(peers[0], of(turns[0]!)),
    answerOf(peers[0], of(turns[1]!)),
    answerOf(peers[1], of(turns[2]!)),
  ]);
  expect([one, two, foreign].map(cached)).toEqual([[85], [0], [0]]);
  for (const [index, answer] of [one, two, foreign].entries()) {
    expect(answer.tokens).toEqual(await expected(turns[index]!));
  }
});

test.each([
  ['while it reads the prompt', 'prefill'],
  ['while it answers', 'token'],
])('an answer that is stopped %s is gone on from, with what was under way', async (_, kind) => {
  const peers = await three();
  for await (const event of peers[0].pod.generate(of([...prompt, ...prompt]))) {
    if (kind === (event.kind === 'step' ? event.step.name : event.kind)) break;
  }
  const turn = [...prompt, ...more];
  const answer = await answerOf(peers[0], of(turn));
  expect(cached(answer)).toEqual([80]);
  expect(answer.tokens).toEqual(await expected(turn));
  const abort = new AbortController();
  const stopped = answerOf(peers[0], of(turn), {
    signal: abort.signal,
    at: count => count === 3 && abort.abort(),
  });
  await expect(stopped).rejects.toThrow();
  const again = await answerOf(peers[0], of(turn));
  expect(cached(again)).toEqual([turn.length - 1]);
  expect(again.tokens).toEqual(answer.tokens);
  expect([...takeovers(answer), ...takeovers(again)]).toEqual([]);
});

test('layers that cannot go back so far read all again, and nobody need know', async () => {
  const peers = await three(recurrent);
  const first = await answerOf(peers[0], of(prompt, recurrent));
  const turn = [...prompt, ...first.tokens, ...more];
  const second = await counted(peers, peers[0], turn, recurrent);
  expect(cached(second)).toEqual([85]);
  expect(second.rows).toEqual(Array(3).fill(6 + 5));
  expect(second.tokens).toEqual(await expected(turn, recurrent));
  const again = await answerOf(peers[0], of([...prompt, ...more], recurrent));
  expect(cached(again)).toEqual([80, 0]);
  expect(takeovers(again)).toEqual([]);
  expect(again.tokens).toEqual(await expected([...prompt, ...more], recurrent));
});

test('a resting session gives way to a new answer, of whomever it is', async () => {
  const [a, b] = [await house.peer('a', await roomFor(1)), await house.peer('b', 0)];
  await house.together(tiny, a, b);
  // Each of these needs the only room there is.
  for (const [peer, turn] of [
    [b, prompt],
    [b, other],
    [a, prompt],
    [b, other],
    [b, other],
  ] as const) {
    const answer = await answerOf(peer, of(turn));
    expect(takeovers(answer)).toEqual([]);
    expect(answer.tokens).toEqual(await expected(turn));
    await settle();
    expect(a.sessions.size).toBe(1);
  }
  expect(cached(await answerOf(b, of(other)))).toEqual([79]);
});

test.each([
  ['open', 600],
  ['forward', 140],
] as const)(
  'what a device refuses to %s for want of room, it takes once nothing rests there',
  async (refuses, most) => {
    const a = await house.peer('a', undefined, { start: smallDevice(refuses, most) });
    await a.pod.serve(tiny, 'tiny');
    await answerOf(a, of(prompt));
    const answer = await answerOf(a, of(other));
    expect(takeovers(answer)).toEqual([]);
    expect(answer.tokens).toEqual(await expected(other));
    await settle();
    expect(a.sessions.size).toBe(1);
  },
);

test('an answer that goes on from what was ended just now begins anew', async () => {
  const [a, b] = [await house.peer('a', await roomFor(1)), await house.peer('b', 0)];
  await house.together(tiny, a, b);
  await answerOf(b, of(prompt));
  house.world.freeze(b.id);
  await answerOf(a, of(other));
  const asked = answerOf(b, of(prompt));
  await settle();
  house.world.thaw(b.id);
  expect(cached(await asked)).toEqual([79, 0]);
  expect(takeovers(await asked)).toEqual([]);
  expect((await asked).tokens).toEqual(await expected(prompt));
});

test('where there is no room for a next turn, an answer takes what it needs itself', async () => {
  const a = await house.peer('a', (await roomFor(1)) + ((await roomFor(1)) - (await roomFor(0))) / 2);
  await a.pod.serve(tiny, 'tiny');
  const long = a.pod.generate(of(prompt));
  while ((await long.next()).value?.kind !== 'token');
  const beside = await answerOf(a, of(other));
  expect(takeovers(beside)).toEqual([]);
  expect(beside.tokens).toEqual(await expected(other));
  await long.return();
});

test('memory that is taken back ends what rests before anything else', async () => {
  const a = await house.peer('a', await roomFor(2));
  await a.pod.serve(tiny, 'tiny');
  await answerOf(a, of(prompt));
  await answerOf(a, of(other));
  expect(a.sessions.size).toBe(2);
  a.memory.set(await roomFor(1));
  await settle();
  expect(a.sessions.size).toBe(1);
  expect(cached(await answerOf(a, of(prompt)))).toEqual([0]);
});

test('a peer that is lost meanwhile is replaced as if nothing had rested', async () => {
  const [a, b, c] = await three();
  const first = await answerOf(a, of(prompt));
  house.world.kill(b.id);
  await membersSeen(a, 2);
  await Promise.all([planHeld(a, tiny), planHeld(c, tiny)]);
  await settle();
  expect([a.sessions.size, c.sessions.size]).toEqual([0, 0]);
  const turn = [...prompt, ...first.tokens, ...more];
  const answer = await answerOf(a, of(turn));
  expect(cached(answer)).toEqual([0]);
  expect(routes(answer)).toHaveLength(1);
  expect(takeovers(answer)).toEqual([]);
  expect(answer.tokens).toEqual(await expected(turn));
});

test('a peer that is lost while the new tokens are read is replaced, and named', async () => {
  const [a, b] = await three();
  await answerOf(a, of(prompt));
  const answer: Answer = { tokens: [], events: [] };
  for await (const event of a.pod.generate(of([...prompt, ...more]))) {
    answer.events.push(event);
    if (event.kind === 'route' && event.cached > 0) house.world.kill(b.id);
    if (event.kind === 'step' && event.step.name === 'takeover') void house.clock.pass(1_000);
    if (event.kind === 'token') answer.tokens.push(event.token);
  }
  expect(cached(answer)).toEqual([80, 0]);
  expect(takeovers(answer)).toHaveLength(1);
  expect(answer.tokens).toEqual(await expected([...prompt, ...more]));
});

test('a new plan moves layers although sessions rest on them', async () => {
  const [a, b] = [await house.peer('a'), await house.peer('b')];
  const link = await house.together(tiny, a, b);
  await answerOf(a, of(prompt));
  const c = await house.peer('c');
  await c.pod.join(link);
  await Promise.all([a, b, c].map(peer => membersSeen(peer, 3)));
  await Promise.all([a, b, c].map(peer => planHeld(peer, tiny)));
  await settle();
  expect([a, b, c].map(({ sessions }) => sessions.size)).toEqual([0, 0, 0]);
  const answer = await answerOf(a, of(prompt));
  expect(cached(answer)).toEqual([0]);
  expect(answer.tokens).toEqual(await expected(prompt));
});

test('what rests for long is forgotten, and when its requester goes', async () => {
  const peers = await three();
  await answerOf(peers[0], of(prompt));
  await answerOf(peers[1], of(prompt));
  expect(peers.map(({ sessions }) => sessions.size)).toEqual([2, 2, 2]);
  await peers[1].pod.leave();
  await settle();
  expect(peers[2].sessions.size).toBeLessThan(2);
  await house.clock.pass(1.2 * sessionIdleMs);
  expect(peers.map(({ sessions }) => sessions.size)).toEqual([0, 0, 0]);
  expect(cached(await answerOf(peers[0], of(prompt)))).toEqual([0]);
});
