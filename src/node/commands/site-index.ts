import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { TabmeshError } from '../../base/error.ts';
import { indexBytesMax, indexedCharactersMax, indexedPagesMax, pageBytesMax } from '../../base/limits.ts';
import { writeIndex } from '../../search/index-file.ts';
import type { Passage } from '../../search/passage.ts';
import { readPage } from '../../search/read-page.ts';
import { type ReadSite, readSite } from '../../search/read-site.ts';
import { readByFetch } from '../../search/read-text.ts';
import { siteAddress } from '../../search/site-address.ts';
import type { Command } from './command.ts';

const invalid = (reason: string) => new TabmeshError('invalid', 'node', reason);

export const siteIndex: Command = {
  usage:
    'index SITE                           the pages of a site for the widget, by its sitemap, as one file:\n' +
    '                                       --out FILE (tabmesh-index.json); of a FOLDER of HTML files with\n' +
    '                                       --base URL, where it is served',
  options: { base: { type: 'string' }, out: { type: 'string' } },
  async run({ base, out = 'tabmesh-index.json', json }, [place], signal) {
    if (place === undefined) throw invalid('index takes the URL of a site or a FOLDER of HTML files.');
    const isSite = /^https?:/.test(place);
    const site = siteAddress(String(isSite ? place : base));
    if (!site)
      throw invalid('Say with --base at which URL the folder is served, e.g. --base https://docs.example/');
    const limits = { pages: indexedPagesMax, characters: indexedCharactersMax };
    const { passages, pages, left } = isSite
      ? await readSite(site, readByFetch, limits, () => {}, signal)
      : await readFolder(place, site, signal);
    const text = await writeIndex(site, passages);
    if (text.length > indexBytesMax)
      throw new TabmeshError(
        'full',
        'node',
        `The index would have more than ${indexBytesMax} bytes. Nothing was written.`,
      );
    await writeFile(String(out), text);
    if (json)
      console.log(JSON.stringify({ out, pages, passages: passages.length, bytes: text.length, left }));
    else {
      console.log(`${out}: ${passages.length} passages of ${pages} pages, ${text.length} bytes.`);
      for (const reason of left) console.log(`Left out: ${reason}`);
    }
  },
};

async function readFolder(folder: string, site: URL, signal: AbortSignal): Promise<ReadSite> {
  const names = await readdir(folder, { recursive: true }).catch(cause => {
    throw new TabmeshError('not-found', 'node', `There is no folder ${folder}.`, { cause });
  });
  const files = names.filter(name => /\.html?$/i.test(name)).sort();
  const passages: Passage[] = [];
  const left: string[] = [];
  let pages = 0;
  for (const name of files) {
    signal.throwIfAborted();
    const path = join(folder, name);
    if (pages === indexedPagesMax || (await stat(path)).size > pageBytesMax) {
      left.push(`${name}: ${pages === indexedPagesMax ? 'too many pages' : 'too large'}.`);
      continue;
    }
    pages++;
    passages.push(...readPage(await readFile(path, 'utf8'), addressOf(name, site)));
  }
  if (passages.length === 0)
    throw new TabmeshError('not-found', 'node', `No HTML page in ${folder} has text.`);
  return { passages, pages, left };
}

/** Every server gives a folder's index.html at the folder's own address. */
const addressOf = (name: string, site: URL): string =>
  new URL(
    name
      .split(sep)
      .map(encodeURIComponent)
      .join('/')
      .replace(/(^|\/)index\.html?$/i, '$1'),
    site,
  ).href;
