import { expect, test } from 'vitest';
import { createMemoryStore } from '../../store/memory-store.ts';
import { StoredWholeModels } from './whole-models.ts';

const record = (model_id: string, more = {}) => ({
  model: `http://127.0.0.1/${model_id}`,
  model_id,
  model_lib: `http://127.0.0.1/${model_id}.wasm`,
  vram_required_MB: 1128.82,
  ...more,
});

const shelf =
  (deleted: string[] = []) =>
  async () => ({
    catalogue: {
      model_list: [
        record('plain'),
        record('half', { required_features: ['shader-f16'] }),
        record('wide', { buffer_size_required_bytes: 2 ** 31 }),
        record('embeds', { model_type: 1 }),
      ],
    },
    stored: async ({ model_id }: { model_id: string }) =>
      model_id === 'half' ? { bytes: 30, totalBytes: 100 } : undefined,
    deleteFiles: async ({ model_id }: { model_id: string }, kept: readonly { model_id: string }[]) =>
      void deleted.push([model_id, ...kept.map(each => each.model_id)].join(' not ')),
  });
const gpu = async () => ({ features: new Set<string>(), bindingBytes: 2 ** 30 });

test('the catalogue says what each needs, and why this GPU cannot run it', async () => {
  const models = await StoredWholeModels.open({ store: createMemoryStore(), shelf: shelf(), gpu });
  const [plain, half, wide, ...rest] = await models.catalogue();
  expect(plain).toEqual({ name: 'web-llm/plain', bytes: 1_128_820_000 });
  expect(half?.problem).toContain('shader-f16');
  expect(wide?.problem).toContain('2.1 GB');
  expect(rest).toEqual([]);
  await expect(models.choose('web-llm/half')).rejects.toMatchObject({ kind: 'unsupported' });
  await expect(models.choose('web-llm/none')).rejects.toMatchObject({ kind: 'not-found' });
  const none = await StoredWholeModels.open({
    store: createMemoryStore(),
    shelf: shelf(),
    gpu: async () => undefined,
  });
  expect((await none.catalogue())[0]?.problem).toContain('needs a GPU');
});

test('what a question would download is told before it: at most so much, or to the byte once its list is here', async () => {
  const models = await StoredWholeModels.open({ store: createMemoryStore(), shelf: shelf(), gpu });
  const hosts = ['127.0.0.1'];
  const most = { storedBytes: 0, bytes: 1_128_820_000, exact: false, hosts };
  expect(await models.fetches('web-llm/plain')).toEqual(most);
  expect(await models.fetches('web-llm/half')).toEqual({ storedBytes: 30, bytes: 70, exact: true, hosts });
  await expect(models.fetches('web-llm/none')).rejects.toMatchObject({ kind: 'not-found' });
});

test('two that are chosen at once are both chosen, and what cannot be deleted stays chosen', async () => {
  const store = createMemoryStore();
  const deleted: string[] = [];
  const parts = {
    store,
    shelf: shelf(deleted),
    gpu: async () => ({ features: new Set(['shader-f16']), bindingBytes: 2 ** 30 }),
  };
  const models = await StoredWholeModels.open(parts);
  await Promise.all([models.choose('web-llm/plain'), models.choose('web-llm/half')]);
  const both = ['web-llm/plain', 'web-llm/half'];
  expect(models.chosen.peek()).toEqual(both);
  const offline = await StoredWholeModels.open({
    ...parts,
    shelf: async () => {
      throw new TypeError('Failed to fetch');
    },
  });
  await expect(offline.drop('web-llm/plain')).rejects.toThrow();
  expect((await StoredWholeModels.open(parts)).chosen.peek()).toEqual(both);
  await Promise.all(both.map(name => models.drop(name)));
  expect(deleted).toEqual(['plain not half', 'half']);
  expect((await StoredWholeModels.open(parts)).chosen.peek()).toEqual([]);
});

test('what was chosen is known after a reload, and goes with its bytes', async () => {
  const store = createMemoryStore();
  const deleted: string[] = [];
  const parts = { store, shelf: shelf(deleted), gpu };
  const models = await StoredWholeModels.open(parts);
  await models.choose('web-llm/plain');
  await models.choose('web-llm/plain');
  const reloaded = await StoredWholeModels.open(parts);
  expect(reloaded.chosen.peek()).toEqual(['web-llm/plain']);
  await reloaded.drop('web-llm/plain');
  expect(deleted).toEqual(['plain']);
  expect((await StoredWholeModels.open(parts)).chosen.peek()).toEqual([]);
  await store.put('settings', 'whole-models', new TextEncoder().encode('{"no":"list"}'));
  expect((await StoredWholeModels.open(parts)).chosen.peek()).toEqual([]);
});
