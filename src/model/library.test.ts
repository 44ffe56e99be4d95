import { readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import type { ModelId } from '../base/brand.ts';
import { createMemoryStore } from '../store/memory-store.ts';
import { blobSource } from './blob-source.ts';
import { httpSource } from './http-source.ts';
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

/** A file on a server, that can be replaced by another. */
function served() {
  const file = { bytes: new Uint8Array(readFileSync('tests/fixtures/tiny-qwen3-q4_k_m.gguf')), etag: '"1"' };
  const fetch = async (_: unknown, init?: RequestInit) => {
    const [first, last] = /(\d+)-(\d+)/.exec(new Headers(init?.headers).get('range')!)!.slice(1).map(Number);
    const body = file.bytes.slice(first!, last! + 1);
    const range = `bytes ${first}-${first! + body.length - 1}/${file.bytes.length}`;
    return new Response(body, { status: 206, headers: { 'content-range': range, etag: file.etag } });
  };
  return {
    file,
    source: httpSource('http://localhost/tiny.gguf', { fetch: fetch as typeof globalThis.fetch }),
  };
}

test('a file that changed on its server is opened anew by the next who asks', async () => {
  const { file, source } = served();
  const made = createModelLibrary({ store: createMemoryStore(), resolve: () => source });
  const before = await made.open(id);
  const loader = await made.loader(id);
  file.etag = '"2"';
  await expect(loader.fetch('head')).rejects.toMatchObject({ kind: 'corrupt' });
  expect(made.opened(id)).toBe(undefined);
  const after = await made.open(id);
  expect(after).not.toBe(before);
  await (await made.loader(id)).fetch('head');
});

test('a file that was chosen again takes the place of the one that broke', async () => {
  const torn = blobSource(guide, 'guide.gguf', id);
  const { made } = library([torn, blobSource(guide, 'guide.gguf', id)]);
  const before = await made.open(id);
  made.forget(id);
  expect(await made.open(id)).not.toBe(before);
  expect(await made.loader(id)).toBe(await made.loader(id));
});

test('only what is kept stays open', async () => {
  const { made, resolved } = library(Array(3).fill(blobSource(guide, 'guide.gguf', id)));
  const other = 'file:other' as ModelId;
  const kept = await made.open(id);
  await made.open(other);
  made.keep(new Set([id]));
  expect([made.opened(id), made.opened(other)]).toEqual([kept, undefined]);
  expect(await made.open(id)).toBe(kept);
  await made.open(other);
  expect(resolved()).toBe(3);
});
