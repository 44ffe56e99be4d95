import { create, insertMultiple, search } from '@orama/orama';
import { searchHitsMax } from '../base/limits.ts';
import type { Passage } from './passage.ts';
import { segments, stems } from './words.ts';

export interface Mark {
  readonly text: string;
  /** A word of the question. */
  readonly marked: boolean;
}

export interface Hit {
  readonly passage: Passage;
  /** The passage's text in pieces. */
  readonly marks: readonly Mark[];
}

export interface SiteSearch {
  /** The best first; none where no word of the question is on the site. */
  find(question: string): Promise<readonly Hit[]>;
}

/** BM25 over the passages of one site, in memory. */
export async function openSearch(passages: readonly Passage[]): Promise<SiteSearch> {
  const database = create({
    schema: { words: 'string' },
    components: {
      tokenizer: {
        language: 'tabmesh',
        normalizationCache: new Map(),
        tokenize: text => stems(text).map(ended),
      },
    },
  });
  const documents = passages.map((passage, index) => ({ id: String(index), words: searched(passage) }));
  // The library goes through so many at once, then lets the page breathe.
  await insertMultiple(database, documents, 100);

  return {
    async find(question) {
      const asked = new Set(stems(question));
      if (asked.size === 0) return [];
      const { hits } = await search(database, { term: question, limit: searchHitsMax });
      return hits.map(({ id }) => {
        const passage = passages[Number(id)]!;
        return { passage, marks: mark(passage.text, asked) };
      });
    },
  };
}

/** The library takes every word that begins like the one that is looked for: "use" would find "user". */
const ended = (stem: string): string => `${stem}.`;

/**
 * One text, in which a heading counts twice. As fields of their own, each with its own score, a word of the title would count once
 * more in each field, and a page about workers would win over the one that answers a question in which workers come up.
 */
const searched = ({ title, heading, text }: Passage): string => [title, heading, heading, text].join('\n');

function mark(text: string, asked: ReadonlySet<string>): Mark[] {
  const marks: Mark[] = [];
  for (const { text: piece, stem } of segments(text)) {
    const marked = stem !== undefined && asked.has(stem);
    const last = marks.at(-1);
    if (last?.marked === marked) marks[marks.length - 1] = { text: last.text + piece, marked };
    else marks.push({ text: piece, marked });
  }
  return marks;
}
