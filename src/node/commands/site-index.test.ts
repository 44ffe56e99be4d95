import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { pages, questions, Site } from '../../../tests/widget/site.ts';
import { readIndex } from '../../search/index-file.ts';
import { openSearch } from '../../search/site-search.ts';
import { siteIndex } from './site-index.ts';

let folder: string;
let site: Site;
const { signal } = new AbortController();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tabmesh-index-'));
  site = await Site.start({ widget: 'http://127.0.0.1:9/' });
  vi.spyOn(console, 'log').mockImplementation(() => {});
});
afterAll(async () => {
  vi.restoreAllMocks();
  site.stop();
  await rm(folder, { recursive: true });
});

test('a site is read by its sitemap, and each question finds its page first', async () => {
  const out = join(folder, 'site.json');
  await siteIndex.run({ out }, [site.url], signal);
  const passages = await readIndex(await readFile(out, 'utf8'), new URL(site.url));
  expect(new Set(passages.map(({ url }) => url.split('#')[0])).size).toBe(Object.keys(pages).length);
  const search = await openSearch(passages);
  for (const [question, page] of questions) {
    const [best] = await search.find(question);
    expect(best?.passage.url, question).toContain(`/${page}.html#`);
  }
});

test('a folder is read with the address that it is served at', async () => {
  await mkdir(join(folder, 'built', 'a b'), { recursive: true });
  await writeFile(join(folder, 'built', 'index.html'), '<title>Home</title><p>Welcome.</p>');
  await writeFile(
    join(folder, 'built', 'a b', 'page.html'),
    '<title>Page</title><h1 id="x">X</h1><p>Text.</p>',
  );
  const out = join(folder, 'folder.json');
  await siteIndex.run({ out, base: 'https://docs.example/v2' }, [join(folder, 'built')], signal);
  expect(await readIndex(await readFile(out, 'utf8'), new URL('https://docs.example/'))).toEqual([
    { url: 'https://docs.example/v2/a%20b/page.html#x', title: 'Page', heading: 'X', text: 'Text.' },
    { url: 'https://docs.example/v2/', title: 'Home', heading: '', text: 'Welcome.' },
  ]);
});

test('what is missing is named, and nothing is written', async () => {
  const run = (place: string | undefined, base?: string) =>
    siteIndex.run({ out: join(folder, 'none.json'), base }, place === undefined ? [] : [place], signal);
  await expect(run(undefined)).rejects.toMatchObject({ kind: 'invalid' });
  await expect(run(folder)).rejects.toMatchObject({ reason: expect.stringContaining('--base') });
  await expect(run(join(folder, 'gone'), 'https://docs.example/')).rejects.toMatchObject({
    kind: 'not-found',
  });
  await expect(readFile(join(folder, 'none.json'))).rejects.toThrow('ENOENT');
});
