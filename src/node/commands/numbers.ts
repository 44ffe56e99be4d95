import { TabmeshError } from '../../base/error.ts';

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly whole?: boolean;
}

/** An option's number, or its default; anything else is refused by name. */
export function numberOption(value: unknown, name: string, fallback: number, bounds: Bounds): number {
  if (value === undefined) return fallback;
  const number = Number(value);
  const fits =
    value !== '' &&
    number >= bounds.min &&
    number <= bounds.max &&
    (!bounds.whole || Number.isInteger(number));
  if (!fits) {
    const kind = bounds.whole ? 'a whole number' : 'a number';
    throw new TabmeshError(
      'invalid',
      'node',
      `--${name} takes ${kind} from ${bounds.min} to ${bounds.max}, not "${value}".`,
    );
  }
  return number;
}

export function tokenIdsOption(value: unknown, vocabulary: number): number[] {
  const ids = String(value)
    .split(',')
    .map(part => (/^\s*\d+\s*$/.test(part) ? Number(part) : Number.NaN));
  if (ids.some(id => !(id < vocabulary))) {
    throw new TabmeshError(
      'invalid',
      'node',
      `--token-ids takes ids from 0 to ${vocabulary - 1} with commas between, such as 1,2,3.`,
    );
  }
  return ids;
}
