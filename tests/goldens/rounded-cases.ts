/**
 * The answers of engines that round activations to 8 bits, as llama.cpp does: no further from `exact` than 1.2 times what
 * llama.cpp's own logits of the same file are, and as a distribution close to the reference's. The distance is held at the worst
 * position and at the median one: where llama.cpp's rounding flips an expert, its worst would excuse everything.
 */
import type { SessionId } from '../../src/base/brand.ts';
import { createCpuEngine } from '../../src/engine/cpu/cpu-engine.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { Case } from '../../src/engine/engine-contract-cases.ts';
import { blobSource } from '../../src/model/blob-source.ts';
import type { Model, TensorReader } from '../../src/model/model.ts';
import { openModel } from '../../src/model/open.ts';
import { sourceReader } from '../../src/model/source.ts';
import type { GoldenFiles, GoldenName } from './golden-cases.ts';

/** Those whose weights have integer kernels. */
export const roundedGoldens = [
  'tiny-qwen3-q4_k_m',
  'tiny-qwen3-q5_k',
  'tiny-qwen2-q8_0',
  'tiny-llama-q4_0',
  'tiny-llama-q6_k',
  'tiny-gemma3-q8_0',
  'tiny-qwen3moe-q8_0',
  'tiny-qwen35-q8_0',
  'guide',
] as const satisfies GoldenName[];

const distanceMax = 1.2;
const divergenceMax = 0.02;
const session = 'golden' as SessionId;

export function roundedCases(create: () => Promise<Engine> | Engine, files: GoldenFiles): Case[] {
  return roundedGoldens.map(name => ({
    name: `${name}: logits no further from the exact ones than llama.cpp's`,
    async run() {
      const golden = await files.answers(name);
      const source = blobSource(await files.model(name), `${name}.gguf`);
      const { model } = await openModel(source);
      const read = sourceReader(source, model);
      const actual = await logitsOf(await create(), model, read, golden.prompt);
      const reference = await logitsOf(createCpuEngine(), model, read, golden.prompt);
      const { vocabulary } = model.hyper;

      const llama = golden.positions.map(({ top }) => new Map(top));
      const distances = golden.exact.map(({ position, top }, index) => {
        const from = position * vocabulary;
        const divergence = divergenceOf(
          reference.subarray(from, from + vocabulary),
          actual.subarray(from, from + vocabulary),
        );
        if (!(divergence < divergenceMax)) throw new Error(`divergence of ${divergence} at ${position}`);
        // Of other tokens it is not known what llama.cpp made of them.
        const both = top.filter(([token]) => llama[index]!.has(token));
        const distance = (logit: (token: number) => number) =>
          Math.max(...both.map(([token, exact]) => Math.abs(logit(token) - exact)));
        return {
          ours: distance(token => actual[from + token]!),
          theirs: distance(token => llama[index]!.get(token)!),
        };
      });
      const ours = distances.map(({ ours }) => ours).sort((a, b) => a - b);
      const theirs = distances.map(({ theirs }) => theirs).sort((a, b) => a - b);
      for (const at of [ours.length >> 1, ours.length - 1])
        if (!(ours[at]! <= distanceMax * theirs[at]!))
          throw new Error(`${ours[at]} from exact, llama.cpp ${theirs[at]}`);
    },
  }));
}

async function logitsOf(engine: Engine, model: Model, read: TensorReader, tokens: readonly number[]) {
  try {
    const head = await engine.head(model, read);
    const stage = await engine.stage(model, { first: 0, last: model.hyper.layers }, read);
    await stage.open(session, tokens.length);
    const rows = [{ session, position: 0, count: tokens.length }];
    return await head.logits(await stage.forward(rows, await head.embed(tokens)));
  } finally {
    await engine.close();
  }
}

/** Kullback-Leibler, in nats. */
function divergenceOf(exact: Float32Array, actual: Float32Array): number {
  const p = logProbabilities(exact);
  const q = logProbabilities(actual);
  return p.reduce((sum, value, token) => sum + Math.exp(value) * (value - q[token]!), 0);
}

function logProbabilities(logits: Float32Array): number[] {
  const highest = Math.max(...logits);
  const total = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - highest), 0));
  return Array.from(logits, logit => logit - highest - total);
}
