import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type HubServer, startHubServer } from '../../tests/hub/hub-server.ts';
import { createMemoryStore } from '../store/memory-store.ts';
import { blobSource } from './blob-source.ts';
import { httpSource } from './http-source.ts';
import { openModel } from './open.ts';
import { chunksOf, headBytes, layerBytes, type SlicePart } from './slice.ts';
import { SliceLoader, type SliceProgress } from './slice-loader.ts';

const file = 'tabmesh/guide/guide.gguf';
const guide = readFileSync('public/models/guide.gguf');
const firstTwo: SlicePart = { layers: { first: 0, last: 2 } };

vi.setConfig({ testTimeout: 60_000 });

let hub: HubServer;
beforeEach(async () => {
  hub = await startHubServer();
  hub.put(file, guide);
});
afterEach(() => hub.close());

async function start(store = createMemoryStore()) {
  const source = httpSource(`hub:${file}`, { hubOrigin: hub.origin });
  const { model } = await openModel(source);
  return { store, source, model, loader: new SliceLoader({ store, source, model }) };
}

/** toEqual compares arrays number by number, which takes seconds. */
const expectBytes = (bytes: Uint8Array, { start, end }: { start: number; end: number }) =>
  expect(guide.subarray(start, end).equals(bytes)).toBe(true);

const asked = () => hub.log.slice(1).reduce((total, { start, end }) => total + end - start, 0);

test('the header costs one request of 32 KiB', async () => {
  await start();
  expect(hub.log.map(({ start, end }) => [start, end])).toEqual([[0, 32_768]]);
});

test('fetches the bytes of its slice and no others, tells of each, and reads them without the network', async () => {
  const { loader, model } = await start();
  const progress: SliceProgress[] = [];
  await loader.fetch(firstTwo, { onProgress: step => progress.push(step) });
  const total = layerBytes(model, 0) + layerBytes(model, 1);
  expect(asked()).toBe(total);
  expect(hub.log).toHaveLength(2);
  expect(progress.at(-1)).toEqual({ bytes: total, totalBytes: total, memberBytes: 0 });
  expect(progress.map(({ bytes }) => bytes)).toEqual(
    progress.map(({ bytes }) => bytes).sort((a, b) => a - b),
  );
  await hub.close();
  for (const { name, offset, bytes } of model.tensors.values())
    if (/^blk\.[01]\./.test(name))
      expectBytes(await loader.read(name, { start: 0, end: bytes }), { start: offset, end: offset + bytes });
});

test('what is stored is not fetched again, by any loader, for any plan', async () => {
  const { store, loader } = await start();
  await loader.fetch(firstTwo);
  const again = await start(store);
  const before = hub.log.length;
  const progress: SliceProgress[] = [];
  await again.loader.fetch({ layers: { first: 1, last: 2 } }, { onProgress: step => progress.push(step) });
  expect(hub.log).toHaveLength(before);
  expect(progress).toHaveLength(1);
  await again.loader.fetch({ layers: { first: 1, last: 3 } });
  expect(hub.log.at(-1)!.end - hub.log.at(-1)!.start).toBe(layerBytes(again.model, 2));
});

test('that a file was verified is known after a reload, and of no chunk that was replaced since', async () => {
  const { store, loader, model } = await start();
  await loader.fetch(firstTwo);
  const chunks = chunksOf(model, firstTwo);
  const verified = async (of: SliceLoader) => (await of.stored()).map(chunk => chunk.verified);
  expect(await verified(loader)).toEqual(chunks.map(() => false));
  await loader.verify(chunks);
  const reloaded = await start(store);
  expect(await verified(reloaded.loader)).toEqual(chunks.map(() => true));

  await reloaded.loader.discard([chunks[0]!]);
  hub.put(
    file,
    guide.map((byte, at) => (at === chunks[0]!.start ? byte ^ 1 : byte)),
  );
  await reloaded.loader.fetch(firstTwo);
  const again = await reloaded.loader.stored();
  expect(again.filter(chunk => !chunk.verified).map(({ start }) => start)).toEqual([chunks[0]!.start]);
});

test('an interrupted fetch keeps what came, and the next one brings the rest', async () => {
  const { store, loader, model } = await start();
  const [embedding, norm] = chunksOf(model, 'head');
  await loader.read('token_embd.weight', { start: 0, end: embedding!.end - embedding!.start });
  hub.faults.push({ kind: 'cut', afterBytes: 1000 }, { kind: 'status', status: 404 });
  await expect(loader.fetch('head')).rejects.toMatchObject({ kind: 'not-found' });
  const again = await start(store);
  await again.loader.fetch('head');
  const times = (place: number) =>
    hub.log.filter(({ start, status }) => start === place && status === 206).length;
  expect(times(embedding!.start)).toBe(1);
  expect(times(norm!.start)).toBe(2);
  expectBytes(await again.loader.read('output_norm.weight', { start: 0, end: 1024 }), norm!);
});

test('an abort in mid-fetch ends it', async () => {
  const { loader } = await start();
  const abort = new AbortController();
  const fetched = loader.fetch(firstTwo, {
    signal: abort.signal,
    onProgress: ({ bytes }) => bytes > 0 && abort.abort(),
  });
  await expect(fetched).rejects.toMatchObject({ name: 'AbortError' });
});

test('a stored chunk that broke is fetched again', async () => {
  const { store, loader, model } = await start();
  await loader.fetch(firstTwo);
  const [key] = await store.keys('slices');
  const value = (await store.get('slices', key!))!;
  value[value.length - 1]! ^= 1;
  await store.put('slices', key!, value);
  const tensors = [...model.tensors.values()].filter(({ name }) => /^blk\.[01]\./.test(name));
  for (const { name, offset, bytes } of tensors)
    expectBytes(await loader.read(name, { start: 0, end: bytes }), { start: offset, end: offset + bytes });
  expect(hub.log).toHaveLength(3);
});

test('tensors that are read in order, in pieces, take each chunk from the store once', async () => {
  const store = createMemoryStore();
  const gets: string[] = [];
  const get: typeof store.get = (...key) => {
    gets.push(key[1]);
    return store.get(...key);
  };
  const { loader, model } = await start({ ...store, get });
  await loader.fetch(firstTwo);
  const tensors = [...model.tensors.values()].filter(({ name }) => /^blk\.[01]\./.test(name));
  for (const { name, offset, bytes } of tensors.sort((a, b) => a.offset - b.offset)) {
    for (let at = 0; at < bytes; at += 100_000) {
      const range = { start: at, end: Math.min(bytes, at + 100_000) };
      expectBytes(await loader.read(name, range), { start: offset + range.start, end: offset + range.end });
    }
  }
  expect(gets).toHaveLength(chunksOf(model, firstTwo).length);
});

test('calls that overlap fetch a chunk once; one that is aborted does not stop the other', async () => {
  const { loader, model } = await start();
  const abort = new AbortController();
  const first = loader.fetch(firstTwo);
  const second = loader.fetch({ layers: { first: 0, last: 3 } }, { signal: abort.signal });
  const third = loader.fetch(firstTwo);
  abort.abort();
  await expect(second).rejects.toMatchObject({ name: 'AbortError' });
  await Promise.all([first, third]);
  expect(asked()).toBe(layerBytes(model, 0) + layerBytes(model, 1));
});

test('chunks of a file that was replaced are forgotten', async () => {
  const { store, loader } = await start();
  await loader.fetch(firstTwo);
  const old = await store.keys('slices');
  hub.put(file, guide, '"newer"');
  const again = await start(store);
  await again.loader.fetch('head');
  for (const key of old) expect(await store.get('slices', key)).toBeUndefined();
});

test('a full store ends the fetch and says so', async () => {
  const store = createMemoryStore();
  const { loader } = await start({ ...store, put: () => Promise.reject(new Error('full')) });
  await expect(loader.fetch('head')).rejects.toThrow('full');
});

test('a local file is read where it lies', async () => {
  const source = blobSource(new Blob([guide]), 'guide.gguf');
  const { model } = await openModel(source);
  const store = createMemoryStore();
  const loader = new SliceLoader({ store, source, model });
  const progress: SliceProgress[] = [];
  await loader.fetch('head', { onProgress: step => progress.push(step) });
  expect(progress).toEqual([{ bytes: headBytes(model), totalBytes: headBytes(model), memberBytes: 0 }]);
  expect((await loader.read('output_norm.weight', { start: 4, end: 12 })).length).toBe(8);
  expect(await store.keys('slices')).toEqual([]);
});

test('what is lent stays within its limit of the disk, and is read all the same', async () => {
  const { store, source, model } = await start();
  let limit: number | undefined = layerBytes(model, 0);
  const loader = new SliceLoader({ store, source, model, diskBytes: () => limit });
  const onDisk = async () => (await loader.stored()).reduce((sum, { start, end }) => sum + end - start, 0);
  const progress: SliceProgress[] = [];
  await loader.fetch(firstTwo, { lent: true, onProgress: step => progress.push(step) });
  expect(await onDisk()).toBe(limit);
  expect(progress.at(-1)).toEqual({ bytes: limit, totalBytes: limit, memberBytes: 0 });
  for (const { name, offset, bytes } of model.tensors.values())
    if (/^blk\.[01]\./.test(name))
      expectBytes(await loader.read(name, { start: 0, end: bytes }), { start: offset, end: offset + bytes });
  expect(asked()).toBe(limit + layerBytes(model, 1));
  expect(await onDisk()).toBe(limit);

  // What its person asks for is bound by nothing, and counts.
  await loader.fetch('head');
  expect(await onDisk()).toBe(limit + headBytes(model));
  limit += layerBytes(model, 1);
  await loader.fetch(firstTwo, { lent: true });
  expect(await onDisk()).toBe(layerBytes(model, 0) + headBytes(model));
  limit = undefined;
  await loader.fetch(firstTwo, { lent: true });
  expect(await onDisk()).toBe(layerBytes(model, 0) + layerBytes(model, 1) + headBytes(model));
});
