/** Models with random weights, so that speed can be measured without fetching any: a whole GGUF, whose text is noise. */
import { closeSync, existsSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { concatBytes } from '../../src/base/bytes.ts';
import { toHalf } from '../../src/base/half.ts';
import { seededRandom } from '../../src/base/random.ts';
import { blockLayouts } from '../../src/model/tensor-type.ts';
import {
  f32,
  ints,
  number32,
  number64,
  string,
  text,
  texts,
  u32,
  type Value,
  writeValue,
} from '../../tests/unit/model-maker.ts';
import { type BlockType, type Mix, type Shape, typeOf } from './shapes.ts';

const folder = new URL('../../.cache/bench/', import.meta.url);
/** ggml's numbers, and where in a block its scales stand: they are set so that weights are about as large as trained ones. */
const types: Readonly<Record<BlockType, { number: number; scalesAt: readonly number[]; scale: number }>> = {
  F32: { number: 0, scalesAt: [], scale: 0 },
  Q4_0: { number: 2, scalesAt: [0], scale: 0.008 },
  Q8_0: { number: 8, scalesAt: [0], scale: 0.0004 },
  Q4_K: { number: 12, scalesAt: [0, 2], scale: 0.0001 },
  Q6_K: { number: 14, scalesAt: [208], scale: 0.00002 },
};

interface Tensor {
  readonly name: string;
  readonly type: BlockType;
  readonly shape: readonly number[];
  readonly bytes: number;
}

/** Makes the file once; answers where it is. */
export function makeModel(shape: Shape, mix: Mix): URL {
  const file = new URL(`${shape.name}-${mix}.gguf`, folder);
  if (existsSync(file)) return file;
  mkdirSync(folder, { recursive: true });
  const partial = new URL(`${shape.name}-${mix}.${process.pid}.partial`, folder);
  const to = openSync(partial, 'w');
  const tensors = tensorsOf(shape, mix);
  const header = writeHeader(metadataOf(shape), tensors);
  writeAll(to, padded(header));
  const random = seededRandom(1);
  for (const tensor of tensors) writeTensor(to, tensor, random);
  closeSync(to);
  renameSync(partial, file);
  return file;
}

function tensorsOf(shape: Shape, mix: Mix): Tensor[] {
  const { layers, width, feedForward, heads, kvHeads, headSize, vocabulary } = shape;
  const tensor = (name: string, type: BlockType, ...sizes: number[]): Tensor => {
    const { weights, bytes } = blockLayouts[type];
    return { name, type, shape: sizes, bytes: (sizes.reduce((a, b) => a * b, 1) / weights) * bytes };
  };
  const tensors = [
    tensor('token_embd.weight', typeOf(mix, 'token_embd', 0, layers), width, vocabulary),
    tensor('output_norm.weight', 'F32', width),
  ];
  for (let layer = 0; layer < layers; layer++) {
    const norm = (role: string, size: number) => tensor(`blk.${layer}.${role}.weight`, 'F32', size);
    const matrix = (role: string, columns: number, rows: number) =>
      tensor(`blk.${layer}.${role}.weight`, typeOf(mix, role, layer, layers), columns, rows);
    tensors.push(
      norm('attn_norm', width),
      norm('attn_q_norm', headSize),
      norm('attn_k_norm', headSize),
      norm('ffn_norm', width),
      matrix('attn_q', width, heads * headSize),
      matrix('attn_k', width, kvHeads * headSize),
      matrix('attn_v', width, kvHeads * headSize),
      matrix('attn_output', heads * headSize, width),
      matrix('ffn_gate', width, feedForward),
      matrix('ffn_up', width, feedForward),
      matrix('ffn_down', feedForward, width),
    );
  }
  return tensors;
}

function metadataOf({
  layers,
  width,
  feedForward,
  heads,
  kvHeads,
  headSize,
  vocabulary,
}: Shape): Record<string, Value> {
  // One token for every byte and no merge that applies, so that a text has as many tokens as bytes.
  const bytes = Array.from({ length: 256 }, (_, byte) => unitOf(byte));
  const rest = Array.from({ length: vocabulary - 256 }, (_, index) => `word${index}`);
  return {
    'general.architecture': text('qwen3'),
    'qwen3.block_count': u32(layers),
    'qwen3.context_length': u32(4096),
    'qwen3.embedding_length': u32(width),
    'qwen3.feed_forward_length': u32(feedForward),
    'qwen3.attention.head_count': u32(heads),
    'qwen3.attention.head_count_kv': u32(kvHeads),
    'qwen3.attention.key_length': u32(headSize),
    'qwen3.attention.value_length': u32(headSize),
    'qwen3.attention.layer_norm_rms_epsilon': f32(1e-6),
    'qwen3.rope.freq_base': f32(1_000_000),
    'tokenizer.ggml.model': text('gpt2'),
    'tokenizer.ggml.pre': text('qwen2'),
    'tokenizer.ggml.tokens': texts([...bytes, ...rest]),
    'tokenizer.ggml.token_type': ints(Array.from({ length: vocabulary }, () => 1)),
    'tokenizer.ggml.merges': texts(['word 0']),
    'tokenizer.ggml.eos_token_id': u32(vocabulary - 1),
  };
}

/** The letter that stands for a byte in GPT-2's vocabulary (openai/gpt-2, encoder.py, bytes_to_unicode). */
function unitOf(byte: number): string {
  const printable = (code: number) =>
    (code >= 33 && code <= 126) || (code >= 161 && code <= 172) || code >= 174;
  if (printable(byte)) return String.fromCodePoint(byte);
  let moved = 256;
  for (let code = 0; code < byte; code++) if (!printable(code)) moved++;
  return String.fromCodePoint(moved);
}

function writeHeader(metadata: Record<string, Value>, tensors: readonly Tensor[]): Uint8Array {
  const entries = Object.entries(metadata);
  const parts = [
    new TextEncoder().encode('GGUF'),
    number32(3),
    number64(tensors.length),
    number64(entries.length),
  ];
  for (const [key, value] of entries) parts.push(string(key), writeValue(value));
  let offset = 0;
  for (const { name, type, shape, bytes } of tensors) {
    parts.push(
      string(name),
      number32(shape.length),
      ...shape.map(number64),
      number32(types[type].number),
      number64(offset),
    );
    offset += Math.ceil(bytes / 32) * 32;
  }
  return concatBytes(parts);
}

/** Random blocks, a few thousand of which are repeated: making each anew would take minutes. */
function writeTensor(to: number, { type, shape, bytes }: Tensor, random: { next(): number }): void {
  if (type === 'F32') {
    writeAll(to, padded(new Uint8Array(new Float32Array(shape[0]!).fill(1).buffer)));
    return;
  }
  const block = blockLayouts[type].bytes;
  const some = Uint8Array.from({ length: block * 4099 }, () => random.next() * 256);
  for (let at = 0; at < some.length; at += block) {
    for (const place of types[type].scalesAt) {
      const scale = toHalf(types[type].scale * (0.5 + random.next()));
      some.set([scale & 255, scale >> 8], at + place);
    }
  }
  for (let left = bytes; left > 0; left -= some.length)
    writeAll(to, some.subarray(0, Math.min(left, some.length)));
  writeAll(to, new Uint8Array((32 - (bytes % 32)) % 32));
}

function padded(bytes: Uint8Array): Uint8Array {
  return concatBytes([bytes, new Uint8Array((32 - (bytes.length % 32)) % 32)]);
}

function writeAll(to: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(to, bytes, at);
}
