import { words } from './strings.ts';

/** What a visitor is told of what is sent, downloaded and to be believed is promised by us: a site cannot say it otherwise. */
const promised: readonly string[] = [
  'staysHere',
  'podReads',
  'offer',
  'consentTitle',
  'consent',
  'allow',
  'check',
  'citesNothing',
];

type Said = Record<string, unknown>;

/**
 * Puts a site's words in the place of ours, before anything is shown. `name` is as in strings.ts, with a dot between a name and one below it; of
 * words that are made of something, {0} and {1} stand for it. Names that there are not count for nothing.
 */
export function speak(own: Readonly<Record<string, string>>, said: Said = words): void {
  for (const [name, text] of Object.entries(own)) {
    const [first = '', ...rest] = name.split('.');
    if (promised.includes(first) || !Object.hasOwn(said, first)) continue;
    const mine = said[first];
    if (typeof mine === 'object') speak({ [rest.join('.')]: text }, mine as Said);
    else said[first] = typeof mine === 'function' ? filled(text) : text;
  }
}

const filled =
  (text: string) =>
  (...values: readonly unknown[]): string =>
    text.replace(/\{(\d)\}/g, (_, at: string) => String(values[Number(at)] ?? ''));
