/** Numbers of sources in what a model wrote. What names none of them is dropped: it would look like a proof and be none. */

const citation = /[[【]\s*(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\s*[\]】]/;
/** Also the space in front, so that nothing is left of one that is dropped. */
const citations = new RegExp(`(\\s*)${citation.source}`, 'g');

/** Text and numbers from 1 to `sources`, in order. */
export function splitCitations(text: string, sources: number): (string | number)[] {
  const pieces: (string | number)[] = [];
  let at = 0;
  for (const match of text.matchAll(citations)) {
    const numbers = match[2]!.split(/[,;]/).map(Number);
    const named = numbers.filter(each => each >= 1 && each <= sources);
    const before = text.slice(at, match.index) + (named.length > 0 ? match[1] : '');
    if (before) pieces.push(before);
    pieces.push(...named);
    at = match.index + match[0].length;
  }
  if (at < text.length) pieces.push(text.slice(at));
  return pieces;
}

/** The numbers that `text` cites, each once, in order. */
export const citedIn = (text: string, sources: number): number[] => [
  ...new Set(splitCitations(text, sources).filter(each => typeof each === 'number')),
];

/** Without what Markdown would take for the address of a number, and without a citation that has only begun. */
export const withoutDefinitions = (text: string): string =>
  text.replace(/^\s*(?:[-*]\s+)?\[[^\]\n]{1,100}\]:.*$/gm, '').replace(/[[【][\d\s,;]{0,20}$/, '');
