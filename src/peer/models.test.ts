import { readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import type { ModelId, PeerId } from '../base/brand.ts';
import { LiveValue } from '../base/live.ts';
import { blobSource } from '../model/blob-source.ts';
import { createModelLibrary } from '../model/library.ts';
import type { PodState } from '../pod/pod.ts';
import { createMemoryStore } from '../store/memory-store.ts';
import { Models } from './models.ts';
import { Sources } from './sources.ts';

vi.setConfig({ testTimeout: 60_000 });

const bytes = readFileSync('tests/fixtures/tiny-qwen3-q4_k_m.gguf');
const state = (...models: string[]): PodState => ({
  self: 'me' as PeerId,
  spread: 'fast',
  members: [],
  models: models.map(id => ({ id: id as ModelId, name: id })),
});

function house() {
  let resolved = 0;
  const sources = new Sources();
  const library = createModelLibrary({
    store: createMemoryStore(),
    resolve: id => {
      resolved += 1;
      return sources.resolve(id);
    },
  });
  const pod = new LiveValue(state());
  const share = async () => 'file:shared' as ModelId;
  const models = new Models({ sources, library, pod: { state: pod, share }, onOpened: () => {} });
  return { library, pod, models, resolved: () => resolved };
}

test('however often the pod changes, nobody is asked for a header on account of its card', async () => {
  const { pod, models, resolved } = house();
  for (let change = 0; change < 50; change++) {
    pod.set(state('https://example.invalid/model.gguf'));
    await new Promise(setImmediate);
  }
  expect([resolved(), models.list.peek().length]).toEqual([0, 0]);
});

test('what the pod has opened gets a card, once', async () => {
  const { library, pod, models } = house();
  const { id } = await models.open(new File([bytes], 'tiny.gguf'));
  library.forget(id as ModelId);
  let told = 0;
  models.list.subscribe(() => {
    told += 1;
  });
  await library.open(id as ModelId);
  for (let change = 0; change < 3; change++) pod.set(state(id));
  // The one at hand at the beginning, and the one of the model that was opened anew.
  expect(told).toBe(2);
  expect(models.list.peek().map(card => card.id)).toEqual([id]);
});

test('what is neither served nor chosen is not kept', async () => {
  const { library, pod, models } = house();
  const served = (await models.open(new File([bytes], 'served.gguf'))).id as ModelId;
  pod.set(state(served));
  const first = (await models.open(new File([bytes], 'first.gguf'))).id as ModelId;
  const second = (await models.open(new File([bytes], 'second.gguf'))).id as ModelId;
  const open = () => [served, first, second].map(id => library.opened(id) !== undefined);
  expect(open()).toEqual([true, false, true]);
  pod.set(state());
  expect(open()).toEqual([false, false, true]);
  expect(models.list.peek()).toHaveLength(3);
});

test('a file that is chosen again is read again', async () => {
  const { models } = house();
  const broken = Buffer.from(bytes);
  const tensors = broken.indexOf('blk.0.attn_q.weight');
  await models.open(new File([broken], 'tiny.gguf'));
  broken.fill(255, tensors, tensors + 64);
  await expect(models.open(new File([broken], 'tiny.gguf'))).rejects.toMatchObject({ origin: 'model' });
  expect((await models.open(new File([bytes], 'tiny.gguf'))).name).toBe('tiny');
});

test('a model that is kept is stored whole, and from then on no byte of it is asked for', async () => {
  const store = createMemoryStore();
  const file = blobSource(new Blob([bytes]), 'tiny.gguf');
  const read = vi.fn(file.read);
  const library = createModelLibrary({ store, resolve: () => ({ ...file, local: false, read }) });
  const pod = { state: new LiveValue(state()), share: async () => file.id as ModelId };
  const models = new Models({ sources: new Sources(), library, pod, onOpened: () => {} });
  await models.keep(file.id);
  read.mockClear();
  const { model } = await library.open(file.id as ModelId);
  const loader = await library.loader(model.id);
  for (const { name, bytes: end } of model.tensors.values()) await loader.read(name, { start: 0, end });
  expect(read).not.toHaveBeenCalled();
});
