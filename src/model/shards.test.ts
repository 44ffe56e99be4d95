import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type HubServer, startHubServer } from '../../tests/hub/hub-server.ts';
import { bytesSource } from '../../tests/unit/model-maker.ts';
import { type Claims, type Shard, splitModel } from '../../tests/unit/split-model.ts';
import { TabmeshError } from '../base/error.ts';
import { createMemoryStore } from '../store/memory-store.ts';
import { filesSource } from './files-source.ts';
import { httpSource } from './http-source.ts';
import { siblingRef } from './model-ref.ts';
import { type OpenModel, openModel } from './open.ts';
import { chunksOf } from './slice.ts';
import { SliceLoader } from './slice-loader.ts';
import type { ByteSource } from './source.ts';

vi.setConfig({ testTimeout: 60_000 });

const original = new Uint8Array(readFileSync('tests/fixtures/tiny-qwen3-q4_k_m.gguf'));
const whole = await openModel(bytesSource(original, 'tiny.gguf'));
const split = (counts: readonly number[], claims?: (part: number) => Claims) =>
  splitModel(original, 'tiny', counts, claims);
const asFile = ({ name, bytes }: Shard) => new File([bytes], name);

/** A folder in memory; of parts that are not there it says so. */
function folder(shards: readonly Shard[], name = shards[0]!.name): ByteSource {
  const shard = shards.find(each => each.name === name);
  if (shard === undefined) throw new TabmeshError('not-found', 'model', `no ${name}`);
  return { ...bytesSource(shard.bytes, name), sibling: async other => folder(shards, other) };
}

/** Every tensor has the bytes that it has in the file before it was split, and no chunk spans two files. */
async function expectSame({ model, source }: OpenModel, borders: readonly number[]): Promise<void> {
  expect(model.name).toBe('tiny');
  expect(model.hyper).toEqual(whole.model.hyper);
  expect([...model.tensors.keys()].sort()).toEqual([...whole.model.tensors.keys()].sort());
  expect(await source.size()).toBe(model.fileBytes);
  const loader = new SliceLoader({ store: createMemoryStore(), source, model });
  const layers = { first: 0, last: model.hyper.layers };
  await loader.fetch({ layers });
  await loader.fetch('head');
  for (const { name, offset, bytes } of whole.model.tensors.values()) {
    const expected = original.subarray(offset, offset + bytes);
    expect(Buffer.from(await loader.read(name, { start: 0, end: bytes })).equals(expected), name).toBe(true);
  }
  for (const part of [{ layers }, 'head'] as const)
    for (const { start, end } of chunksOf(model, part))
      expect(borders.filter(border => start < border && border < end)).toEqual([]);
}

const bordersOf = (shards: readonly Shard[]): number[] => {
  let end = 0;
  return shards.map(({ bytes }) => (end += bytes.length));
};

const cuts = [
  ['two', [30]],
  ['one that has the metadata alone, and two', [0, 20]],
  ['seven, more than are asked for at once', [5, 11, 2, 11, 8, 9]],
] as const;

test.each(cuts)('%s parts are the model that was split', async (_, counts) => {
  const shards = await split([...counts, 0]);
  await expectSame(await openModel(folder(shards)), bordersOf(shards));
});

test('a part lies in memory as it lies in the file, whatever range is read', async () => {
  const shards = await split([20, 20, 0]);
  const { source } = await openModel(filesSource(shards.map(asFile)));
  const all = Buffer.concat(shards.map(({ bytes }) => bytes));
  const [first, second] = bordersOf(shards);
  for (const [start, end] of [
    [0, 0],
    [first! - 1, first! + 1],
    [first!, second!],
    [0, all.length],
    [all.length, all.length],
  ] as const) {
    let counted = 0;
    const read = await source.read(start, end, undefined, more => {
      counted += more;
    });
    expect(all.subarray(start, end).equals(read)).toBe(true);
    expect(counted).toBe(end - start);
  }
});

let hub: HubServer;
beforeEach(async () => {
  hub = await startHubServer();
});
afterEach(() => hub.close());

test('from the Hub: a few bytes of each header, then only what a slice needs', async () => {
  const shards = await split([20, 20, 0]);
  for (const { name, bytes } of shards) hub.put(`owner/repo/${name}`, bytes);
  const id = `hub:owner/repo/${shards[0]!.name}`;
  const opened = await openModel(httpSource(id, { hubOrigin: hub.origin }));
  expect([opened.model.id, opened.source.shareable, opened.source.local]).toEqual([id, true, false]);
  expect(hub.log.map(({ file }) => file).sort()).toEqual(shards.map(({ name }) => `owner/repo/${name}`));
  const { version } = opened.source;
  const before = await version();
  await expectSame(opened, bordersOf(shards));
  hub.put(`owner/repo/${shards[2]!.name}`, shards[2]!.bytes, '"newer"');
  const again = await openModel(httpSource(id, { hubOrigin: hub.origin }));
  expect(await again.source.version()).not.toBe(before);
  expect(hub.preflights).toEqual([]);
});

test('a part that the Hub does not have is named', async () => {
  const shards = await split([20, 20, 0]);
  for (const { name, bytes } of [shards[0]!, shards[2]!]) hub.put(`owner/repo/${name}`, bytes);
  const source = httpSource(`hub:owner/repo/${shards[0]!.name}`, { hubOrigin: hub.origin });
  await expect(openModel(source)).rejects.toMatchObject({
    kind: 'not-found',
    reason: expect.stringContaining('Part 2 of 3, tiny-00002-of-00003.gguf, is missing'),
  });
});

test('addresses of the same folder', () => {
  expect(siblingRef('hub:o/r/sub/a-1.gguf', 'b$&.gguf')).toBe('hub:o/r/sub/b$&.gguf');
  expect(siblingRef('https://host.example/f/a.gguf?key=1', 'b c.gguf')).toBe(
    'https://host.example/f/b%20c.gguf?key=1',
  );
});

test('files that were dropped together, in any order', async () => {
  const shards = await split([20, 20, 0]);
  const opened = await openModel(filesSource(shards.toReversed().map(asFile)));
  await expectSame(opened, bordersOf(shards));
  expect(opened.source.local).toBe(true);
  expect((await openModel(filesSource([new File([original], 'tiny.gguf')]))).model.name).toBe('tiny');
});

test.each([
  ['no file', 'invalid', /No file/, []],
  ['parts without the first', 'invalid', /not the parts of one model/, [1, 2]],
  ['a part twice', 'invalid', /one model at a time/, [0, 1, 1, 2]],
  ['a part too few', 'not-found', /Part 3 of 3, tiny-00003-of-00003\.gguf, is missing/, [0, 1]],
  ['the first alone', 'not-found', /Choose all 3 at once/, [0]],
  ['another part alone', 'invalid', /part 2 of 3\. Open the first, tiny-00001-of-00003\.gguf/, [1]],
] as const)('dropped: %s', async (_, kind, says, chosen) => {
  const shards = await split([20, 20, 0]);
  const opening = (async () => openModel(filesSource(chosen.map(part => asFile(shards[part]!)))))();
  await expect(opening).rejects.toMatchObject({ kind, origin: 'model', reason: expect.stringMatching(says) });
});

test('files of two models are refused', async () => {
  const shards = await split([20, 20, 0]);
  const other = await splitModel(original, 'other', [20, 20, 0]);
  for (const files of [
    [shards[0]!, other[1]!, shards[2]!],
    [...shards, { name: 'x.gguf', bytes: original }],
  ])
    expect(() => filesSource(files.map(asFile))).toThrow(expect.objectContaining({ kind: 'invalid' }));
});

const lies: [string, string, RegExp, (shards: Shard[]) => Promise<Shard[]>][] = [
  [
    'parts in another order',
    'corrupt',
    /tiny-00002-of-00003\.gguf does not fit .* part 3, not part 2/,
    async ([a, b, c]) => [a!, { ...c!, name: b!.name }, { ...b!, name: c!.name }],
  ],
  [
    'a part twice under two names',
    'corrupt',
    /tiny-00003-of-00003\.gguf .* part 2, not part 3/,
    async ([a, b, c]) => [a!, b!, { ...b!, name: c!.name }],
  ],
  [
    'the first part again',
    'corrupt',
    /part 1, not part 2/,
    async ([a, b, c]) => [a!, { ...a!, name: b!.name }, c!],
  ],
  [
    'a whole model as a part',
    'corrupt',
    /no part of a model in several files/,
    async ([a, b, c]) => [a!, { ...b!, bytes: original }, c!],
  ],
  [
    'a part of a model of more parts',
    'corrupt',
    /4 parts, not 3/,
    async ([a, b, c]) => [a!, { ...b!, bytes: (await split([20, 20, 5, 0]))[1]!.bytes }, c!],
  ],
  [
    'a part of a model of other tensors',
    'corrupt',
    /a model of 39 tensors/,
    async ([a, b, c]) => {
      const file = new Uint8Array(readFileSync('tests/fixtures/tiny-qwen3moe-q8_0.gguf'));
      return [a!, { ...b!, bytes: (await splitModel(file, 'moe', [10, 10, 0]))[1]!.bytes }, c!];
    },
  ],
  [
    'a part with tensors of another part',
    'corrupt',
    /tensor \S+ is in another part already/,
    async ([a, , c]) => [a!, (await split([10, 20, 0]))[1]!, c!],
  ],
  [
    'parts that lack tensors',
    'corrupt',
    /together they have \d+ tensors/,
    async ([a, , c]) => [a!, (await split([25, 15, 0]))[1]!, c!],
  ],
  [
    'parts with more tensors than there are',
    'corrupt',
    /together they have \d+ tensors/,
    () => split([20, 20, 0], () => ({ tensors: 30 })),
  ],
  [
    'a damaged part',
    'corrupt',
    /no GGUF file/,
    async ([a, b, c]) => [a!, { ...b!, bytes: new Uint8Array(100) }, c!],
  ],
  [
    'a part that is cut off',
    'corrupt',
    /is the file incomplete/,
    async ([a, b, c]) => [a!, { ...b!, bytes: b!.bytes.slice(0, -1000) }, c!],
  ],
  [
    'a first part of another name',
    'unsupported',
    /model\.gguf is one of 3 files .* must end in -00001-of-00003\.gguf/,
    async ([a, b, c]) => [{ ...a!, name: 'model.gguf' }, b!, c!],
  ],
  [
    'a first part whose name counts other parts',
    'unsupported',
    /must end in -00001-of-00003/,
    async ([a, b, c]) => [{ ...a!, name: 'tiny-00001-of-00002.gguf' }, b!, c!],
  ],
  [
    'a first part that says it is another',
    'corrupt',
    /tiny-00001-of-00003\.gguf .* part 3, not part 1/,
    () => split([20, 20, 0], part => (part === 0 ? { no: 2 } : {})),
  ],
  [
    'absurdly many parts',
    'corrupt',
    /split\.count is 65535/,
    () => split([20, 20, 0], () => ({ count: 65_535 })),
  ],
  [
    'absurdly many tensors',
    'corrupt',
    /split\.tensors\.count is 1000000000/,
    () => split([20, 20, 0], () => ({ tensors: 1_000_000_000 })),
  ],
];

test.each(lies)('%s: %s', async (_, kind, says, change) => {
  const shards = await change(await split([20, 20, 0]));
  await expect(openModel(folder(shards))).rejects.toMatchObject({
    kind,
    origin: 'model',
    reason: expect.stringMatching(says),
  });
});

test('an abort while the parts are read ends it', async () => {
  const shards = await split([20, 20, 0]);
  const abort = new AbortController();
  const source = folder(shards);
  const sibling = async (name: string) => {
    abort.abort();
    const part = await source.sibling!(name);
    const size = async (signal?: AbortSignal) => {
      signal?.throwIfAborted();
      return part.size();
    };
    return { ...part, size };
  };
  const opening = openModel({ ...source, sibling }, abort.signal);
  await expect(opening).rejects.toMatchObject({ name: 'AbortError' });
});
