import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type HubServer, startHubServer } from '../../tests/hub/hub-server.ts';
import type { ModelId } from '../base/brand.ts';
import { blobSource } from '../model/blob-source.ts';
import { httpSource } from '../model/http-source.ts';
import { createModelLibrary } from '../model/library.ts';
import { type OpenModel, openModel } from '../model/open.ts';
import { sourceReader } from '../model/source.ts';
import { createMemoryStore } from '../store/memory-store.ts';
import { findStoredDraft } from './stored-drafts.ts';
import { StoredModels } from './stored-models.ts';

vi.setConfig({ testTimeout: 60_000 });

const bytesOf = (name: string) => readFileSync(`tests/fixtures/${name}.gguf`);
const never = new AbortController().signal;

let hub: HubServer;
beforeEach(async () => {
  hub = await startHubServer();
});
afterEach(() => hub.close());

/** A peer that stored all of `whole` and only the head of `begun`; the hub is gone since. */
async function peerWith(whole: readonly string[], begun: readonly string[] = []) {
  const store = createMemoryStore();
  const library = createModelLibrary({ store, resolve: id => httpSource(id, { hubOrigin: hub.origin }) });
  const stored = new StoredModels(store, () => 7);
  for (const name of [...whole, ...begun]) {
    hub.put(`a/b/${name}.gguf`, bytesOf(name));
    const open = await library.open(`hub:a/b/${name}.gguf` as ModelId);
    const loader = await library.loader(open.model.id);
    await loader.fetch('head');
    if (whole.includes(name)) await loader.fetch({ layers: { first: 0, last: open.model.hyper.layers } });
    await stored.note(open);
  }
  await hub.close();
  return findStoredDraft(store, stored);
}

/** As large as a model for which drafting pays. */
async function large(name: string): Promise<OpenModel> {
  const open = await openModel(blobSource(new Blob([bytesOf(name)]), 'served.gguf'));
  return { ...open, model: { ...open.model, fileBytes: 1e9 } };
}

test('finds the smallest stored whole that has the same tokens, and reads it with its server gone', async () => {
  const find = await peerWith(
    ['tiny-qwen2-q8_0', 'tiny-qwen3-q4_k_m', 'tiny-llama-q4_0'],
    ['tiny-qwen3-f32'],
  );
  const found = await find(await large('tiny-qwen3-q5_k'), 64e6, never);
  expect(found?.model.name).toBe('tiny-qwen2-q8_0');
  const { model, source } = await large('tiny-qwen2-q8_0');
  const range = { start: 0, end: 64 };
  const name = 'blk.0.attn_q.weight';
  expect(await found!.read(name, range)).toEqual(await sourceReader(source, model)(name, range));
});

test('other tokens, too large for the room or for what it drafts for: none', async () => {
  const find = await peerWith(['tiny-qwen3-q4_k_m']);
  const served = await large('tiny-qwen3-q5_k');
  expect(await find(served, 64e6, never)).toBeDefined();
  expect(await find(served, 1e6, never)).toBeUndefined();
  expect(await find({ ...served, model: { ...served.model, fileBytes: 2e6 } }, 64e6, never)).toBeUndefined();
  expect(await find(await large('tiny-gemma3-q8_0'), 64e6, never)).toBeUndefined();
});
