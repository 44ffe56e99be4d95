import { TabmeshError } from '../base/error.ts';

export const keyCharactersMax = 512;

/** Throws TabmeshError('invalid', 'store') where the key is no text of 1 to 512 characters. */
export function assertKey(key: string): void {
  if (typeof key !== 'string' || key.length === 0 || key.length > keyCharactersMax)
    throw new TabmeshError('invalid', 'store', `A key has 1 to ${keyCharactersMax} characters.`);
  if (!key.isWellFormed())
    throw new TabmeshError(
      'invalid',
      'store',
      'A key is well-formed text, and this one has half a character.',
    );
}
