/** HTML to plain passages. The parser builds no document, so nothing in a page can run or load. */
import { Parser } from 'htmlparser2';
import { headingCharactersMax, passageCharactersMax, passagesPerPageMax } from '../base/limits.ts';
import type { Passage } from './passage.ts';

const skipped = new Set(
  'script style noscript template svg math iframe object canvas nav footer aside form button select dialog'.split(
    ' ',
  ),
);
const blocks = new Set(
  'p div section article main li ul ol dl dt dd table tr pre blockquote figure figcaption br hr details summary'.split(
    ' ',
  ),
);
const cells = new Set(['td', 'th']);
const isHeading = (name: string): boolean => /^h[1-6]$/.test(name);
/** Roles say of a div what the elements say. */
const skippedRoles = new Set(['navigation', 'contentinfo', 'complementary', 'search', 'banner']);

interface Section {
  readonly inMain: boolean;
  heading: string;
  fragment: string;
  text: string;
}

interface Open {
  readonly name: string;
  readonly skips: boolean;
  readonly isMain: boolean;
}

class PageReader {
  title = '';
  hidden = false;
  readonly sections: Section[] = [];
  readonly #open: Open[] = [];
  #skipping = 0;
  #main = 0;
  #inHeading = false;
  #current: Section = this.#begin();

  opened(name: string, attributes: Readonly<Record<string, string>>): void {
    const role = attributes['role'] ?? '';
    const skips = skipped.has(name) || skippedRoles.has(role) || 'hidden' in attributes;
    const isMain = name === 'main' || name === 'article' || role === 'main';
    this.#open.push({ name, skips, isMain });
    if (skips) this.#skipping++;
    if (isMain && this.#main++ === 0) this.#current = this.#begin();
    if (
      name === 'meta' &&
      attributes['name'] === 'robots' &&
      /noindex|none/i.test(attributes['content'] ?? '')
    )
      this.hidden = true;
    if (this.#skipping > 0) return;
    if (isHeading(name)) {
      this.#current = this.#begin();
      this.#inHeading = true;
    }
    // The id stands on the heading or on the anchor in it.
    if (this.#inHeading && this.#current.fragment === '') this.#current.fragment = attributes['id'] ?? '';
    if (blocks.has(name)) this.#add('\n');
    else if (cells.has(name)) this.#add(' ');
  }

  text(text: string): void {
    if (this.#open.at(-1)?.name === 'title' && !this.#open.some(({ name }) => name === 'svg'))
      this.title += text;
    else if (this.#skipping > 0 || this.#open.some(({ name }) => name === 'head')) return;
    else if (this.#inHeading) this.#current.heading += text;
    else this.#add(text);
  }

  closed(name: string): void {
    const last = this.#open.pop();
    if (last?.skips) this.#skipping--;
    if (last?.isMain && --this.#main === 0) this.#current = this.#begin();
    if (isHeading(name)) this.#inHeading = false;
    else if (blocks.has(name) && this.#skipping === 0) this.#add('\n');
  }

  #begin(): Section {
    const section = { inMain: this.#main > 0, heading: '', fragment: '', text: '' };
    this.sections.push(section);
    return section;
  }

  #add(text: string): void {
    this.#current.text += text;
  }
}

/** None of a page that asks not to be indexed. Where a page marks its main part, only that counts. */
export function readPage(html: string, url: string): Passage[] {
  const reader = new PageReader();
  const parser = new Parser(
    {
      onopentag: (name, attributes) => reader.opened(name, attributes),
      ontext: text => reader.text(text),
      onclosetag: name => reader.closed(name),
    },
    { decodeEntities: true },
  );
  parser.end(html);
  if (reader.hidden) return [];
  const hasMain = reader.sections.some(({ inMain, text }) => inMain && tidy(text) !== '');
  const title = clip(tidy(reader.title));
  return reader.sections
    .filter(({ inMain }) => inMain || !hasMain)
    .flatMap(({ heading, fragment, text }) =>
      pieces(tidy(text)).map(piece => ({
        url: fragment === '' ? url : `${url}#${encodeURIComponent(fragment)}`,
        title,
        // Many generators put a link to the heading itself into it.
        heading: clip(tidy(heading).replace(/\s*[#¶§]$/, '')),
        text: piece,
      })),
    )
    .slice(0, passagesPerPageMax);
}

const tidy = (text: string): string =>
  text
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n[ \n]*/g, '\n')
    .trim();

const clip = (text: string): string => text.replaceAll('\n', ' ').slice(0, headingCharactersMax);

/** Cut where a line or a sentence ends, if one does in the second half. */
function pieces(text: string): string[] {
  const found: string[] = [];
  let rest = text;
  while (rest.length > passageCharactersMax) {
    const window = rest.slice(0, passageCharactersMax);
    const ends = [window.lastIndexOf('\n'), window.lastIndexOf('. ') + 1, window.lastIndexOf(' ')];
    const end = ends.find(at => at > passageCharactersMax / 2) ?? passageCharactersMax;
    found.push(rest.slice(0, end).trim());
    rest = rest.slice(end).trim();
  }
  return rest === '' ? found : [...found, rest];
}
