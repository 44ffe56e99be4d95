/** Seeded models of a few KB, so that engines and pods are tested without a file. */

import { must } from '../base/assert.ts';
import type { ModelId } from '../base/brand.ts';
import { toHalf } from '../base/half.ts';
import { seededRandom } from '../base/random.ts';
import {
  deltaNetChannels,
  type Hyperparameters,
  isRecurrentLayer,
  type Model,
  rowsOf,
  type TensorInfo,
  type TensorReader,
  type TensorType,
} from '../model/model.ts';
import type { Piece } from './tensor-pieces.ts';

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
  /** Three of eight experts. */
  qwen3moe: {
    ...common,
    architecture: 'qwen3moe',
    rope,
    activation: 'silu',
    feedForward: 32,
    experts: { count: 8, used: 3 },
  },
  /** Delta nets in layers 0 to 2, gated attention with half of each head rotated in layer 3. */
  qwen35: {
    ...common,
    architecture: 'qwen35',
    rope: { ...rope, dimensions: 8 },
    activation: 'silu',
    deltaNet: { every: 4, kernel: 4, keyHeads: 2, valueHeads: 4, headSize: 16 },
    gatedAttention: true,
  },
} as const satisfies Record<string, Hyperparameters>;

export type TinyArchitecture = keyof typeof shapes;

export const allArchitectures = ['qwen2', 'qwen3', 'llama', 'gemma3', 'qwen3moe', 'qwen35'] as const;

export function tinyModel(architecture: TinyArchitecture, seed = 1): TinyModel {
  const hyper: Hyperparameters = shapes[architecture];
  const { width, vocabulary } = hyper;
  const random = seededRandom(seed);
  const tensors = new Map<string, TensorInfo>();
  const contents = new Map<string, Uint8Array<ArrayBuffer>>();
  let offset = 0;
  const add: Add = (name, type, shape, around) => {
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
    const own: Add = (role, ...rest) => add(`blk.${layer}.${role}`, ...rest);
    own('attn_norm.weight', 'F32', [width], 1);
    if (isRecurrentLayer(hyper, layer)) addDeltaNet(hyper, own);
    else addAttention(hyper, own);
    if (architecture === 'gemma3' || architecture === 'qwen35')
      own('post_attention_norm.weight', 'F32', [width], 1);
    if (architecture === 'gemma3') own('post_ffw_norm.weight', 'F32', [width], 1);
    if (architecture !== 'qwen35') own('ffn_norm.weight', 'F32', [width], 1);
    addFeedForward(hyper, own);
  }
  const name = `tiny-${architecture}`;
  return {
    model: { id: `${name}-${seed}` as ModelId, name, hyper, tensors, fileBytes: offset },
    read: async (tensor, { start, end }, signal) => {
      signal?.throwIfAborted();
      return must(contents.get(tensor), `no tensor ${tensor}`).slice(start, end);
    },
  };
}

type Add = (name: string, type: 'F32' | 'Q8_0', shape: number[], around: number) => void;

function addAttention(hyper: Hyperparameters, own: Add): void {
  const { width, heads, kvHeads, keySize, valueSize, architecture, gatedAttention } = hyper;
  own('attn_q.weight', 'Q8_0', [width, heads * keySize * (gatedAttention ? 2 : 1)], 0);
  own('attn_k.weight', 'Q8_0', [width, kvHeads * keySize], 0);
  own('attn_v.weight', 'F32', [width, kvHeads * valueSize], 0);
  own('attn_output.weight', 'Q8_0', [heads * valueSize, width], 0);
  if (architecture === 'qwen2') {
    own('attn_q.bias', 'F32', [heads * keySize], 0);
    own('attn_k.bias', 'F32', [kvHeads * keySize], 0);
    own('attn_v.bias', 'F32', [kvHeads * valueSize], 0);
  } else if (architecture !== 'llama') {
    own('attn_q_norm.weight', 'F32', [keySize], 1);
    own('attn_k_norm.weight', 'F32', [keySize], 1);
  }
}

function addDeltaNet({ width, deltaNet }: Hyperparameters, own: Add): void {
  const { kernel, valueHeads, headSize } = must(deltaNet);
  const channels = deltaNetChannels(must(deltaNet));
  own('attn_qkv.weight', 'Q8_0', [width, channels], 0);
  own('attn_gate.weight', 'Q8_0', [width, valueHeads * headSize], 0);
  own('ssm_conv1d.weight', 'F32', [kernel, channels], 0);
  own('ssm_dt.bias', 'F32', [valueHeads], 0);
  own('ssm_a', 'F32', [valueHeads], -0.5);
  own('ssm_beta.weight', 'F32', [width, valueHeads], 0);
  own('ssm_alpha.weight', 'F32', [width, valueHeads], 0);
  own('ssm_norm.weight', 'F32', [headSize], 1);
  own('ssm_out.weight', 'Q8_0', [valueHeads * headSize, width], 0);
}

function addFeedForward({ width, feedForward, experts }: Hyperparameters, own: Add): void {
  const [suffix, more] = experts === undefined ? ['', []] : ['_exps', [experts.count]];
  if (experts !== undefined) own('ffn_gate_inp.weight', 'F32', [width, experts.count], 0);
  own(`ffn_gate${suffix}.weight`, 'Q8_0', [width, feedForward, ...more], 0);
  own(`ffn_up${suffix}.weight`, 'Q8_0', [width, feedForward, ...more], 0);
  own(`ffn_down${suffix}.weight`, 'Q8_0', [feedForward, width, ...more], 0);
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

/** A tensor's bytes four rows at a time, as a load brings them of a large one. */
export async function* inFours(tensor: TensorInfo, bytes: Uint8Array): AsyncGenerator<Piece> {
  const rowBytes = tensor.bytes / rowsOf(tensor);
  for (let at = 0; at < bytes.length; at += 4 * rowBytes)
    yield { first: at / rowBytes, bytes: Uint8Array.from(bytes.subarray(at, at + 4 * rowBytes)) };
}
