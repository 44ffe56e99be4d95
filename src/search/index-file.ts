/** A site's passages as a file, made ahead of time by `tabmesh index`. Whoever opens one does not trust it. */
import * as v from 'valibot';
import { sha256Hex } from '../base/bytes.ts';
import { TabmeshError } from '../base/error.ts';
import {
  headingCharactersMax,
  indexBytesMax,
  pageUrlCharactersMax,
  passageCharactersMax,
  passagesMax,
} from '../base/limits.ts';
import type { Passage } from './passage.ts';

const format = 'site-index/1';

const passageSchema = v.strictObject({
  /** With its query and fragment; below the site's origin. */
  path: v.pipe(v.string(), v.startsWith('/'), v.maxLength(pageUrlCharactersMax)),
  title: v.pipe(v.string(), v.maxLength(headingCharactersMax)),
  heading: v.pipe(v.string(), v.maxLength(headingCharactersMax)),
  text: v.pipe(v.string(), v.minLength(1), v.maxLength(passageCharactersMax)),
});

const fileSchema = v.strictObject({
  tabmesh: v.literal(format),
  site: v.pipe(v.string(), v.maxLength(pageUrlCharactersMax), v.url()),
  /** SHA-256 of JSON.stringify(passages): a file that was cut or mixed with an older one is told from a whole one. */
  hash: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  passages: v.pipe(v.array(passageSchema), v.maxLength(passagesMax)),
});

export async function writeIndex(site: URL, passages: readonly Passage[]): Promise<string> {
  const stored = passages.map(({ url, title, heading, text }) => ({
    path: url.slice(site.origin.length),
    title,
    heading,
    text,
  }));
  const hash = await hashOf(stored);
  return `${JSON.stringify({ tabmesh: format, site: site.href, hash, passages: stored })}\n`;
}

/** Throws TabmeshError('invalid' | 'corrupt' | 'denied' | 'full', 'search'). Its addresses are all of the origin of `site`. */
export async function readIndex(text: string, site: URL): Promise<readonly Passage[]> {
  if (text.length > indexBytesMax)
    throw new TabmeshError(
      'full',
      'search',
      `The index of ${site.host} is larger than ${indexBytesMax} bytes.`,
    );
  const file = parse(text, site);
  if (URL.parse(file.site)?.origin !== site.origin)
    throw new TabmeshError(
      'denied',
      'search',
      `The index is of another site than ${site.host}. Make one of this site.`,
    );
  if ((await hashOf(file.passages)) !== file.hash)
    throw new TabmeshError(
      'corrupt',
      'search',
      `The index of ${site.host} does not match its own hash. Make it anew with "tabmesh index".`,
    );
  return file.passages.map(({ path, ...rest }) => ({ ...rest, url: addressOf(path, site) }));
}

/** "//elsewhere/" begins with a slash, too. */
function addressOf(path: string, site: URL): string {
  const url = URL.parse(path, site.origin);
  if (url?.origin === site.origin) return url.href;
  throw new TabmeshError(
    'denied',
    'search',
    `The index names a page outside of ${site.host}: ${path.slice(0, 100)}`,
  );
}

function parse(text: string, site: URL): v.InferOutput<typeof fileSchema> {
  try {
    return v.parse(fileSchema, JSON.parse(text));
  } catch (cause) {
    const reason = `The index of ${site.host} cannot be read. Make it anew with "tabmesh index".`;
    throw new TabmeshError('invalid', 'search', reason, { cause });
  }
}

const hashOf = (passages: readonly object[]): Promise<string> =>
  sha256Hex(new TextEncoder().encode(JSON.stringify(passages)));
