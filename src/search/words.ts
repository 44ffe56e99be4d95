/** Text as the search sees it: words without case and accents, down to their English stems. */
import { tokenizer } from '@orama/orama/components';

const { stemmer } = tokenizer.createTokenizer({ language: 'english', stemming: true });
/** Finds words in scripts that put no spaces between them, too. */
const segmenter = new Intl.Segmenter('en', { granularity: 'word' });

/** Words of questions that are in every page, or in none. */
const common = new Set(
  `a an and are as at be but by can could do does for from get go had has have how i if in into is it its may me my no not of on or our
  should so than that the their them then there these they this to us use was we what when where which who why will with would you your`.split(
    /\s+/,
  ),
);

export interface Segment {
  /** As it was written, what is between words included. */
  readonly text: string;
  /** Undefined of what no search goes by. */
  readonly stem?: string;
}

export function segments(text: string): Segment[] {
  return Array.from(segmenter.segment(text), ({ segment, isWordLike }) => {
    const plain = segment.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '');
    return !isWordLike || common.has(plain) ? { text: segment } : { text: segment, stem: stemmer!(plain) };
  });
}

export const stems = (text: string): string[] => segments(text).flatMap(({ stem }) => (stem ? [stem] : []));
