/** Seeded models of a few KB, so that engines and pods are tested without a file. */

import { must } from '../base/assert.ts';
import type { ModelId } from '../base/brand.ts';
import { toHalf } from '../base/half.ts';
import { seededRandom } from '../base/random.ts';
import type { Hyperparameters, Model, TensorInfo, TensorReader, TensorType } from '../model/model.ts';

export interface TinyModel {
  readonly model: Model;
  readonly read: TensorReader;
}

const common = {
  layers: 4,
  width: 64,
  heads: 4,
  kvHeads: 2,
  keySize: 16,
  valueSize: 16,
  feedForward: 96,
  vocabulary: 128,
  context: 4096,
  normEpsilon: 1e-6,
  attentionScale: 0.25,
  embeddingScale: 1,
} as const;
const rope = { pairs: 'halves', dimensions: 16, base: 10_000, baseLocal: 10_000, scale: 1 } as const;

const shapes = {
  /** Biases on query, key and value. */
  qwen2: { ...common, architecture: 'qwen2', rope, activation: 'silu' },
  /** Norms of the heads. */
  qwen3: { ...common, architecture: 'qwen3', rope, activation: 'silu' },
  /** Interleaved pairs and divisors of the frequencies. */
  llama: { ...common, architecture: 'llama', rope: { ...rope, pairs: 'interleaved' }, activation: 'silu' },
  /** A window, two bases, norms on both sides, GELU. */
  gemma3: {
    ...common,
    architecture: 'gemma3',
    rope: { ...rope, base: 1_000_000, scale: 8 },
    activation: 'gelu',
    embeddingScale: 8,
    sliding: { window: 5, every: 3 },
  },
} as const satisfies Record<string, Hyperparameters>;

export function tinyModel(architecture: keyof typeof shapes, seed = 1): TinyModel {
  const hyper: Hyperparameters = shapes[architecture];
  const { width, heads, kvHeads, keySize, valueSize, feedForward, vocabulary } = hyper;
  const random = seededRandom(seed);
  const tensors = new Map<string, TensorInfo>();
  const contents = new Map<string, Uint8Array<ArrayBuffer>>();
  let offset = 0;
  const add = (name: string, type: 'F32' | 'Q8_0', shape: number[], around: number) => {
    const count = shape.reduce((product, size) => product * size, 1);
    const spread = around === 0 ? Math.sqrt(3 / shape[0]!) : 0.2;
    const values = Float32Array.from({ length: count }, () => around + (random.next() * 2 - 1) * spread);
    const bytes = type === 'F32' ? new Uint8Array(values.buffer) : quantize(values);
    tensors.set(name, { name, type: type satisfies TensorType, shape, offset, bytes: bytes.length });
    contents.set(name, bytes);
    offset += bytes.length;
  };

  add('token_embd.weight', 'Q8_0', [width, vocabulary], 0);
  add('output_norm.weight', 'F32', [width], 1);
  if (architecture === 'llama') {
    add('rope_freqs.weight', 'F32', [hyper.rope.dimensions / 2], 1.5);
    add('output.weight', 'F32', [width, vocabulary], 0);
  }
  for (let layer = 0; layer < hyper.layers; layer++) {
    const prefix = `blk.${layer}.`;
    add(`${prefix}attn_norm.weight`, 'F32', [width], 1);
    add(`${prefix}attn_q.weight`, 'Q8_0', [width, heads * keySize], 0);
    add(`${prefix}attn_k.weight`, 'Q8_0', [width, kvHeads * keySize], 0);
    add(`${prefix}attn_v.weight`, 'F32', [width, kvHeads * valueSize], 0);
    add(`${prefix}attn_output.weight`, 'Q8_0', [heads * valueSize, width], 0);
    add(`${prefix}ffn_norm.weight`, 'F32', [width], 1);
    add(`${prefix}ffn_gate.weight`, 'Q8_0', [width, feedForward], 0);
    add(`${prefix}ffn_up.weight`, 'Q8_0', [width, feedForward], 0);
    add(`${prefix}ffn_down.weight`, 'Q8_0', [feedForward, width], 0);
    if (architecture === 'qwen2') {
      add(`${prefix}attn_q.bias`, 'F32', [heads * keySize], 0);
      add(`${prefix}attn_k.bias`, 'F32', [kvHeads * keySize], 0);
      add(`${prefix}attn_v.bias`, 'F32', [kvHeads * valueSize], 0);
    }
    if (architecture === 'qwen3' || architecture === 'gemma3') {
      add(`${prefix}attn_q_norm.weight`, 'F32', [keySize], 1);
      add(`${prefix}attn_k_norm.weight`, 'F32', [keySize], 1);
    }
    if (architecture === 'gemma3') {
      add(`${prefix}post_attention_norm.weight`, 'F32', [width], 1);
      add(`${prefix}post_ffw_norm.weight`, 'F32', [width], 1);
    }
  }
  const name = `tiny-${architecture}`;
  return {
    model: { id: `${name}-${seed}` as ModelId, name, hyper, tensors, fileBytes: offset },
    read: async (tensor, signal) => {
      signal?.throwIfAborted();
      return must(contents.get(tensor), `no tensor ${tensor}`).slice();
    },
  };
}

/** Q8_0: 32 weights share the scale that the largest of them needs. */
function quantize(values: Float32Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array((values.length / 32) * 34);
  for (let block = 0; block < values.length / 32; block++) {
    const weights = values.subarray(block * 32, block * 32 + 32);
    const scale = weights.reduce((largest, weight) => Math.max(largest, Math.abs(weight)), 0) / 127;
    const half = toHalf(scale);
    bytes.set([half & 255, half >> 8], block * 34);
    weights.forEach((weight, i) => {
      bytes[block * 34 + 2 + i] = Math.round(weight / scale);
    });
  }
  return bytes;
}
