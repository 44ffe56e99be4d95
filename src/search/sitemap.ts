import { Parser } from 'htmlparser2';
import { sitemapEntriesMax } from '../base/limits.ts';

export interface Sitemap {
  /** Addresses as written. */
  readonly pages: readonly string[];
  /** Of an index: further sitemaps. */
  readonly maps: readonly string[];
}

/** https://www.sitemaps.org/protocol.html. What is no sitemap has no entries. */
export function parseSitemap(xml: string): Sitemap {
  const found = { pages: [] as string[], maps: [] as string[] };
  const path: string[] = [];
  let address = '';
  const parser = new Parser(
    {
      onopentag(name) {
        path.push(name);
        if (name === 'loc') address = '';
      },
      ontext(text) {
        if (path.at(-1) === 'loc') address += text;
      },
      onclosetag(name) {
        path.pop();
        const list = { url: found.pages, sitemap: found.maps }[path.at(-1) ?? ''];
        if (name === 'loc' && list && list.length < sitemapEntriesMax) list.push(address.trim());
      },
    },
    { xmlMode: true },
  );
  parser.end(xml);
  return found;
}
