import { TabmeshError } from '../base/error.ts';

/** Reads typed values out of a header; throws TabmeshError('corrupt', 'model') that names the key. */
export class Metadata {
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(values: Readonly<Record<string, unknown>>) {
    this.#values = values;
  }

  has(key: string): boolean {
    return Object.hasOwn(this.#values, key);
  }

  /** Whole number within [least, most]; `absent` where there is none. */
  integer(key: string, least: number, most: number, absent?: number): number {
    const value = this.#number(key, absent);
    if (!Number.isInteger(value) || value < least || value > most)
      throw wrong(key, `is ${value}, not a whole number from ${least} to ${most}`);
    return value;
  }

  /** Number above zero. */
  positive(key: string, absent?: number): number {
    const value = this.#number(key, absent);
    if (!Number.isFinite(value) || value <= 0) throw wrong(key, `is ${value}, not a number above zero`);
    return value;
  }

  text(key: string, absent?: string): string {
    const value = this.#get(key, absent);
    if (typeof value !== 'string') throw wrong(key, 'is no text');
    return value;
  }

  flag(key: string, absent: boolean): boolean {
    const value = this.#get(key, absent);
    if (typeof value !== 'boolean') throw wrong(key, 'is neither true nor false');
    return value;
  }

  texts(key: string): readonly string[] {
    return this.#array(key, (value): value is string => typeof value === 'string', 'text');
  }

  numbers(key: string): readonly number[] {
    return this.#array(key, (value): value is number => typeof value === 'number', 'number');
  }

  flags(key: string): readonly boolean[] {
    return this.#array(key, (value): value is boolean => typeof value === 'boolean', 'flag');
  }

  #array<T>(key: string, is: (value: unknown) => value is T, what: string): readonly T[] {
    const values = this.#get(key);
    if (!Array.isArray(values)) throw wrong(key, 'is no array');
    if (!values.every(is)) throw wrong(key, `has an element that is no ${what}`);
    return values;
  }

  #number(key: string, absent?: number): number {
    const value = this.#get(key, absent);
    if (Array.isArray(value))
      throw new TabmeshError('unsupported', 'model', `Metadata ${key} differs from layer to layer.`);
    if (typeof value !== 'number' && typeof value !== 'bigint') throw wrong(key, 'is no number');
    return Number(value);
  }

  #get(key: string, absent?: unknown): unknown {
    const value = this.has(key) ? this.#values[key] : absent;
    if (value === undefined) throw wrong(key, 'is missing');
    return value;
  }
}

const wrong = (key: string, fault: string) =>
  new TabmeshError('corrupt', 'model', `The model file is damaged: metadata ${key} ${fault}.`);
