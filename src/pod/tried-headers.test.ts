import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { ModelId } from '../base/brand.ts';
import { triedHeadersMax } from '../base/limits.ts';
import { blobSource } from '../model/blob-source.ts';
import { createModelLibrary } from '../model/library.ts';
import { createMemoryStore } from '../store/memory-store.ts';
import { TriedHeaders } from './tried-headers.ts';

const files = {
  tiny: new Blob([readFileSync('tests/fixtures/tiny-qwen3-q4_k_m.gguf')]),
  guide: new Blob([readFileSync('public/models/guide.gguf')]),
};
const tiny = 'file:tiny' as ModelId;

function tried() {
  const resolved: ModelId[] = [];
  let file = files.tiny;
  const library = createModelLibrary({
    store: createMemoryStore(),
    resolve: id => {
      resolved.push(id);
      return blobSource(file, 'file.gguf', id);
    },
  });
  return {
    resolved,
    library,
    headers: new TriedHeaders(library),
    replace: () => {
      file = files.guide;
    },
  };
}

test('a header is read once, though the library has given the model up', async () => {
  const { headers, library, resolved } = tried();
  const first = await headers.get(tiny);
  library.keep(new Set());
  expect(await headers.get(tiny)).toBe(first);
  expect(resolved).toEqual([tiny]);
});

test('what was opened anew counts, also after it was given up', async () => {
  const { headers, library, replace } = tried();
  const { fileBytes } = await headers.get(tiny);
  replace();
  library.forget(tiny);
  const { model } = await library.open(tiny);
  expect(model.fileBytes).not.toBe(fileBytes);
  expect(await headers.get(tiny)).toBe(model);
  library.keep(new Set());
  expect(await headers.get(tiny)).toBe(model);
});

test('no more are kept than the limit, and the one used least lately goes', async () => {
  const { headers, library, resolved } = tried();
  const ids = Array.from({ length: triedHeadersMax }, (_, index) => `file:${index}` as ModelId);
  for (const id of ids) await headers.get(id);
  library.keep(new Set());
  await headers.get(ids[0]!);
  await headers.get(tiny);
  library.keep(new Set());
  resolved.length = 0;
  await headers.get(ids[0]!);
  await headers.get(ids[1]!);
  expect(resolved).toEqual([ids[1]]);
});

test('one who gives up waiting gets the abort, and nothing is kept of it', async () => {
  const { headers } = tried();
  await expect(headers.get(tiny, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
});
