/** A small model at the requester says what may follow: the same tokens in fewer trips, or nothing lost. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ModelId } from '../../src/base/brand.ts';
import { TabmeshError } from '../../src/base/error.ts';
import { greedy, type Sampling } from '../../src/engine/stage.ts';
import { openModel } from '../../src/model/open.ts';
import { sourceReader } from '../../src/model/source.ts';
import type { FindDraft } from '../../src/pod/draft-models.ts';
import type { Trip } from '../../src/pod/draft-policy.ts';
import type { Drafter } from '../../src/pod/drafter.ts';
import type { GenerateRequest } from '../../src/pod/pod.ts';
import { measuredDrafting } from '../../src/pod/speculation.ts';
import {
  type Answer,
  answerOf,
  ask,
  type PodWorld,
  podWorld,
  sourceOf,
  type TestPeer,
  tiny,
} from './pod-world.ts';

vi.setConfig({ testTimeout: 120_000 });

const oneWayMs = 50;
const maxTokens = 80;
const sampled: Sampling = { temperature: 0.8, topK: 0, topP: 0.95, minP: 0, seed: 7 };

interface Tally {
  trips: number;
  /** Guesses of the model that went along. */
  sent: number;
}

/** Finds the fixture `id` under another name. */
const finding =
  (id: string): FindDraft =>
  async () => {
    const { model, source } = await openModel(await sourceOf(id as ModelId));
    return { model: { ...model, id: 'draft' as ModelId }, read: sourceReader(source, model) };
  };

/** What is measured decides, and is counted besides. */
function counted(tally: Tally, model: Drafter | undefined) {
  const { drafters, policy } = measuredDrafting(model);
  const observe = (trip: Trip) => {
    tally.trips += 1;
    if (trip.draft?.match === 'model') tally.sent += trip.sent;
    policy.observe(trip);
  };
  return {
    drafters,
    policy: { readPrompt: policy.readPrompt.bind(policy), count: policy.count.bind(policy), observe },
  };
}

let house: PodWorld;
beforeEach(async () => {
  house = await podWorld();
});
afterEach(() => house.close());

/** Peers with a delay between them, of which `a` drafts with what `find` finds. */
async function pair(tally: Tally, findDraft?: FindDraft): Promise<TestPeer> {
  const a = await house.peer('a', undefined, {
    drafting: model => counted(tally, model),
    ...(findDraft ? { findDraft } : {}),
  });
  await house.together(tiny, a, await house.peer('b'));
  house.world.latency(oneWayMs);
  return a;
}

/** Turns the clock until the answer is whole. */
async function take(peer: TestPeer, request: Partial<GenerateRequest>): Promise<Answer> {
  let done = false;
  const answer = answerOf(peer, ask({ maxTokens, ...request })).finally(() => {
    done = true;
  });
  while (!done) await house.clock.pass(oneWayMs);
  return answer;
}

/** The tokens with nothing to draft them, of a pod of its own. */
async function plain(sampling: Sampling): Promise<number[]> {
  const other = await podWorld();
  try {
    const drafting = () => ({ ...measuredDrafting(), drafters: [] });
    const a = await other.peer('a', undefined, { drafting });
    await other.together(tiny, a, await other.peer('b'));
    return (await answerOf(a, ask({ maxTokens, sampling }))).tokens;
  } finally {
    await other.close();
  }
}

describe.each([
  ['greedy', greedy],
  ['sampled', sampled],
])('%s', (_, sampling) => {
  test('a model that knows the answer: the same tokens in half of the trips or fewer', async () => {
    const tally = { trips: 0, sent: 0 };
    const a = await pair(tally, finding(tiny));
    // Trips on this clock take no time to load a model in.
    await take(a, { prompt: [9, 8, 7], sampling });
    Object.assign(tally, { trips: 0, sent: 0 });
    const { tokens } = await take(a, { sampling });
    expect(tokens).toEqual(await plain(sampling));
    expect(tokens).toHaveLength(maxTokens);
    expect(tally.sent).toBeGreaterThan(maxTokens / 4);
    expect(tally.trips).toBeLessThan(maxTokens / 2);
  });

  test('a model of the same vocabulary that errs: the same tokens', async () => {
    const tally = { trips: 0, sent: 0 };
    const a = await pair(tally, finding('tiny-qwen3-q5_k'));
    const { tokens } = await take(a, { sampling });
    expect(tokens).toEqual(await plain(sampling));
    expect(tally.sent).toBeGreaterThan(0);
  });
});

test.each([
  ['is not there', async () => undefined],
  [
    'cannot be read',
    async (...given: Parameters<FindDraft>) => ({
      ...(await finding(tiny)(...given))!,
      read: async () => {
        throw new TabmeshError('unavailable', 'model', 'It is not stored.');
      },
    }),
  ],
] as [string, FindDraft][])('a model that %s costs nothing but itself', async (_, find) => {
  const tally = { trips: 0, sent: 0 };
  const a = await pair(tally, find);
  expect((await take(a, { sampling: sampled })).tokens).toEqual(await plain(sampled));
  expect(tally.sent).toBe(0);
});

test('a peer that computes for others drafts with no model until that is over', async () => {
  const tally = { trips: 0, sent: 0 };
  const a = await pair(tally, finding(tiny));
  const b = house.peers[1]!;
  await take(a, { prompt: [9, 8, 7] });
  expect(tally.sent).toBeGreaterThan(0);
  tally.sent = 0;
  const stop = new AbortController();
  const ofOther = answerOf(b, ask({ maxTokens: 2000, sampling: sampled }), { signal: stop.signal });
  ofOther.catch(() => {});
  while (a.pod.given.peek().answers === 0) await house.clock.pass(oneWayMs);
  await take(a, { prompt: [5, 6, 7], maxTokens: 20 });
  expect(tally.sent).toBe(0);
  stop.abort();
  while (a.pod.given.peek().answers > 0) await house.clock.pass(oneWayMs);
  await take(a, { prompt: [4, 5, 6] });
  expect(tally.sent).toBeGreaterThan(0);
});
