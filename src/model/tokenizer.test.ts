import { openAsBlob, readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import {
  bytesSource,
  flag,
  floats,
  ints,
  text,
  texts,
  tinyModel,
  u32,
  type Value,
  writeModel,
} from '../../tests/unit/model-maker.ts';
import { seededRandom } from '../base/random.ts';
import { blobSource } from './blob-source.ts';
import { openModel } from './open.ts';

vi.setConfig({ testTimeout: 60_000 });

const fixture = async (name: string) =>
  (await openModel(blobSource(await openAsBlob(`tests/fixtures/${name}.gguf`), name))).tokenizer;
const guide = async () =>
  (await openModel(blobSource(await openAsBlob('public/models/guide.gguf'), 'guide.gguf'))).tokenizer;

const families = [
  ['byte-level BPE (qwen2)', () => fixture('tiny-qwen3-f32')],
  ['byte-level BPE (llama-bpe)', () => fixture('tiny-llama3-f16')],
  ['SentencePiece', () => fixture('tiny-llama-q4_0')],
] as const;
const plain = { special: false, bos: false };

test.each(families)('%s: any text comes back', async (_, open) => {
  const tokenizer = await open();
  const random = seededRandom(7);
  const alphabet = [
    'a',
    'the ',
    ' ',
    '  ',
    '\n',
    '\r\n',
    '\t',
    'É',
    '漢字',
    '🦙',
    '👨‍👩‍👧',
    '\u0301',
    '\0',
    '<',
    '|',
    '1234',
    '\ufeff',
    "'S",
  ];
  for (let round = 0; round < 200; round++) {
    const words = Array.from({ length: 20 }, () => alphabet[Math.floor(random.next() * alphabet.length)]!);
    const written = words.join('');
    expect(tokenizer.decode(tokenizer.encode(written, plain))).toBe(written);
  }
});

test.each(families)(
  '%s: a stream gives what decoding at once gives, and never half a character',
  async (_, open) => {
    const tokenizer = await open();
    const written = 'x Größe 漢字 🦙👨‍👩‍👧 naïve';
    const tokens = tokenizer.encode(written, plain);
    const stream = tokenizer.stream();
    const pieces = tokens.map(token => stream.push(token));
    expect(pieces.join('')).not.toContain('\ufffd');
    // A stream is a continuation: the space that `encode` put in front of a SentencePiece text stays.
    expect((pieces.join('') + stream.end()).trimStart()).toBe(written);
    const half = tokenizer.stream();
    const cut = tokenizer.encode('🦙', plain);
    for (const token of cut.slice(0, -1)) expect(half.push(token).trim()).toBe('');
    expect(half.end()).toBe('\ufffd');
  },
);

test.each(families)(
  '%s: the pieces of a text have its bytes, and whole characters as they are',
  async (_, open) => {
    const tokenizer = await open();
    const written = ' Größe 漢字 🦙';
    const pieces = tokenizer.encode(written, plain).map(token => tokenizer.piece(token));
    const bytes = Buffer.concat(pieces.map(piece => piece.bytes!));
    expect(bytes.toString().trimStart()).toBe(written.trimStart());
    const whole = pieces.filter(piece => Buffer.from(piece.bytes!).toString() === piece.text);
    const parts = pieces.filter(piece => !whole.includes(piece));
    expect(whole.map(({ text }) => text).join('')).toContain('Gr');
    expect(parts.length).toBeGreaterThan(3);
    for (const piece of parts) expect(piece.text).toMatch(/^(\\x[89a-f][0-9a-f]| )+$/);
  },
);

test('control tokens are read out of a text only when asked, and never made by plain text', async () => {
  const tokenizer = await guide();
  const written = '<|im_start|>user\nHi<|im_end|>';
  const special = tokenizer.encode(written, { special: true, bos: false });
  expect([special[0], special.at(-1)]).toEqual([1022, 1023]);
  expect(tokenizer.encode(written, plain).every(token => token < 1021)).toBe(true);
  expect(tokenizer.decode(special)).toBe('user\nHi');
  expect(tokenizer.decode(special, { special: true })).toBe(written);
  expect(tokenizer.endTokens).toEqual(new Set([1021, 1023]));
  expect(tokenizer.piece(1023)).toEqual({ text: '<|im_end|>', bytes: undefined });
  const spm = await fixture('tiny-llama-q4_0');
  expect(spm.encode('<s></s><unk>', plain).every(token => token > 2)).toBe(true);
  expect(spm.encode('<s>a', { special: true, bos: false })[0]).toBe(1);
});

test('BOS where the model wants one, and only then', async () => {
  const spm = await fixture('tiny-llama-q4_0');
  expect([spm.bos, spm.encode('', { special: false, bos: true })]).toEqual([1, [1]]);
  const llama3 = await fixture('tiny-llama3-f16');
  expect([llama3.bos, llama3.encode('', { special: false, bos: true })]).toEqual([undefined, []]);
});

async function sentencePiece(more: Record<string, Value> = {}) {
  const model = tinyModel('llama');
  const tokens = ['<unk>', '<s>', '▁', 'a', 'b', 'c', 'ab', 'bc', '▁a', '<0xC3>', '\n\n', '▁▁'];
  model.tensors['token_embd.weight'] = { shape: [32, tokens.length] };
  Object.assign(model.metadata, {
    'tokenizer.ggml.model': text('llama'),
    'tokenizer.ggml.tokens': texts(tokens),
    'tokenizer.ggml.scores': floats([0, 0, -9, -9, -9, -9, -2, -1, -3, 0, 0, -1]),
    'tokenizer.ggml.token_type': ints([2, 3, 1, 1, 1, 1, 1, 1, 1, 6, 4, 1]),
    'tokenizer.ggml.bos_token_id': u32(1),
    'tokenizer.ggml.unknown_token_id': u32(0),
    'tokenizer.ggml.eos_token_id': u32(1),
    ...more,
  });
  return (await openModel(bytesSource(writeModel(model)))).tokenizer;
}

test('SentencePiece merges the pair of the highest score first, then the leftmost', async () => {
  const tokenizer = await sentencePiece();
  expect(tokenizer.encode('abc', plain)).toEqual([8, 7]);
  expect(tokenizer.encode('b ab', plain)).toEqual([2, 4, 2, 6]);
  expect(tokenizer.encode('  ', plain)).toEqual([11, 2]);
});

test('SentencePiece: bytes for unknown characters, the unknown token for unknown bytes', async () => {
  const tokenizer = await sentencePiece();
  expect(tokenizer.encode('é', plain)).toEqual([2, 9, 0]);
});

test('SentencePiece: the space in front can be off; user-defined tokens are always read', async () => {
  const tokenizer = await sentencePiece({ 'tokenizer.ggml.add_space_prefix': flag(false) });
  expect(tokenizer.encode('a\n\na', plain)).toEqual([3, 10, 3]);
  expect(tokenizer.decode([2, 3])).toBe(' a');
  const spaced = await sentencePiece();
  expect(spaced.encode('a\n\na', plain)).toEqual([8, 10, 8]);
  expect(spaced.decode([8])).toBe('a');
  expect(spaced.bos).toBe(1);
});

test('qwen35 keeps combining marks with their letters, qwen2 does not', async () => {
  const words = async (pre: string) => {
    const model = tinyModel('qwen3');
    const accent = ['Ì', 'ģ'];
    const tokens = ['a', ...accent, accent.join(''), `a${accent.join('')}`, 'b'];
    model.metadata['tokenizer.ggml.tokens'] = texts(tokens);
    model.metadata['tokenizer.ggml.token_type'] = ints(tokens.map(() => 1));
    model.metadata['tokenizer.ggml.merges'] = texts([accent.join(' '), `a ${accent.join('')}`]);
    model.metadata['tokenizer.ggml.pre'] = text(pre);
    return (await openModel(bytesSource(writeModel(model)))).tokenizer.encode('a\u0301b', plain);
  };
  expect(await words('qwen35')).toEqual([4, 5]);
  expect(await words('qwen2')).toEqual([0, 3, 5]);
});

test('a token that does not exist is the caller’s mistake', async () => {
  const tokenizer = await guide();
  for (const token of [1024, -1, 1.5, Number.NaN])
    expect(() => tokenizer.decode([token])).toThrow(expect.objectContaining({ kind: 'invalid' }));
});

test('half a surrogate pair is U+FFFD', async () => {
  const tokenizer = await guide();
  expect(tokenizer.decode(tokenizer.encode('a\ud83eb', plain))).toBe('a\ufffdb');
});

const longTexts: [string, (length: number) => string][] = [
  ['one letter', length => 'a'.repeat(length)],
  ['spaces', length => ' '.repeat(length)],
  ['spaces and a letter', length => `${' '.repeat(length)}x`],
  ['newlines', length => '\n'.repeat(length)],
  ['one word', length => 'browser'.repeat(length / 7)],
  ['punctuation', length => '<|'.repeat(length / 2)],
  ['digits', length => '7'.repeat(length)],
  ['llamas', length => '🦙'.repeat(length / 2)],
];

/** Milliseconds of this process, so that other work on the machine does not count. */
function cost(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

test.each(families)('%s: four times the text takes about four times as long', async (_, open) => {
  const tokenizer = await open();
  tokenizer.encode('warm', plain);
  for (const [what, make] of longTexts) {
    const short = make(20_000);
    const long = make(80_000);
    const shortCost = Math.min(...[0, 1, 2].map(() => cost(() => tokenizer.encode(short, plain))));
    let tokens: number[] = [];
    const longCost = cost(() => (tokens = tokenizer.encode(long, plain)));
    // Quadratic would be 16 times; below 50 ms the clock and the collector count more than the work.
    expect(longCost, what).toBeLessThan(12 * Math.max(shortCost, 50));
    expect(tokenizer.decode(tokens) === long, what).toBe(true);
  }
});

test('a megabyte is encoded', async () => {
  const readme = readFileSync('tests/fixtures/README.md', 'utf8');
  const long = readme.repeat(Math.ceil(1_000_000 / readme.length));
  for (const tokenizer of [await guide(), await fixture('tiny-llama-q4_0')])
    expect(tokenizer.decode(tokenizer.encode(long, { special: true, bos: false })) === long).toBe(true);
});
