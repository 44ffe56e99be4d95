/**
 * The answers of engines that round activations to 8 bits, as llama.cpp does: no further from `exact` than 1.2 times what
 * llama.cpp's own logits of the same file are, and as a distribution close to the reference's.
 */
import type { SessionId } from '../../src/base/brand.ts';
import { createCpuEngine } from '../../src/engine/cpu/cpu-engine.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { Case } from '../../src/engine/engine-contract-cases.ts';
import { blobSource } from '../../src/model/blob-source.ts';
import type { Model, TensorReader } from '../../src/model/model.ts';
import { openModel } from '../../src/model/open.ts';
import { sourceReader } from '../../src/model/source.ts';
import type { Golden, GoldenFiles, GoldenName } from './golden-cases.ts';

/** Those whose weights have integer kernels. */
export const roundedGoldens = [
  'tiny-qwen3-q4_k_m',
  'tiny-qwen3-q5_k',
  'tiny-qwen2-q8_0',
  'tiny-llama-q4_0',
  'tiny-llama-q6_k',
  'tiny-gemma3-q8_0',
  'guide',
] as const satisfies GoldenName[];

const distanceMax = 1.2;
const divergenceMax = 0.02;
const session = 'golden' as SessionId;

type Top = readonly { readonly position: number; readonly top: readonly (readonly [number, number])[] }[];

/** What llama.cpp itself answered. */
interface WithLlama extends Golden {
  readonly positions: Top;
}

export function roundedCases(create: () => Promise<Engine> | Engine, files: GoldenFiles): Case[] {
  return roundedGoldens.map(name => ({
    name: `${name}: logits no further from the exact ones than llama.cpp's`,
    async run() {
      const golden = (await files.answers(name)) as WithLlama;
      const source = blobSource(await files.model(name), `${name}.gguf`);
      const { model } = await openModel(source);
      const read = sourceReader(source, model);
      const actual = await logitsOf(await create(), model, read, golden.prompt);
      const reference = await logitsOf(createCpuEngine(), model, read, golden.prompt);
      const { vocabulary } = model.hyper;

      const llama = golden.positions.map(({ top }) => new Map(top));
      let ours = 0;
      let theirs = 0;
      for (const [index, { position, top }] of golden.exact.entries()) {
        for (const [token, exact] of top) {
          ours = Math.max(ours, Math.abs(actual[position * vocabulary + token]! - exact));
          theirs = Math.max(theirs, Math.abs((llama[index]!.get(token) ?? exact) - exact));
        }
        const from = position * vocabulary;
        const divergence = divergenceOf(
          reference.subarray(from, from + vocabulary),
          actual.subarray(from, from + vocabulary),
        );
        if (!(divergence < divergenceMax)) throw new Error(`divergence of ${divergence} at ${position}`);
      }
      if (!(ours <= distanceMax * theirs)) throw new Error(`${ours} from exact, llama.cpp ${theirs}`);
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
