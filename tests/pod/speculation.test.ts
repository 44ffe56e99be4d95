/** Answers with guesses on their way are those without, token for token, whatever was guessed. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ModelId } from '../../src/base/brand.ts';
import { seededRandom } from '../../src/base/random.ts';
import { createCpuEngine } from '../../src/engine/cpu/cpu-engine.ts';
import { greedy, type Sampling } from '../../src/engine/stage.ts';
import { createWasmEngine } from '../../src/engine/wasm/wasm-engine.ts';
import { openModel } from '../../src/model/open.ts';
import type { Drafter } from '../../src/pod/drafter.ts';
import type { Drafting } from '../../src/pod/speculation.ts';
import { loadKernels } from '../../workers/kernels-node.ts';
import { type Answer, answerOf, ask, fixtures, type PodWorld, podWorld, sourceOf } from './pod-world.ts';

vi.setConfig({ testTimeout: 120_000 });

const maxTokens = 40;
const samplings: Sampling[] = [
  greedy,
  { temperature: 0.8, topK: 0, topP: 0.9, minP: 0, seed: 7 },
  { temperature: 1.3, topK: 40, topP: 1, minP: 0, seed: 8 },
];

const nothing: Drafting = {
  drafters: [],
  policy: { readPrompt() {}, count: () => 0, observe() {} },
};

/** Knows the answer, and errs in about one token of six. */
function knowing(prompt: readonly number[], tokens: readonly number[], tally: Tally): Drafting {
  const random = seededRandom(tokens[0]!);
  let made = -prompt.length;
  const drafter: Drafter = {
    add: () => made++,
    draft(count) {
      const guesses = tokens.slice(made, made + count);
      const wrong = guesses.map(token => (random.next() < 1 / 6 ? (token + 1) % 200 : token));
      return wrong.length > 0 ? { tokens: wrong, match: 8 } : undefined;
    },
  };
  return {
    drafters: [drafter],
    policy: {
      readPrompt() {},
      count: draft => ('tokens' in draft ? draft.tokens.length : 0),
      observe({ sent, tokens: { length } }) {
        tally.trips++;
        if (sent > 0 && length === sent + 1) tally.whole++;
        if (sent > 0 && length <= sent) tally.cut++;
      },
    },
  };
}

interface Tally {
  trips: number;
  /** Trips whose guesses were all right, and those with a wrong one. */
  whole: number;
  cut: number;
}

const told = ({ events }: Answer) =>
  events.flatMap(event => (event.kind === 'token' ? [{ token: event.token, ...event.likelihood }] : []));

let house: PodWorld;
beforeEach(async () => {
  house = await podWorld();
});
afterEach(() => house.close());

const engines = {
  cpu: async () => createCpuEngine(),
  wasm: () => createWasmEngine({ load: loadKernels, threads: 1 }),
};

/** The reference computes all quants in f32: one of each architecture shows all that it does. */
const ofEach = [...new Map(fixtures.map(id => [id.split('-')[1], id])).values()];

describe.each([
  ['cpu', ofEach],
  ['wasm', fixtures],
] as const)('%s', (engine, models) => {
  test.each(models)('%s: guesses change no token and no likelihood', async id => {
    let drafting = nothing;
    const faults = { start: engines[engine], drafting: () => drafting };
    const a = await house.peer('a', undefined, faults);
    const b = await house.peer('b', undefined, { start: engines[engine] });
    await house.together(id, a, b);
    const prompt = await promptOf(id);
    for (const sampling of samplings) {
      const request = ask({ model: id, prompt, maxTokens, sampling, likeliest: 2 });
      drafting = nothing;
      const plain = await answerOf(a, request);
      const tally = { trips: 0, whole: 0, cut: 0 };
      drafting = knowing(prompt, plain.tokens, tally);
      const guessed = await answerOf(a, request);
      expect(guessed.tokens).toEqual(plain.tokens);
      expect(told(guessed)).toEqual(told(plain));
      expect(tally.trips).toBeLessThan(maxTokens / 2);
      expect(Math.min(tally.whole, tally.cut)).toBeGreaterThan(0);
    }
  });
});

async function promptOf(id: ModelId): Promise<number[]> {
  const { vocabulary } = (await openModel(await sourceOf(id))).model.hyper;
  return Array.from({ length: 20 }, (_, index) => (index * 37 + 5) % vocabulary);
}
