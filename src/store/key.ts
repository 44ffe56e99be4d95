import { TabmeshError } from '../base/error.ts';

export const keyCharactersMax = 512;
/** UTF-8 has at most three bytes for each UTF-16 unit. */
export const keyBytesMax = 3 * keyCharactersMax;

/** Throws TabmeshError('invalid', 'store') where the key is no text of 1 to 512 characters. */
export function assertKey(key: string): void {
  if (typeof key !== 'string' || key.length === 0 || key.length > keyCharactersMax || !key.isWellFormed())
    throw new TabmeshError('invalid', 'store', `A key is a text of 1 to ${keyCharactersMax} characters.`);
}
