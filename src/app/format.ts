/** Numbers for people: a unit and at most three digits that matter. Bytes: base/bytes.ts. */

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

export const peersText = (count: number): string => countText(count, 'peer', 'peers');

/** Micro-cents as dollars; below one with the digits that matter. */
export function moneyText(microcents: number): string {
  const dollars = microcents / 1e8;
  const shown = dollars < 1 ? Number(dollars.toPrecision(3)) : dollars;
  return shown.toLocaleString('en', {
    style: 'currency',
    currency: 'USD',
    minimumFractionDigits: 2,
    maximumFractionDigits: dollars < 1 ? 8 : 2,
  });
}

/** Dollars, or percent, as people write them, in whole units of `scale` to one; undefined for what is no such number. */
export function amountOf(text: string, scale: number): number | undefined {
  const amount = Math.round(Number(text) * scale);
  return text.trim() !== '' && Number.isSafeInteger(amount) && amount >= 0 ? amount : undefined;
}
