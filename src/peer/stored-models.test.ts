import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type HubServer, startHubServer } from '../../tests/hub/hub-server.ts';
import { splitModel } from '../../tests/unit/split-model.ts';
import type { ModelId } from '../base/brand.ts';
import { blobSource } from '../model/blob-source.ts';
import { httpSource } from '../model/http-source.ts';
import { createModelLibrary } from '../model/library.ts';
import { openModel } from '../model/open.ts';
import { headBytes, layerBytes } from '../model/slice.ts';
import { createMemoryStore } from '../store/memory-store.ts';
import { StoredModels } from './stored-models.ts';

vi.setConfig({ testTimeout: 60_000 });

const guide = readFileSync('public/models/guide.gguf');

let hub: HubServer;
beforeEach(async () => {
  hub = await startHubServer();
});
afterEach(() => hub.close());

function house(now = () => 7) {
  const store = createMemoryStore();
  const library = createModelLibrary({
    store,
    resolve: id => httpSource(id, { hubOrigin: hub.origin }),
  });
  return { store, library, stored: new StoredModels(store, now) };
}

test('says which layers of a model are stored, of how many bytes', async () => {
  hub.put('a/b/guide.gguf', guide);
  const { library, stored } = house();
  const open = await library.open('hub:a/b/guide.gguf' as ModelId);
  await stored.note(open);
  const { model } = open;
  const loader = await library.loader(model.id);
  await loader.fetch({ layers: { first: 1, last: 3 } });
  await stored.refresh();
  const [first] = stored.list.peek();
  expect(first).toMatchObject({
    bytes: layerBytes(model, 1) + layerBytes(model, 2),
    known: {
      id: model.id,
      name: 'guide',
      layers: [false, true, true, false, false, false],
      head: false,
      openedAt: 7,
    },
  });
  await loader.fetch({ layers: { first: 0, last: model.hyper.layers } });
  await loader.fetch('head');
  await stored.refresh();
  const [whole] = stored.list.peek();
  expect(whole!.bytes).toBe(whole!.known!.totalBytes);
  expect(whole!.known).toMatchObject({ layers: Array(6).fill(true), head: true });
  expect(whole!.bytes).toBeGreaterThanOrEqual(headBytes(model));
});

test('a model that is deleted leaves nothing behind, whatever it was made of, and others stay', async () => {
  const { store, library, stored } = house();
  const parts = await splitModel(readFileSync('tests/fixtures/tiny-qwen3-q4_k_m.gguf'), 'tiny', [3, 4, 0]);
  for (const { name, bytes } of parts) hub.put(`a/b/${name}`, bytes);
  hub.put('a/b/guide.gguf', guide);
  for (const name of [parts[0]!.name, 'guide.gguf']) {
    const open = await library.open(`hub:a/b/${name}` as ModelId);
    await stored.note(open);
    await (await library.loader(open.model.id)).fetch('head');
  }
  await stored.refresh();
  expect(stored.list.peek()).toHaveLength(2);
  const split = stored.list.peek().find(({ known }) => known?.id !== 'hub:a/b/guide.gguf')!;
  await stored.delete(split.key);
  expect(stored.list.peek().map(({ known }) => known?.id)).toEqual(['hub:a/b/guide.gguf']);
  await stored.delete(stored.list.peek()[0]!.key);
  expect(await store.keys('slices')).toEqual([]);
  expect(await store.keys('settings')).toEqual([]);
});

test('bytes that nobody remembers can be deleted, and a broken note is none', async () => {
  hub.put('a/b/guide.gguf', guide);
  const { store, library, stored } = house();
  const { model } = await library.open('hub:a/b/guide.gguf' as ModelId);
  await (await library.loader(model.id)).fetch('head');
  await store.put('settings', 'stored/x', new TextEncoder().encode('{"id":""}'));
  await stored.refresh();
  const [only] = stored.list.peek();
  expect(stored.list.peek()).toEqual([{ key: only!.key, bytes: headBytes(model) }]);
  await stored.delete(only!.key);
  expect(await store.keys('slices')).toEqual([]);
});

test('nothing is remembered of a file on this device', async () => {
  const { store, stored } = house();
  await stored.note(await openModel(blobSource(new Blob([guide]), 'guide.gguf')));
  expect(await store.keys('settings')).toEqual([]);
});

test('when a model was last used outlives that it is opened again, and puts it first', async () => {
  const tiny = readFileSync('tests/fixtures/tiny-qwen3-q4_k_m.gguf');
  hub.put('a/b/guide.gguf', guide);
  hub.put('a/b/tiny.gguf', tiny);
  let now = 1;
  const { library, stored } = house(() => now++);
  const old = await library.open('hub:a/b/guide.gguf' as ModelId);
  await stored.note(old);
  await stored.note(await library.open('hub:a/b/tiny.gguf' as ModelId));
  const seen = () => stored.list.peek().map(({ known }) => [known?.name, known?.openedAt, known?.usedAt]);
  expect(seen()).toEqual([
    ['tiny', 2, undefined],
    ['guide', 1, undefined],
  ]);
  // Both at once: neither writes over what the other has just read.
  await Promise.all([stored.used(old.model.id), stored.note(old), stored.used('hub:a/b/unknown.gguf')]);
  expect(seen()[0]).toEqual(['guide', 4, 3]);
  await stored.refresh();
  expect(seen()[0]).toEqual(['guide', 4, 3]);
});
