import { expect, test } from 'vitest';
import { leafBelow, pathTo, siblings } from './branches.ts';

//  a - b - c
//    \ d - e
//        \ f
//  g
const nodes = [
  { id: 'a' },
  { id: 'b', parent: 'a' },
  { id: 'c', parent: 'b' },
  { id: 'd', parent: 'a' },
  { id: 'e', parent: 'd' },
  { id: 'f', parent: 'd' },
  { id: 'g' },
];
const ids = (found: { id: string }[]) => found.map(({ id }) => id).join('');

test('a path leads from the beginning to a leaf', () => {
  expect(ids(pathTo(nodes, 'f'))).toBe('adf');
  expect(ids(pathTo(nodes, undefined))).toBe('');
  expect(ids(pathTo(nodes, 'gone'))).toBe('');
});

test('what follows the same exchange stands side by side', () => {
  expect(ids(siblings(nodes, nodes[1]!))).toBe('bd');
  expect(ids(siblings(nodes, nodes[0]!))).toBe('ag');
});

test('a branch is shown to its latest end', () => {
  expect(leafBelow(nodes, nodes[0]!)).toBe('f');
  expect(leafBelow(nodes, nodes[1]!)).toBe('c');
  expect(leafBelow(nodes, nodes[6]!)).toBe('g');
});
