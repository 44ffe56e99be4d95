import { readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import type { ModelId } from '../base/brand.ts';
import { createMemoryStore } from '../store/memory-store.ts';
import { blobSource } from './blob-source.ts';
import { createModelLibrary } from './library.ts';
import type { ByteSource } from './source.ts';

vi.setConfig({ testTimeout: 60_000 });

const guide = new Blob([readFileSync('public/models/guide.gguf')]);
const id = 'file:guide' as ModelId;

function library(sources: ByteSource[]) {
  let resolved = 0;
  const made = createModelLibrary({ store: createMemoryStore(), resolve: () => sources[resolved++]! });
  return { made, resolved: () => resolved };
}

test('opens a model once for all who ask, and its loader too', async () => {
  const { made, resolved } = library([blobSource(guide, 'guide.gguf', id)]);
  const [a, b] = await Promise.all([made.open(id), made.open(id)]);
  expect(a).toBe(b);
  expect(a.model.id).toBe(id);
  expect(await made.loader(id)).toBe(await made.loader(id));
  expect(resolved()).toBe(1);
});

test('one who stops waiting does not stop the others', async () => {
  const { made } = library([blobSource(guide, 'guide.gguf', id)]);
  const abort = new AbortController();
  const leaves = made.open(id, abort.signal);
  const stays = made.open(id);
  abort.abort();
  await expect(leaves).rejects.toMatchObject({ name: 'AbortError' });
  expect((await stays).model.name).toBe('guide');
  await expect(made.open(id, abort.signal)).rejects.toMatchObject({ name: 'AbortError' });
});

test('a failed opening is not remembered', async () => {
  const { made } = library([
    blobSource(new Blob(['GGUF?']), 'guide.gguf', id),
    blobSource(guide, 'guide.gguf', id),
  ]);
  await expect(made.open(id)).rejects.toMatchObject({ kind: 'corrupt' });
  expect((await made.open(id)).model.name).toBe('guide');
});
