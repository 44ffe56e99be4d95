/** Writes small GGUF headers, right ones and wrong ones, for tests. */
import { concatBytes } from '../../src/base/bytes.ts';
import type { ByteSource } from '../../src/model/source.ts';

type Scalar = 'u8' | 'u32' | 'i32' | 'f32' | 'bool' | 'text' | 'u64';
export type Value =
  | { readonly type: Scalar; readonly value: number | string | boolean }
  | { readonly type: 'array'; readonly of: Scalar; readonly values: readonly (number | string | boolean)[] };

export interface MadeTensor {
  readonly shape: readonly number[];
  /** ggml's number; F32 where it is missing. */
  readonly type?: number;
  /** From the beginning of the data; behind the tensor before where it is missing. */
  readonly offset?: number;
}

export interface MadeModel {
  readonly metadata: Record<string, Value>;
  readonly tensors: Record<string, MadeTensor>;
}

export const u32 = (value: number): Value => ({ type: 'u32', value });
export const f32 = (value: number): Value => ({ type: 'f32', value });
export const text = (value: string): Value => ({ type: 'text', value });
export const flag = (value: boolean): Value => ({ type: 'bool', value });
export const texts = (values: readonly string[]): Value => ({ type: 'array', of: 'text', values });
export const floats = (values: readonly number[]): Value => ({ type: 'array', of: 'f32', values });
export const flags = (values: readonly boolean[]): Value => ({ type: 'array', of: 'bool', values });
export const ints = (values: readonly number[]): Value => ({ type: 'array', of: 'i32', values });

const typeNumber: Record<Scalar | 'array', number> = {
  u8: 0,
  u32: 4,
  i32: 5,
  f32: 6,
  bool: 7,
  text: 8,
  array: 9,
  u64: 10,
};

const width = 32;

/** The smallest whole model of an architecture: `layers` layers of width 32, 2 heads of 16, 6 tokens. */
export function tinyModel(architecture: string, layers = 1): MadeModel {
  const key = (name: string) => `${architecture}.${name}`;
  const metadata: Record<string, Value> = {
    'general.architecture': text(architecture),
    [key('block_count')]: u32(layers),
    [key('context_length')]: u32(64),
    [key('embedding_length')]: u32(width),
    [key('feed_forward_length')]: u32(48),
    [key('attention.head_count')]: u32(2),
    [key('attention.head_count_kv')]: u32(1),
    [key('attention.layer_norm_rms_epsilon')]: f32(1e-6),
    'tokenizer.ggml.model': text('gpt2'),
    'tokenizer.ggml.pre': text('qwen2'),
    'tokenizer.ggml.tokens': texts(['a', 'b', 'ab', 'Ġ', '<|im_start|>', '<|im_end|>']),
    'tokenizer.ggml.token_type': ints([1, 1, 1, 1, 3, 3]),
    'tokenizer.ggml.merges': texts(['a b']),
    'tokenizer.ggml.eos_token_id': u32(5),
    ...moreMetadata(key)[architecture],
  };
  const tensors: Record<string, MadeTensor> = { 'token_embd.weight': { shape: [width, 6] } };
  for (let layer = 0; layer < layers; layer++)
    for (const [role, shape] of layerShapes(architecture, layer)) tensors[`blk.${layer}.${role}`] = { shape };
  tensors['output_norm.weight'] = { shape: [width] };
  return { metadata, tensors };
}

const moreMetadata = (key: (name: string) => string): Record<string, Record<string, Value>> => ({
  qwen3moe: {
    [key('expert_count')]: u32(4),
    [key('expert_used_count')]: u32(2),
    [key('expert_feed_forward_length')]: u32(24),
  },
  // Every second layer has attention.
  qwen35: {
    [key('full_attention_interval')]: u32(2),
    [key('ssm.conv_kernel')]: u32(4),
    [key('ssm.group_count')]: u32(1),
    [key('ssm.time_step_rank')]: u32(2),
    [key('ssm.state_size')]: u32(8),
    [key('ssm.inner_size')]: u32(16),
    [key('rope.dimension_count')]: u32(8),
    [key('rope.dimension_sections')]: ints([2, 1, 1, 0]),
  },
});

function layerShapes(architecture: string, layer: number): [string, number[]][] {
  const shapes: [string, number[]][] = [['attn_norm.weight', [width]]];
  if (architecture === 'qwen35' && layer % 2 === 0) shapes.push(...deltaNetShapes);
  else
    shapes.push(
      ['attn_q.weight', [width, architecture === 'qwen35' ? 64 : 32]],
      ['attn_k.weight', [width, 16]],
      ['attn_v.weight', [width, 16]],
      ['attn_output.weight', [32, width]],
    );
  if (architecture === 'qwen3moe')
    shapes.push(
      ['ffn_gate_inp.weight', [width, 4]],
      ['ffn_gate_exps.weight', [width, 24, 4]],
      ['ffn_up_exps.weight', [width, 24, 4]],
      ['ffn_down_exps.weight', [24, width, 4]],
    );
  else
    shapes.push(
      ['ffn_gate.weight', [width, 48]],
      ['ffn_up.weight', [width, 48]],
      ['ffn_down.weight', [48, width]],
    );
  if (architecture === 'qwen2')
    shapes.push(['attn_q.bias', [32]], ['attn_k.bias', [16]], ['attn_v.bias', [16]]);
  if (
    ['qwen3', 'gemma3', 'qwen3moe'].includes(architecture) ||
    (architecture === 'qwen35' && layer % 2 === 1)
  )
    shapes.push(['attn_q_norm.weight', [16]], ['attn_k_norm.weight', [16]]);
  if (architecture === 'gemma3' || architecture === 'qwen35')
    shapes.push(['post_attention_norm.weight', [width]]);
  if (architecture === 'gemma3') shapes.push(['post_ffw_norm.weight', [width]]);
  if (architecture !== 'qwen35') shapes.push(['ffn_norm.weight', [width]]);
  return shapes;
}

const deltaNetShapes: [string, number[]][] = [
  ['attn_qkv.weight', [width, 32]],
  ['attn_gate.weight', [width, 16]],
  ['ssm_conv1d.weight', [4, 32]],
  ['ssm_dt.bias', [2]],
  ['ssm_a', [2]],
  ['ssm_beta.weight', [width, 2]],
  ['ssm_alpha.weight', [width, 2]],
  ['ssm_norm.weight', [8]],
  ['ssm_out.weight', [16, width]],
];

/** The header of `model` and data of zeros behind it, as long as F32 tensors in order need. */
export function writeModel({ metadata, tensors }: MadeModel): Uint8Array<ArrayBuffer> {
  const parts = [ascii('GGUF'), number32(3), number64(Object.keys(tensors).length)];
  parts.push(number64(Object.keys(metadata).length));
  for (const [key, value] of Object.entries(metadata)) parts.push(string(key), writeValue(value));
  let dataBytes = 0;
  for (const [name, { shape, type = 0, offset = dataBytes }] of Object.entries(tensors)) {
    parts.push(
      string(name),
      number32(shape.length),
      ...shape.map(number64),
      number32(type),
      number64(offset),
    );
    dataBytes += Math.ceil((shape.reduce((a, b) => a * b, 1) * 4) / 32) * 32;
  }
  const header = concatBytes(parts);
  const file = new Uint8Array(Math.ceil(header.length / 32) * 32 + Math.min(dataBytes, 2 ** 26));
  file.set(header);
  return file;
}

export function bytesSource(bytes: Uint8Array, name = 'made.gguf', size = bytes.length): ByteSource {
  return {
    id: `file:${name}`,
    name,
    shareable: false,
    local: true,
    size: async () => size,
    version: async () => '',
    read: async (start, end) => new Uint8Array(bytes.subarray(start, end)),
  };
}

export function writeValue(value: Value): Uint8Array<ArrayBuffer> {
  if (value.type !== 'array')
    return concatBytes([number32(typeNumber[value.type]), scalar(value.type, value.value)]);
  return concatBytes([
    number32(typeNumber.array),
    number32(typeNumber[value.of]),
    number64(value.values.length),
    concatBytes(value.values.map(element => scalar(value.of, element))),
  ]);
}

function scalar(type: Scalar, value: number | string | boolean): Uint8Array<ArrayBuffer> {
  if (type === 'text') return string(String(value));
  if (type === 'u8' || type === 'bool') return Uint8Array.of(Number(value));
  if (type === 'u64') return number64(Number(value));
  return type === 'u32' || type === 'i32'
    ? number32(Number(value))
    : new Uint8Array(new Float32Array([Number(value)]).buffer);
}

export const string = (value: string): Uint8Array<ArrayBuffer> => {
  const bytes = new TextEncoder().encode(value);
  return concatBytes([number64(bytes.length), bytes]);
};
export const number32 = (value: number): Uint8Array<ArrayBuffer> =>
  new Uint8Array(new Uint32Array([value]).buffer);
export const number64 = (value: number): Uint8Array<ArrayBuffer> =>
  new Uint8Array(new BigUint64Array([BigInt(value)]).buffer);
const ascii = (value: string): Uint8Array<ArrayBuffer> => new Uint8Array(new TextEncoder().encode(value));
