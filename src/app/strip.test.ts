import { expect, test } from 'vitest';
import type { PeerId } from '../base/brand.ts';
import { colourNames, colourOf } from './colours.ts';
import { type StripPart, stripText, tilesOf } from './strip.ts';

const part = (name: string, first: number, last: number, loaded = true): StripPart => ({
  peer: name as PeerId,
  name,
  first,
  last,
  loaded,
});

test('a strip has one tile for each layer, in layer order, and hollow ones where nobody holds it', () => {
  const tiles = tilesOf([part('b', 3, 5), part('a', 0, 2)], 6);
  expect(tiles.map(tile => tile.part?.name)).toEqual(['a', 'a', undefined, 'b', 'b', undefined]);
});

test('a deep model has one tile for each part, as wide as its layers', () => {
  const tiles = tilesOf([part('a', 0, 60), part('b', 60, 80, false)], 126);
  expect(tiles.map(({ layers, loaded }) => [layers, loaded])).toEqual([
    [60, true],
    [20, false],
    [46, false],
  ]);
});

test('the strip says in words what it shows', () => {
  expect(stripText([part('Blue-Heron', 0, 2), part('me', 2, 3, false)], 3, 'me' as PeerId)).toBe(
    '3 layers. Blue-Heron: layers 1 to 2; this tab: layer 3, not loaded yet.',
  );
  expect(stripText([], 36, undefined)).toBe('36 layers, held by nobody yet.');
});

test('a peer keeps its colour, and twelve peers have twelve', () => {
  const peers = Array.from({ length: 12 }, (_, index) => `peer ${index}`);
  const colours = peers.map(colourOf);
  expect(new Set(colours).size).toBe(colourNames.length);
  expect(peers.map(colourOf)).toEqual(colours);
  expect(colourOf('a thirteenth')).toBeLessThan(12);
});
