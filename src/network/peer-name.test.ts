import { expect, test } from 'vitest';
import type { PeerId } from '../base/brand.ts';
import { peerName } from './peer-name.ts';

test('a name stays the same, and is two words', () => {
  const id = '12D3KooWGRUVh7WTcgVgWJcYEXLqVGyjbVDAKjVLcbpnNkmqKZ4v' as PeerId;
  expect(peerName(id)).toBe(peerName(id));
  expect(peerName(id)).toMatch(/^[A-Z][a-z]+-[A-Z][a-z]+$/);
});

test('ids that differ in their last character have different names, and all words are used', () => {
  const names = Array.from({ length: 4000 }, (_, index) => peerName(`12D3KooWExample${index}` as PeerId));
  expect(new Set(names).size).toBeGreaterThan(2400);
  expect(new Set(names.map(name => name.split('-')[0])).size).toBe(64);
  expect(new Set(names.map(name => name.split('-')[1])).size).toBe(64);
});
