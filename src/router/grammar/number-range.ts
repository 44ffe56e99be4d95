/** Numbers between two bounds as EBNF, digit by digit. */
import { jsonDigitsMax } from '../../base/limits.ts';

/** Whole numbers, both bounds included; Infinity where there is none. Undefined where no number lies between. */
export function integerRange(min: number, max: number): string | undefined {
  return signed(min, max, (low, high) => naturals(low, high));
}

/** Any numbers between whole bounds, both included. */
export function numberRange(min: number, max: number): string | undefined {
  const part = (low: number, high: number) => {
    if (high === Infinity) return `(${naturals(low, high)}) fraction?`;
    const below = low < high ? `(${naturals(low, high - 1)}) fraction? | ` : '';
    return `${below}"${high}" ("." "0"{1,${jsonDigitsMax}})?`;
  };
  return signed(min, max, part);
}

function signed(min: number, max: number, part: (low: number, high: number) => string): string | undefined {
  const parts: string[] = [];
  if (max >= 0 && max >= min) parts.push(part(Math.max(min, 0), max));
  if (min < 0 && max >= min) parts.push(`"-" (${part(Math.max(-max, 0), -min)})`);
  return parts.length > 0 ? parts.join(' | ') : undefined;
}

function naturals(low: number, high: number): string {
  const parts: string[] = [];
  const longest = high === Infinity ? jsonDigitsMax : String(high).length;
  for (let length = String(low).length; length <= longest; length++) {
    const least = length === 1 ? 0 : 10 ** (length - 1);
    const first = Math.max(low, least);
    const last = Math.min(high, 10 ** length - 1);
    if (first <= last) parts.push(...sameLength(String(first), String(last)));
  }
  return parts.join(' | ');
}

/** Numbers of as many digits as both bounds have. */
function sameLength(low: string, high: string): string[] {
  if (low === '') return ['""'];
  const rest = low.length - 1;
  const all = rest > 0 ? ` [0-9]{${rest}}` : '';
  const [a, b] = [Number(low[0]), Number(high[0])];
  const within = (digit: number, from: string, to: string) =>
    sameLength(from, to).map(each => `"${digit}"${each === '""' ? '' : ` ${each}`}`);
  if (a === b) return within(a, low.slice(1), high.slice(1));
  const isLeast = /^0*$/.test(low.slice(1));
  const isMost = /^9*$/.test(high.slice(1));
  const [from, to] = [isLeast ? a : a + 1, isMost ? b : b - 1];
  return [
    ...(isLeast ? [] : within(a, low.slice(1), '9'.repeat(rest))),
    ...(from <= to ? [`[${from}-${to}]${all}`] : []),
    ...(isMost ? [] : within(b, '0'.repeat(rest), high.slice(1))),
  ];
}
