import { expect, test } from 'vitest';
import type { ModelId, PeerId } from '../base/brand.ts';
import { mergeHolds, mergeHops } from './parts.ts';

const hop = (peer: string, first: number, last: number) => ({
  peer: peer as PeerId,
  name: peer,
  device: 'cpu',
  first,
  last,
});

test('neighbouring hops of one peer are one hop; the same peer further on is another', () => {
  const hops = [hop('a', 0, 1), hop('a', 1, 3), hop('b', 3, 4), hop('a', 4, 6)];
  expect(mergeHops(hops).map(({ peer, first, last }) => [peer, first, last])).toEqual([
    ['a', 0, 3],
    ['b', 3, 4],
    ['a', 4, 6],
  ]);
});

test('what is held twice while layers move is told once, each model by itself', () => {
  const held = (model: string, first: number, last: number) => ({
    model: model as ModelId,
    layers: { first, last },
  });
  const holds = [held('m', 0, 2), held('n', 1, 3), held('m', 0, 1), held('m', 4, 6), held('m', 2, 3)];
  expect(mergeHolds({ holds })).toEqual([
    { model: 'm', first: 0, last: 3 },
    { model: 'n', first: 1, last: 3 },
    { model: 'm', first: 4, last: 6 },
  ]);
});
