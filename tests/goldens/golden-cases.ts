/**
 * The answers that an engine is held to: `exact` of each fixture (tests/fixtures/README.md), computed in float64 by an
 * independent implementation. Plain functions, so that they run under vitest, in a browser and in a bare script alike.
 */
import type { SessionId } from '../../src/base/brand.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { Case } from '../../src/engine/engine-contract-cases.ts';
import type { Head, Stage } from '../../src/engine/stage.ts';
import { greedy } from '../../src/engine/stage.ts';
import { blobSource } from '../../src/model/blob-source.ts';
import type { Model, TensorReader } from '../../src/model/model.ts';
import { openModel } from '../../src/model/open.ts';
import { sourceReader } from '../../src/model/source.ts';
import { overWire } from '../../src/pod/half-rows.ts';

export const allGoldens = [
  'tiny-qwen3-f32',
  'tiny-qwen3-q4_k_m',
  'tiny-qwen3-q5_k',
  'tiny-qwen2-q8_0',
  'tiny-qwen2-q4_1',
  'tiny-llama-q4_0',
  'tiny-llama-q5_0',
  'tiny-llama-q6_k',
  'tiny-llama3-f16',
  'tiny-gemma3-q8_0',
  'guide',
  'tiny-qwen3moe-q8_0',
  'tiny-qwen35-f32',
  'tiny-qwen35-q8_0',
] as const;
export type GoldenName = (typeof allGoldens)[number];

/** Those in whose answers llama.cpp rounds nothing to 8 bits. */
const unroundedGoldens: readonly GoldenName[] = ['tiny-qwen3-f32', 'tiny-llama3-f16', 'tiny-qwen35-f32'];

/** Tokens and their logits, the highest first. */
interface Top {
  readonly position: number;
  readonly top: readonly (readonly [number, number])[];
}

/** The part of NAME.json that engines are compared with. */
export interface Golden {
  readonly prompt: readonly number[];
  readonly exact: readonly Top[];
  /** What llama.cpp itself answered. */
  readonly positions: readonly (Top & { readonly logSumExp: number })[];
  readonly exactGreedy: readonly { readonly token: number; readonly gap: number }[];
}

/** How the runner gets the files: NAME.gguf (guide.gguf is in public/models) and NAME.json. */
export interface GoldenFiles {
  model(name: GoldenName): Promise<Blob>;
  answers(name: GoldenName): Promise<Golden>;
}

/** f32 arithmetic lands within 0.01 of `exact`, over a cache of f16, too (webgpu: 0.0075); f16 between stages within 0.1. */
const logitTolerance = { 1: 0.02, 3: 0.1 } as const;
/** Two tokens nearer to each other than this may change places. */
const smallestGap = 0.02;

export function goldenCases(
  create: () => Promise<Engine> | Engine,
  files: GoldenFiles,
  names: readonly GoldenName[] = allGoldens,
): Case[] {
  return names.flatMap(name =>
    ([1, 3] as const).map(stages => ({
      name: `${name}: ${stages === 1 ? 'logits and greedy tokens' : 'logits over 3 stages with f16 between them'}`,
      async run() {
        const golden = await files.answers(name);
        const source = blobSource(await files.model(name), `${name}.gguf`);
        const { model } = await openModel(source);
        const read = sourceReader(source, model);
        const engine = await create();
        try {
          const head = await engine.head(model, read);
          const chain = await loadChain(engine, model, read, stages);
          const hidden = await comparePrompt(head, chain, model, golden, logitTolerance[stages]);
          if (stages > 1) return;
          if (unroundedGoldens.includes(name)) await compareLikelihoods(head, hidden, golden);
          await compareGreedy(head, chain, golden, hidden.slice(-model.hyper.width));
        } finally {
          await engine.close();
        }
      },
    })),
  );
}

const session = 'golden' as SessionId;

async function loadChain(engine: Engine, model: Model, read: TensorReader, stages: number): Promise<Stage[]> {
  const { layers } = model.hyper;
  const count = Math.min(stages, layers);
  const chain: Stage[] = [];
  for (let i = 0; i < count; i++) {
    const first = Math.floor((i * layers) / count);
    const last = Math.floor(((i + 1) * layers) / count);
    const stage = await engine.stage(model, { first, last }, read);
    await stage.open(session, 256);
    chain.push(stage);
  }
  return chain;
}

/** Tokens through the whole chain, between stages as the wire brings them. */
async function run(head: Head, chain: readonly Stage[], tokens: readonly number[], position: number) {
  let hidden = await head.embed(tokens);
  for (const [index, stage] of chain.entries()) {
    if (index > 0) hidden = overWire(hidden, hidden.length / tokens.length);
    hidden = await stage.forward([{ session, position, count: tokens.length }], hidden);
  }
  return hidden;
}

/** Answers the hidden states of all tokens. */
async function comparePrompt(
  head: Head,
  chain: readonly Stage[],
  model: Model,
  { prompt, exact }: Golden,
  tolerance: number,
): Promise<Float32Array> {
  const { vocabulary } = model.hyper;
  const hidden = await run(head, chain, prompt, 0);
  const logits = await head.logits(hidden.slice());
  if (exact.length !== prompt.length) throw new Error('the golden file has not one answer for each token');
  for (const { position, top } of exact) {
    for (const [token, expected] of top) {
      const actual = logits[position * vocabulary + token]!;
      if (!(Math.abs(actual - expected) <= tolerance)) {
        throw new Error(`token ${token} after position ${position}: ${actual} and should be ${expected}`);
      }
    }
  }
  return hidden;
}

async function compareLikelihoods(
  head: Head,
  hidden: Float32Array,
  { prompt, exact, positions }: Golden,
): Promise<void> {
  const width = hidden.length / prompt.length;
  for (const [position, { top }] of exact.entries()) {
    const row = hidden.slice(position * width, (position + 1) * width);
    const { likelihood } = await head.next(row, greedy, position, top.length);
    const actual = new Map(likelihood?.likeliest.map(each => [each.token, each.logProbability]));
    const floor = top.at(-1)![1] + smallestGap;
    for (const [token, logit] of top) {
      // The last one may change places with one that is not among the exact ones.
      if (logit < floor) continue;
      const expected = logit - positions[position]!.logSumExp;
      if (!(Math.abs(actual.get(token)! - expected) <= logitTolerance[1]))
        throw new Error(`log-probability of ${token}: ${actual.get(token)} and should be ${expected}`);
    }
  }
}

async function compareGreedy(
  head: Head,
  chain: readonly Stage[],
  golden: Golden,
  last: Float32Array,
): Promise<void> {
  let hidden = last;
  let position = golden.prompt.length;
  for (const { token, gap } of golden.exactGreedy) {
    if (gap < smallestGap) return;
    const { token: actual } = await head.next(hidden, greedy, position);
    if (actual !== token) throw new Error(`token ${actual} at position ${position}, should be ${token}`);
    hidden = await run(head, chain, [token], position);
    position++;
  }
}
