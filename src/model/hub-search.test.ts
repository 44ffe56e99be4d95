import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type HubServer, startHubServer } from '../../tests/hub/hub-server.ts';
import { hubAnswerBytesMax } from '../base/limits.ts';
import { modelFiles } from './hub-files.ts';
import { HubSearch } from './hub-search.ts';

vi.setConfig({ testTimeout: 60_000 });

let hub: HubServer;
let search: HubSearch;
beforeEach(async () => {
  hub = await startHubServer();
  search = new HubSearch(() => hub.origin);
});
afterEach(async () => {
  expect(hub.preflights).toEqual([]);
  await hub.close();
});

test('finds repositories by their words, the most downloaded first, with licence and gate', async () => {
  hub.describe('Qwen/Qwen3-0.6B-GGUF', { downloads: 5, licence: 'apache-2.0' });
  hub.describe('other/qwen3-big', { downloads: 900, gated: 'manual' });
  hub.describe('other/llama', { downloads: 7 });
  expect(await search.search(' qwen3 ')).toEqual([
    { id: 'other/qwen3-big', downloads: 900, likes: 0, gated: true },
    { id: 'Qwen/Qwen3-0.6B-GGUF', downloads: 5, likes: 0, gated: false, licence: 'apache-2.0' },
  ]);
  const asked = new URL(hub.lists[0]!, hub.origin).searchParams;
  expect([asked.get('search'), asked.get('filter'), asked.get('sort')]).toEqual([
    'qwen3',
    'gguf',
    'downloads',
  ]);
  expect(await search.search('nothing of this name')).toEqual([]);
});

test('lists models with their sizes, parts of one as one, and leaves out what is none', async () => {
  hub.pretend('a/b/README.md', 100);
  hub.pretend('a/b/mmproj-F16.gguf', 100);
  hub.pretend('a/b/Tiny-Q8_0.gguf', 600);
  hub.pretend('a/b/Tiny-Q4_K_M.gguf', 400);
  hub.pretend('a/b/Tiny-IQ2_XXS.gguf', 200);
  hub.pretend('a/b/BF16/Tiny-BF16-00002-of-00002.gguf', 700);
  hub.pretend('a/b/BF16/Tiny-BF16-00001-of-00002.gguf', 500);
  hub.pretend('a/b/half/Tiny-F16-00001-of-00002.gguf', 500);
  hub.pretend('a/b/with space.gguf', 1);
  hub.pretend('a/other/Tiny-Q8_0.gguf', 1);
  expect(await search.files('a/b')).toEqual([
    {
      ref: 'hub:a/b/Tiny-IQ2_XXS.gguf',
      name: 'Tiny-IQ2_XXS',
      quantization: 'IQ2_XXS',
      readable: false,
      bytes: 200,
      parts: 1,
    },
    {
      ref: 'hub:a/b/Tiny-Q4_K_M.gguf',
      name: 'Tiny-Q4_K_M',
      quantization: 'Q4_K_M',
      readable: true,
      bytes: 400,
      parts: 1,
    },
    {
      ref: 'hub:a/b/Tiny-Q8_0.gguf',
      name: 'Tiny-Q8_0',
      quantization: 'Q8_0',
      readable: true,
      bytes: 600,
      parts: 1,
    },
    {
      ref: 'hub:a/b/BF16/Tiny-BF16-00001-of-00002.gguf',
      name: 'Tiny-BF16',
      quantization: 'BF16',
      readable: true,
      bytes: 1200,
      parts: 2,
    },
  ]);
});

test('reads the quantization out of names as people give them', () => {
  const said = (name: string) => modelFiles('a/b', [{ path: `${name}.gguf`, size: 1 }])[0]?.quantization;
  expect(
    [
      'qwen2.5-0.5b-instruct-q4_0',
      'gemma-3-UD-Q4_K_XL',
      'model.Q5_K_S',
      'phi-fp16',
      'gpt-MXFP4_MOE',
      'q8',
    ].map(said),
  ).toEqual(['Q4_0', 'Q4_K_XL', 'Q5_K_S', 'FP16', 'MXFP4_MOE', 'Q8']);
  expect(said('llama-3-8b')).toBeUndefined();
});

test('a Hub that asks for a pause is quoted', async () => {
  hub.listFaults.push({ status: 429, retryAfter: '42' });
  await expect(search.search('x')).rejects.toMatchObject({
    kind: 'unavailable',
    retryAfterMs: 42_000,
    reason: expect.stringContaining('42 s'),
  });
});

test.each([
  [{ status: 404 }, 'not-found'],
  [{ status: 401 }, 'denied'],
  [{ status: 503 }, 'unavailable'],
  [{ status: 200, body: '<html>' }, 'corrupt'],
  [{ status: 200, body: '{"error":"no"}' }, 'corrupt'],
  [{ status: 200, body: '[{"type":"file","path":7}]' }, 'corrupt'],
  [{ status: 200, body: `[${' '.repeat(hubAnswerBytesMax)}]` }, 'corrupt'],
])('what is no list gets a reason: %#', async (fault, kind) => {
  hub.listFaults.push(fault);
  await expect(search.files('a/b')).rejects.toMatchObject({ name: 'TabmeshError', kind, origin: 'model' });
});

test('names that lead out of the repository are left out', async () => {
  hub.listFaults.push({
    status: 200,
    body: JSON.stringify([
      { type: 'file', path: '../../x.gguf', size: 1 },
      { type: 'file', path: 'a/../x.gguf', size: 1 },
      { type: 'directory', path: 'x.gguf', size: 1 },
    ]),
  });
  expect(await search.files('a/b')).toEqual([]);
});

test('a Hub that is away gets a reason, and a search that is given up the caller’s', async () => {
  const away = new HubSearch(() => 'http://127.0.0.1:9');
  await expect(away.search('x')).rejects.toMatchObject({ kind: 'unavailable' });
  await expect(search.search('x', AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
});

test('tells the SHA-256 of every file of a model, and nothing of others', async () => {
  const file = (text: string) => new TextEncoder().encode(text);
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  hub.put('a/b/one.gguf', file('one'));
  hub.put('a/b/Big-00001-of-00002.gguf', file('first'));
  hub.put('a/b/Big-00002-of-00002.gguf', file('and second'));
  hub.put('a/b/Half-00001-of-00002.gguf', file('first'));
  hub.pretend('a/b/unlisted.gguf', 5);
  expect(await search.hashes('hub:a/b/one.gguf')).toEqual([{ bytes: 3, sha256: sha256('one') }]);
  expect(await search.hashes('hub:a/b/Big-00001-of-00002.gguf')).toEqual([
    { bytes: 5, sha256: sha256('first') },
    { bytes: 10, sha256: sha256('and second') },
  ]);
  for (const ref of [
    'hub:a/b/Half-00001-of-00002.gguf',
    'hub:a/b/unlisted.gguf',
    'hub:a/b/none.gguf',
    'https://models.example/one.gguf',
    'guide',
  ])
    expect(await search.hashes(ref)).toBeUndefined();
});

test.each(['"text"', 'null', '{"oid":"A","size":1}', `{"oid":"${'a'.repeat(64)}","size":-1}`])(
  'a hash that is none is as good as none: %s',
  async lfs => {
    const body = `[{"type":"file","path":"one.gguf","size":3,"lfs":${lfs}}]`;
    hub.listFaults.push({ status: 200, body }, { status: 200, body });
    expect(await search.hashes('hub:a/b/one.gguf')).toBeUndefined();
    expect(await search.files('a/b')).toHaveLength(1);
  },
);
