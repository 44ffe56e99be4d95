/** Texts of JSON strings that a regular expression or a format allows, as EBNF between the quotes. */

const date = '[0-9]{4} "-" ("0" [1-9] | "1" [0-2]) "-" ("0" [1-9] | "1" [0-9] | "2" [0-8])';
const time =
  '([01] [0-9] | "2" [0-3]) ":" [0-5] [0-9] ":" [0-5] [0-9] ("." [0-9]{1,6})? ("Z" | [+-] [01] [0-9] ":" [0-5] [0-9])';
const byte = '([0-9] | [1-9] [0-9] | "1" [0-9] [0-9] | "2" [0-4] [0-9] | "25" [0-5])';

/** Days go to 28, so that each is one of its month. */
const formats: Readonly<Record<string, string>> = {
  date,
  time,
  'date-time': `${date} "T" ${time}`,
  uuid: 'hex{8} "-" hex{4} "-" hex{4} "-" hex{4} "-" hex{12}',
  ipv4: `${byte} "." ${byte} "." ${byte} "." ${byte}`,
};

/** Undefined where it cannot be held. */
export function patternOf(pattern: unknown, format: unknown): string | undefined {
  if (pattern !== undefined) return undefined;
  return typeof format === 'string' && Object.hasOwn(formats, format) ? formats[format] : undefined;
}
