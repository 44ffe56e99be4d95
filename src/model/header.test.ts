import { expect, test, vi } from 'vitest';
import {
  bytesSource,
  f32,
  flag,
  ints,
  type MadeModel,
  number64,
  text,
  texts,
  tinyModel,
  u32,
  writeModel,
} from '../../tests/unit/model-maker.ts';
import { concatBytes, GiB, KiB, MiB } from '../base/bytes.ts';
import { readHeader } from './header.ts';
import { openModel } from './open.ts';
import type { ByteSource } from './source.ts';

vi.setConfig({ testTimeout: 60_000 });

const opened = (model: MadeModel) => openModel(bytesSource(writeModel(model)));
const changed = (change: (model: MadeModel) => void, architecture = 'qwen3') => {
  const model = tinyModel(architecture);
  change(model);
  return opened(model);
};

test.each(['llama', 'qwen2', 'qwen3', 'gemma3'])('a small %s model opens', async architecture => {
  const { model } = await opened(tinyModel(architecture, 2));
  expect(model.hyper).toMatchObject({ architecture, layers: 2, width: 32, vocabulary: 6, context: 64 });
});

const faults: [
  name: string,
  kind: 'corrupt' | 'unsupported',
  says: RegExp,
  change: (model: MadeModel) => void,
][] = [
  [
    'a tensor past the end of the file',
    'corrupt',
    /output_norm.*incomplete/,
    ({ tensors }) => (tensors['output_norm.weight'] = { shape: [32], offset: 2 ** 30 }),
  ],
  [
    'a tensor off the alignment',
    'corrupt',
    /output_norm.*alignment/,
    ({ tensors }) => (tensors['output_norm.weight'] = { shape: [32], offset: 6_001 }),
  ],
  [
    'tensors that overlap',
    'corrupt',
    /token_embd.*overlap/,
    ({ tensors }) => (tensors['output_norm.weight'] = { shape: [32], offset: 32 }),
  ],
  [
    'a tensor larger than the file',
    'corrupt',
    /larger than the file/,
    ({ tensors }) => (tensors['output_norm.weight'] = { shape: [2 ** 40, 2 ** 40, 2 ** 40] }),
  ],
  [
    'a tensor without dimensions',
    'corrupt',
    /0 dimensions/,
    ({ tensors }) => (tensors['output_norm.weight'] = { shape: [] }),
  ],
  [
    'five dimensions',
    'corrupt',
    /5 dimensions/,
    ({ tensors }) => (tensors['output_norm.weight'] = { shape: [32, 1, 1, 1, 1] }),
  ],
  [
    'a dimension of nothing',
    'corrupt',
    /length 0/,
    ({ tensors }) => (tensors['output_norm.weight'] = { shape: [0] }),
  ],
  [
    'rows that a type cannot hold',
    'corrupt',
    /rows of 33/,
    ({ tensors }) => (tensors['output_norm.weight'] = { shape: [33], type: 8 }),
  ],
  [
    'a type of others',
    'unsupported',
    /IQ4_XS.*Supported are F32/,
    ({ tensors }) => (tensors['output_norm.weight'] = { shape: [256], type: 23 }),
  ],
  [
    'a type of nobody',
    'unsupported',
    /number 99/,
    ({ tensors }) => (tensors['output_norm.weight'] = { shape: [32], type: 99 }),
  ],
  [
    'a query matrix of the wrong shape',
    'corrupt',
    /attn_q\.weight is 32 x 64, not 32 x 32/,
    ({ tensors }) => (tensors['blk.0.attn_q.weight'] = { shape: [32, 64] }),
  ],
  [
    'an embedding of the wrong width',
    'corrupt',
    /token_embd/,
    ({ tensors }) => (tensors['token_embd.weight'] = { shape: [64, 6] }),
  ],
  [
    'a vocabulary of another size',
    'corrupt',
    /6 tokens and the embedding 7 rows/,
    ({ tensors }) => (tensors['token_embd.weight'] = { shape: [32, 7] }),
  ],
  ['a missing tensor', 'corrupt', /ffn_up.*missing/, ({ tensors }) => delete tensors['blk.0.ffn_up.weight']],
  ['no embedding', 'corrupt', /token_embd.*missing/, ({ tensors }) => delete tensors['token_embd.weight']],
  [
    'a tensor that has no role',
    'unsupported',
    /blk\.0\.attn_sinks/,
    ({ tensors }) => (tensors['blk.0.attn_sinks.weight'] = { shape: [2] }),
  ],
  [
    'a norm of another type',
    'unsupported',
    /output_norm.*F32/,
    ({ tensors }) => (tensors['output_norm.weight'] = { shape: [32], type: 1 }),
  ],
  [
    'an unknown architecture',
    'unsupported',
    /"mamba".*llama, qwen2, qwen3, gemma3/,
    ({ metadata }) => (metadata['general.architecture'] = text('mamba')),
  ],
  [
    'an architecture that comes later',
    'unsupported',
    /"qwen35moe"/,
    ({ metadata }) => (metadata['general.architecture'] = text('qwen35moe')),
  ],
  ['experts', 'unsupported', /experts/, ({ metadata }) => (metadata['qwen3.expert_count'] = u32(8))],
  [
    'another scaling of positions',
    'unsupported',
    /"yarn".*none and linear/,
    ({ metadata }) => (metadata['qwen3.rope.scaling.type'] = text('yarn')),
  ],
  [
    'heads that differ by layer',
    'unsupported',
    /head_count_kv differs/,
    ({ metadata }) => (metadata['qwen3.attention.head_count_kv'] = ints([1, 1])),
  ],
  ['no layers', 'corrupt', /block_count is 0/, ({ metadata }) => (metadata['qwen3.block_count'] = u32(0))],
  [
    'more layers than there are',
    'corrupt',
    /blk\.1\.attn_norm.*missing/,
    ({ metadata }) => (metadata['qwen3.block_count'] = u32(1024)),
  ],
  [
    'absurdly many layers',
    'corrupt',
    /block_count/,
    ({ metadata }) => (metadata['qwen3.block_count'] = u32(2 ** 31)),
  ],
  [
    'heads that do not divide',
    'corrupt',
    /2 query heads cannot share 3/,
    ({ metadata }) => (metadata['qwen3.attention.head_count_kv'] = u32(3)),
  ],
  [
    'a width that heads do not divide',
    'corrupt',
    /key_length/,
    ({ metadata }) => (metadata['qwen3.attention.head_count'] = u32(3)),
  ],
  [
    'an epsilon that is no number',
    'corrupt',
    /epsilon/,
    ({ metadata }) => (metadata['qwen3.attention.layer_norm_rms_epsilon'] = f32(Number.NaN)),
  ],
  [
    'a count as text',
    'corrupt',
    /block_count is no number/,
    ({ metadata }) => (metadata['qwen3.block_count'] = text('1')),
  ],
  ['no metadata', 'corrupt', /general\.architecture is missing/, ({ metadata }) => clear(metadata)],
  [
    'an alignment of 3',
    'corrupt',
    /alignment is 3/,
    ({ metadata }) => (metadata['general.alignment'] = u32(3)),
  ],
  [
    'an alignment as text',
    'corrupt',
    /alignment/,
    ({ metadata }) => (metadata['general.alignment'] = text('32')),
  ],
  [
    'a tokenizer of others',
    'unsupported',
    /"bert".*gpt2 and llama/,
    ({ metadata }) => (metadata['tokenizer.ggml.model'] = text('bert')),
  ],
  [
    'a pre-tokenizer of others',
    'unsupported',
    /"tekken"/,
    ({ metadata }) => (metadata['tokenizer.ggml.pre'] = text('tekken')),
  ],
  [
    'tokens that are numbers',
    'corrupt',
    /tokens has an element/,
    ({ metadata }) => (metadata['tokenizer.ggml.tokens'] = ints([1, 2, 3, 4, 5, 6])),
  ],
  [
    'an end token beyond the vocabulary',
    'corrupt',
    /eos_token_id is 6/,
    ({ metadata }) => (metadata['tokenizer.ggml.eos_token_id'] = u32(6)),
  ],
  [
    'a flag as a number',
    'corrupt',
    /add_bos_token/,
    ({ metadata }) => (metadata['tokenizer.ggml.add_bos_token'] = u32(1)),
  ],
  [
    'token types for other tokens',
    'corrupt',
    /token types/,
    ({ metadata }) => (metadata['tokenizer.ggml.token_type'] = ints([1])),
  ],
  [
    'a token type of nobody',
    'corrupt',
    /token of type 259/,
    ({ metadata }) => (metadata['tokenizer.ggml.token_type'] = ints([1, 1, 1, 1, 3, 259])),
  ],
];

function clear(record: Record<string, unknown>): void {
  for (const key of Object.keys(record)) delete record[key];
}

test.each(faults)('%s is %s', async (_, kind, says, change) => {
  const error = await changed(change).catch(error => error);
  expect(error).toMatchObject({ name: 'TabmeshError', kind, origin: 'model' });
  expect(error.message).toMatch(says);
});

/** Puts eight bytes at the place where `behind` ends. */
function patched(behind: string, value: number | bigint, skip = 0): Uint8Array<ArrayBuffer> {
  const file = writeModel(tinyModel('qwen3'));
  const at = Buffer.from(file).indexOf(behind) + behind.length + skip;
  new DataView(file.buffer).setBigUint64(at, BigInt(value), true);
  return file;
}

const lies: [name: string, says: RegExp, file: Uint8Array<ArrayBuffer>][] = [
  ['nothing', /ends within the magic/, new Uint8Array()],
  ['another file', /does not begin with "GGUF"/, new Uint8Array(100).fill(0x50)],
  ['version 9', /version 9/, patchedNumbers(4, 9)],
  ['a big-endian file', /Big-endian/, patchedNumbers(4, 0x03000000)],
  ['2^64 - 1 tensors', /beyond 2\^53/, concatBytes([head(), number64(2 ** 63), new Uint8Array(100)])],
  [
    'a million tensors',
    /claims 1000000 tensors/,
    concatBytes([head(), number64(1_000_000), new Uint8Array(100)]),
  ],
  ['a huge string', /string of|beyond 2\^53/, patched('general.architecture', 2n ** 62n, 4)],
  ['a string past the file', /ends within|string of/, patched('general.architecture', 3_000_000, 4)],
  ['a huge array', /claims .* elements/, patched('tokenizer.ggml.tokens', 2 ** 40, 8)],
  ['an array of arrays', /Arrays of arrays/, patched('tokenizer.ggml.tokens', 0x9_0000_0009n)],
  ['an unknown value type', /value type 77/, patched('general.architecture', 77)],
  [
    'a huge key',
    /string of 5000 bytes/,
    concatBytes([head(), number64(0), number64(1), number64(5000), new Uint8Array(9000)]),
  ],
];

function head(): Uint8Array<ArrayBuffer> {
  return writeModel(tinyModel('qwen3')).slice(0, 8);
}

function patchedNumbers(at: number, value: number): Uint8Array<ArrayBuffer> {
  const file = writeModel(tinyModel('qwen3'));
  new DataView(file.buffer).setUint32(at, value, true);
  return file;
}

test.each(lies)('%s', async (_, says, file) => {
  await expect(openModel(bytesSource(file))).rejects.toThrow(says);
});

test('a name or key that occurs twice', async () => {
  const swap = (from: string, to: string) => {
    const file = Buffer.from(writeModel(tinyModel('qwen3')));
    file.write(to, file.indexOf(from));
    return bytesSource(file);
  };
  await expect(openModel(swap('blk.0.attn_k.weight', 'blk.0.attn_q.weight'))).rejects.toThrow(
    /attn_q.*twice/,
  );
  await expect(openModel(swap('qwen3.context_length', 'general.architecture'))).rejects.toThrow(/twice/);
});

test('a file cut anywhere in its header is named as such', async () => {
  const file = writeModel(tinyModel('qwen3'));
  for (let bytes = 0; bytes < file.length; bytes += 7)
    await expect(openModel(bytesSource(file.subarray(0, bytes)))).rejects.toMatchObject({ kind: 'corrupt' });
});

/** Answers zeros for a file of any size, and counts what was asked for. */
function endless(beginning: Uint8Array, size: number): ByteSource & { asked: number } {
  return {
    ...bytesSource(beginning, 'endless.gguf', size),
    asked: 0,
    async read(start, end) {
      this.asked = end;
      const bytes = new Uint8Array(end - start);
      bytes.set(beginning.subarray(start, end));
      return bytes;
    },
  };
}

test('a header that never ends is left after few bytes', async () => {
  const model = tinyModel('qwen3');
  const beginning = writeModel(model);
  new DataView(beginning.buffer).setBigUint64(16, 10_000n, true);
  const zeros = endless(beginning, 100 * GiB);
  await expect(readHeader(zeros)).rejects.toMatchObject({ kind: 'corrupt' });
  expect(zeros.asked).toBeLessThan(MiB);
  const words = texts(Array.from({ length: 160 }, () => 'x'.repeat(300 * KiB)));
  const huge = endless(writeModel({ ...model, metadata: { ...model.metadata, words } }), 100 * GiB);
  await expect(readHeader(huge)).rejects.toThrow(/at most 48234496 are supported/);
  expect(huge.asked).toBeLessThan(100 * MiB);
});

test('a header larger than the first request is read in a few more', async () => {
  const model = tinyModel('qwen3');
  model.metadata['note'] = texts(Array.from({ length: 30_000 }, (_, index) => `word number ${index}`));
  const bytes = writeModel(model);
  const reads: [number, number][] = [];
  const source: ByteSource = {
    ...bytesSource(bytes),
    read: async (start, end) => {
      reads.push([start, end]);
      return bytes.slice(start, end);
    },
  };
  const header = await readHeader(source);
  expect(header.metadata['note']).toHaveLength(30_000);
  expect(reads[0]).toEqual([0, 32_768]);
  expect(reads.length).toBeLessThan(5);
  for (const [index, [start]] of reads.slice(1).entries()) expect(start).toBe(reads[index]![1]);
});

test('strings that lie over the ends of the library’s pieces come whole', async () => {
  const model = tinyModel('qwen3');
  const word = (length: number) => 'é'.repeat(length / 2);
  // Each array ends around a multiple of 2,000,000 bytes: the pieces in which the library reads.
  for (let piece = 0; piece < 4; piece++)
    model.metadata[`words${piece}`] = texts([
      ...Array<string>(6).fill(word(300_000)),
      word(200_000 + piece * 10),
    ]);
  model.metadata['template'] = text(word(380_000));
  model.metadata['last'] = flag(true);
  const { metadata, headerBytes } = await readHeader(bytesSource(writeModel(model)));
  expect(headerBytes).toBeGreaterThan(8_000_000);
  for (let piece = 0; piece < 4; piece++) {
    const words = metadata[`words${piece}`] as string[];
    expect(words.map(text => text.length)).toEqual([...Array(6).fill(150_000), 100_000 + piece * 5]);
    expect(words.every(text => /^é+$/.test(text))).toBe(true);
  }
  expect((metadata['template'] as string).length).toBe(190_000);
  expect(metadata['last']).toBe(true);
});
