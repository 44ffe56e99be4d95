import { readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import type { ModelId } from '../base/brand.ts';
import { TabmeshError } from '../base/error.ts';
import { createMemoryStore } from '../store/memory-store.ts';
import { blobSource } from './blob-source.ts';
import { createModelLibrary } from './library.ts';
import type { ByteSource } from './source.ts';

vi.setConfig({ testTimeout: 60_000 });

const id = 'https://host.invalid/tiny.gguf' as ModelId;
const bytes = readFileSync('tests/fixtures/tiny-qwen3-q4_k_m.gguf');

/** A server that can be taken away, and whose file can be replaced. */
function server() {
  const state = { up: true, version: '1', reads: 0 };
  const blob = blobSource(new Blob([bytes]), 'tiny.gguf', id);
  const ask = async <T>(answer: () => Promise<T>): Promise<T> => {
    if (!state.up) throw new TabmeshError('unavailable', 'model', 'host.invalid cannot be reached.');
    return answer();
  };
  const source: ByteSource = {
    ...blob,
    local: false,
    size: () => ask(() => blob.size()),
    version: () => ask(async () => state.version),
    read: (...range) => {
      state.reads++;
      return ask(() => blob.read(...range));
    },
  };
  return { state, source };
}

function house() {
  const store = createMemoryStore();
  const { state, source } = server();
  /** As after a reload. */
  const library = () => createModelLibrary({ store, resolve: () => source });
  return { state, library, store };
}

test('a model whose bytes are stored opens and is read when its server is gone', async () => {
  const { state, library } = house();
  const { model } = await library().open(id);
  const whole = await library().loader(id);
  await whole.fetch({ layers: { first: 0, last: model.hyper.layers } });
  await whole.fetch('head');
  state.up = false;
  state.reads = 0;
  const later = library();
  const again = await later.open(id);
  expect([...again.model.tensors]).toEqual([...model.tensors]);
  const { read } = await later.loader(id);
  for (const { name, offset, bytes: size } of model.tensors.values())
    expect(
      bytes.compare(await read(name, { start: 0, end: size }), 0, size, offset, offset + size),
      name,
    ).toBe(0);
  expect(state.reads).toBe(0);
});

test('without its server a model that was never opened stays closed, and bytes that are not stored are missed', async () => {
  const { state, library } = house();
  state.up = false;
  await expect(library().open(id)).rejects.toMatchObject({ kind: 'unavailable' });
  state.up = true;
  await library().open(id);
  state.up = false;
  const loader = await library().loader(id);
  await expect(loader.fetch('head')).rejects.toMatchObject({ kind: 'unavailable' });
  state.up = true;
  await loader.fetch('head');
});

test('a file that was replaced while its header was kept is not mixed with the old one', async () => {
  const { state, library } = house();
  await library().open(id);
  state.up = false;
  const made = library();
  const loader = await made.loader(id);
  state.up = true;
  state.version = '2';
  await expect(loader.fetch('head')).rejects.toMatchObject({ kind: 'corrupt' });
  await (await made.loader(id)).fetch('head');
});

test('what a server is asked for is the same as without keeping, and an unchanged header is written once', async () => {
  const { state, library, store } = house();
  const put = vi.spyOn(store, 'put');
  await library().open(id);
  const { reads } = state;
  await library().open(id);
  expect([state.reads, put.mock.calls.length]).toEqual([2 * reads, 1]);
});
