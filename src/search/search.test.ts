import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TabmeshError } from '../base/error.ts';
import { readIndex, writeIndex } from './index-file.ts';
import { readPage } from './read-page.ts';
import { readSite } from './read-site.ts';
import type { ReadText } from './read-text.ts';
import { parseRobots } from './robots.ts';
import { siteAddress } from './site-address.ts';
import { openSearch } from './site-search.ts';
import { parseSitemap } from './sitemap.ts';

const address = 'https://docs.example/a.html';
const site = new URL('https://docs.example/');

/** A site of files in memory. */
function reader(files: Record<string, string>, asked: string[] = []): ReadText {
  return async url => {
    asked.push(url);
    const text = files[url];
    if (text === undefined) throw new TabmeshError('not-found', 'search', `${url} answered 404.`);
    return { url, text };
  };
}

const sitemapOf = (...urls: string[]) =>
  `<urlset>${urls.map(url => `<url><loc>${url}</loc></url>`).join('')}</urlset>`;
const limits = { pages: 10, characters: 100_000 };

test('a page becomes passages by its headings, without what surrounds them', () => {
  const html = `<title>A &amp; B</title><nav>menu</nav><main>Before.<h1 id="top">One <a href="#top">#</a></h1><p>First<br>line.</p>
    <script>never()</script><table><tr><td>cell<td>next</table><h2><a id="two"></a>Two</h2><p>Second &lt;b&gt;.</p></main><footer>foot</footer>`;
  expect(readPage(html, address)).toEqual([
    { url: address, title: 'A & B', heading: '', text: 'Before.' },
    { url: `${address}#top`, title: 'A & B', heading: 'One', text: 'First\nline.\ncell next' },
    { url: `${address}#two`, title: 'A & B', heading: 'Two', text: 'Second <b>.' },
  ]);
});

test('a page that asks not to be indexed has no passages', () => {
  expect(readPage('<meta name="robots" content="noindex"><p>secret</p>', address)).toEqual([]);
});

test('long sections are cut where sentences end', () => {
  const text = 'This sentence has some length to it. '.repeat(100).trim();
  const passages = readPage(`<p>${text}</p>`, address);
  expect(passages.length).toBeGreaterThan(3);
  for (const passage of passages) {
    expect(passage.text.length).toBeLessThanOrEqual(1200);
    expect(passage.text).toMatch(/\.$/);
  }
  expect(passages.map(passage => passage.text).join(' ')).toBe(text);
});

test('garbage neither throws nor escapes its limits', () => {
  const pieces = [
    '<',
    '>',
    '</main>',
    '<main>',
    '<h1',
    ' id="x"',
    '&amp',
    '<title>',
    '<svg>',
    '\0',
    '\n',
    'word ',
    '<!--',
    ']]>',
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 60 }), parts => {
      for (const { url, text } of readPage(parts.join(''), address)) {
        expect(url.startsWith(address)).toBe(true);
        expect(text.length).toBeGreaterThan(0);
      }
      parseSitemap(parts.join(''));
      parseRobots(parts.join('')).allows('/x');
    }),
  );
});

test('robots.txt: the longest rule decides, our own group comes before that of all', () => {
  const robots = parseRobots(
    'User-agent: *\nDisallow: /private\nAllow: /private/open # yes\nDisallow: /*.pdf$\nSitemap: https://docs.example/map.xml\n\nUser-agent: other\nDisallow: /',
  );
  expect(robots.sitemaps).toEqual(['https://docs.example/map.xml']);
  expect(['/', '/private/x', '/private/open/y', '/a.pdf', '/a.pdf?x'].map(robots.allows)).toEqual([
    true,
    false,
    true,
    false,
    true,
  ]);
  expect(
    parseRobots('User-agent: tabmesh\nUser-agent: x\nDisallow: /\n\nUser-agent: *\nAllow: /').allows('/a'),
  ).toBe(false);
  expect(parseRobots(`User-agent: *\nDisallow: /${'*a'.repeat(5_000)}`).allows(`/${'a'.repeat(2_000)}`)).toBe(
    true,
  );
});

test('only pages of the site are read, through an index of sitemaps, and what is forbidden is not', async () => {
  const asked: string[] = [];
  const files = {
    'https://docs.example/robots.txt': 'User-agent: *\nDisallow: /private',
    'https://docs.example/sitemap.xml': `<sitemapindex><sitemap><loc>https://docs.example/one.xml</loc></sitemap><sitemap><loc>https://evil.example/two.xml</loc></sitemap></sitemapindex>`,
    'https://docs.example/one.xml': sitemapOf(
      'https://docs.example/a.html',
      'https://docs.example/a.html#again',
      'https://docs.example/gone.html',
      'https://docs.example/private/b.html',
      'https://evil.example/c.html',
      'javascript:alert(1)',
    ),
    'https://docs.example/a.html': '<title>A</title><p>Text of a.</p>',
  };
  const { passages, pages, left } = await readSite(site, reader(files, asked), limits);
  expect(passages).toEqual([{ url: address, title: 'A', heading: '', text: 'Text of a.' }]);
  expect(pages).toBe(1);
  expect(left).toEqual(['https://docs.example/gone.html answered 404.']);
  expect(asked.every(url => url.startsWith(site.href))).toBe(true);
  expect(asked).not.toContain('https://docs.example/private/b.html');
});

test('a site below a folder does not answer from elsewhere, and no more pages are read than allowed', async () => {
  const urls = Array.from({ length: 30 }, (_, index) => `https://docs.example/docs/${index}`);
  const files = {
    'https://docs.example/docs/sitemap.xml': sitemapOf('https://docs.example/blog/', ...urls),
    ...Object.fromEntries(urls.map(url => [url, `<p>${url}</p>`])),
  };
  const { pages, left } = await readSite(new URL('https://docs.example/docs/'), reader(files), limits);
  expect([pages, left]).toEqual([10, ['More than 10 pages.']]);
});

test('a site is a web address, and a folder where it names no file', () => {
  const read = (text: string) => siteAddress(text)?.href;
  expect(read('https://docs.example/guide?x#y')).toBe('https://docs.example/guide/');
  expect(read('https://user:word@docs.example/v1.2/index.html')).toBe('https://docs.example/v1.2/index.html');
  for (const none of ['', 'docs.example', 'javascript:alert(1)', 'file:///etc/', 'data:text/html,x'])
    expect(read(none)).toBe(undefined);
});

test('a site without a sitemap says what to do', async () => {
  await expect(readSite(site, reader({}), limits)).rejects.toMatchObject({
    kind: 'not-found',
    reason: expect.stringContaining('tabmesh index'),
  });
});

const passages = [
  {
    url: 'https://docs.example/keys.html#rotate',
    title: 'Keys',
    heading: 'Rotate a key',
    text: 'Rotating the keys takes <b>one</b> command.',
  },
  {
    url: 'https://docs.example/jobs.html',
    title: 'Jobs',
    heading: '',
    text: 'A job runs once. 仕事は一度だけ実行されます。',
  },
];

test('an index comes back as it was written', async () => {
  expect(await readIndex(await writeIndex(site, passages), site)).toEqual(passages);
});

test('an index that was changed, is of another site or leads out of it is refused', async () => {
  const text = await writeIndex(site, passages);
  const kind = (changed: string, where = site) =>
    readIndex(changed, where).then(
      () => 'taken',
      error => error.kind,
    );
  expect(await kind(text.replace('one', 'two'))).toBe('corrupt');
  expect(await kind(text, new URL('https://other.example/'))).toBe('denied');
  expect(await kind(text.replace('"heading"', '"html"'))).toBe('invalid');
  expect(await kind('<html>')).toBe('invalid');
  for (const url of ['https://docs.example//evil.example/', 'https://docs.example/\\evil.example/'])
    expect(await kind(await writeIndex(site, [{ ...passages[0]!, url }]))).toBe('denied');
  expect(
    await kind(await writeIndex(site, [{ ...passages[0]!, url: 'https://docs.examplejavascript:alert(1)' }])),
  ).toBe('invalid');
});

test('a question finds its passage by the stems of its words, and marks them', async () => {
  const search = await openSearch(passages);
  const [hit] = await search.find('How do I rotate my key?');
  expect(hit?.passage).toBe(passages[0]);
  expect(hit?.marks).toEqual([
    { text: 'Rotating', marked: true },
    { text: ' the ', marked: false },
    { text: 'keys', marked: true },
    { text: ' takes <b>one</b> command.', marked: false },
  ]);
  expect((await search.find('仕事'))[0]?.passage).toBe(passages[1]);
  for (const nothing of ['', 'how do I', 'zebra', '"*$(']) expect(await search.find(nothing)).toEqual([]);
});
