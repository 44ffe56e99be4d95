/** Numbers for people: a unit and at most three digits that matter. */

const scaled = (value: number, units: readonly string[], base: number): string => {
  let rest = value;
  let unit = 0;
  // 999.5 and up would print as four digits, so it is already the next unit.
  while (unit < units.length - 1 && rest >= base - base / 2000) {
    rest /= base;
    unit++;
  }
  const text =
    rest >= 100 || unit === 0 ? Math.round(rest).toString() : Number(rest.toPrecision(3)).toString();
  return `${text} ${units[unit]}`;
};

/** Decimal units, as file managers and the Hub show them. */
export const bytesText = (bytes: number): string => scaled(bytes, ['B', 'kB', 'MB', 'GB', 'TB'], 1000);

/** Binary sizes that people know from memory: 512 MiB is "512 MB" on every package of RAM. */
export const memoryText = (bytes: number): string => scaled(bytes / 2 ** 20, ['MB', 'GB', 'TB'], 1024);

export function timeText(ms: number): string {
  if (ms < 999.5) return `${Math.max(1, Math.round(ms))} ms`;
  if (ms < 59_950) return `${Number((ms / 1000).toPrecision(ms < 9950 ? 2 : 3))} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

export const rateText = (perSecond: number): string =>
  perSecond >= 99.5
    ? Math.round(perSecond).toString()
    : Number(perSecond.toPrecision(perSecond < 1 ? 1 : 2)).toString();

export const countText = (count: number, one: string, many: string): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

/** Half-open layers [first, last) as people count them, from 1. */
export const layersText = (first: number, last: number): string =>
  last - first === 1 ? `layer ${first + 1}` : `layers ${first + 1} to ${last}`;
