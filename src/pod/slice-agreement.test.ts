import { expect, test } from 'vitest';
import type { ModelId, PeerId } from '../base/brand.ts';
import { fromHex } from '../base/bytes.ts';
import { SliceAgreement } from './slice-agreement.ts';

const [one, other] = ['11'.repeat(32), '22'.repeat(32)];
const chunk = { start: 5, end: 9 };
/** What a member says: `read` it from the source, `verified` the whole file, or only `passes` on. */
type Word = readonly [hash: string, how: 'read' | 'verified' | 'passes'];

function hashOf(alone: boolean, ...words: readonly Word[]): string | undefined {
  const agreement = new SliceAgreement(100, 'v1');
  words.forEach(([hash, how], index) => {
    const entry = { ...chunk, hash: fromHex(hash), read: how === 'read', verified: how === 'verified' };
    const statement = { model: 'm' as ModelId, fileBytes: 100, version: 'v1', entries: [entry] };
    agreement.hear(`peer-${index}` as PeerId, [statement]);
  });
  return agreement.hashOf(chunk, alone);
}

test.each<
  readonly [string, readonly Word[], whileSourceAnswers: string | undefined, after: string | undefined]
>([
  ['nobody', [], undefined, undefined],
  ['one who read it', [[one, 'read']], undefined, one],
  ['one who verified the file', [[one, 'verified']], one, one],
  [
    'two who read it',
    [
      [one, 'read'],
      [one, 'read'],
    ],
    one,
    one,
  ],
  [
    'one who read it and one who passes it on',
    [
      [one, 'read'],
      [one, 'passes'],
    ],
    undefined,
    one,
  ],
  [
    'many who pass it on',
    [
      [one, 'passes'],
      [one, 'passes'],
    ],
    undefined,
    one,
  ],
  [
    'one who read it, against many who pass on other bytes',
    [
      [one, 'read'],
      [other, 'passes'],
      [other, 'passes'],
    ],
    undefined,
    one,
  ],
  [
    'one who verified the file, against one who read other bytes',
    [
      [one, 'verified'],
      [other, 'read'],
    ],
    undefined,
    undefined,
  ],
  [
    'two who verified different files',
    [
      [one, 'verified'],
      [other, 'verified'],
    ],
    undefined,
    undefined,
  ],
])('the word of %s', (_, words, whileSourceAnswers, after) => {
  expect([hashOf(false, ...words), hashOf(true, ...words)]).toEqual([whileSourceAnswers, after]);
});
