/** The pages that a site names in its sitemap, as passages. Only the site's own origin and folder, only what robots.txt allows. */
import { isKind, TabmeshError, toError } from '../base/error.ts';
import { pageBytesMax, passagesMax, sitemapBytesMax, sitemapsMax, siteReadsAtOnce } from '../base/limits.ts';
import type { Passage } from './passage.ts';
import { readPage } from './read-page.ts';
import type { ReadText } from './read-text.ts';
import { parseRobots, type Robots } from './robots.ts';
import { parseSitemap } from './sitemap.ts';

export interface SiteLimits {
  readonly pages: number;
  /** Characters of all pages together. */
  readonly characters: number;
}

export interface SiteProgress {
  readonly done: number;
  readonly total: number;
}

export interface ReadSite {
  readonly passages: readonly Passage[];
  readonly pages: number;
  /** What was left out, for people. */
  readonly left: readonly string[];
}

/**
 * Rejects with TabmeshError('not-found', 'search') where the site has no sitemap or no text in it, 'unavailable' where it
 * does not answer. A page that cannot be read is left out and named.
 */
export async function readSite(
  site: URL,
  read: ReadText,
  limits: SiteLimits,
  onProgress: (progress: SiteProgress) => void = () => {},
  signal?: AbortSignal,
): Promise<ReadSite> {
  const robots = await readRobots(site, read, signal);
  const named = await findPages(site, robots, read, limits.pages, signal);
  const pages = named.slice(0, limits.pages);
  const left = named.length > pages.length ? [`More than ${pages.length} pages.`] : [];
  const found: Passage[][] = [];
  let done = 0;
  let characters = 0;
  const visit = async (index: number): Promise<void> => {
    const page = pages[index]!;
    if (characters >= limits.characters) {
      left.push(`${page}: the site has more text than is read.`);
      return;
    }
    try {
      const { url, text } = await read(page, pageBytesMax, signal);
      characters += text.length;
      if (belongs(new URL(url), site)) found[index] = readPage(text, page);
      else left.push(`${page} leads to another site.`);
    } catch (error) {
      signal?.throwIfAborted();
      left.push(toError(error, 'search').reason);
    }
    onProgress({ done: ++done, total: pages.length });
  };
  let next = 0;
  const work = async () => {
    while (next < pages.length) await visit(next++);
  };
  onProgress({ done, total: pages.length });
  await Promise.all(Array.from({ length: siteReadsAtOnce }, work));
  const passages = found.flat().slice(0, passagesMax);
  if (passages.length === 0) {
    const why = left[0] === undefined ? '' : ` ${left[0]}`;
    throw new TabmeshError('not-found', 'search', `No text was found in the pages of ${site.host}.${why}`);
  }
  return { passages, pages: found.filter(Boolean).length, left };
}

async function readRobots(site: URL, read: ReadText, signal?: AbortSignal): Promise<Robots> {
  try {
    return parseRobots((await read(new URL('/robots.txt', site).href, sitemapBytesMax, signal)).text);
  } catch (error) {
    // A server that has none allows everything; one that does not answer may have forbidden it (RFC 9309, 2.3.1).
    if (!isKind(error, 'not-found')) throw error;
    return parseRobots('');
  }
}

async function findPages(
  site: URL,
  robots: Robots,
  read: ReadText,
  pagesMax: number,
  signal?: AbortSignal,
): Promise<string[]> {
  const waiting = [...robots.sitemaps, new URL('sitemap.xml', site).href, new URL('/sitemap.xml', site).href];
  const seen = new Set<string>();
  const pages = new Set<string>();
  while (waiting.length > 0 && seen.size < sitemapsMax && pages.size <= pagesMax) {
    const map = parse(waiting.shift()!, site);
    if (!map || map.origin !== site.origin || seen.has(map.href)) continue;
    seen.add(map.href);
    const text = await readIfThere(map.href, read, signal);
    const { pages: named, maps } = parseSitemap(text);
    waiting.unshift(...maps);
    for (const address of named) {
      const page = parse(address, site);
      if (!page || !belongs(page, site) || !robots.allows(page.pathname + page.search)) continue;
      page.hash = '';
      pages.add(page.href);
    }
  }
  if (pages.size > 0) return [...pages];
  const reason = `${site.host} has no sitemap with pages under ${site.pathname}. Put a sitemap.xml there, or make an index with "tabmesh index".`;
  throw new TabmeshError('not-found', 'search', reason);
}

async function readIfThere(url: string, read: ReadText, signal?: AbortSignal): Promise<string> {
  try {
    return (await read(url, sitemapBytesMax, signal)).text;
  } catch (error) {
    if (isKind(error, 'not-found')) return '';
    throw error;
  }
}

const parse = (address: string, site: URL): URL | undefined => URL.parse(address, site) ?? undefined;

/** A site at /docs/ does not answer from /blog/. */
export const belongs = (page: URL, site: URL): boolean =>
  page.origin === site.origin && page.pathname.startsWith(site.pathname.replace(/[^/]*$/, ''));
