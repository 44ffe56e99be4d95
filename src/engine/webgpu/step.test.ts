import { expect, test } from 'vitest';
import { tinyModel } from '../tiny-model.ts';
import { Rotations, stepWords } from './step.ts';

test('rows find their cells, and sessions their page tables', () => {
  const a = { promised: 3, dropped: 0, pages: [5, 2, 9] };
  const b = { promised: 1, dropped: 0, pages: [0] };
  const rows = [
    { position: 63, table: a },
    { position: 64, table: a },
    { position: 7, table: b },
  ];
  expect([...stepWords(rows, 4)]).toEqual([
    63,
    5 * 64 + 63,
    12,
    4,
    64,
    2 * 64,
    12,
    0,
    7,
    7,
    15,
    0,
    5,
    2,
    9,
    0,
  ]);
});

test('far positions are turned by the angle that f64 gives', () => {
  const { hyper } = tinyModel('gemma3').model;
  const rotations = new Rotations(hyper, undefined, 128);
  const row = { position: 100_001 };
  const [global, sliding] = rotations.of([row]);
  expect(sliding!.first).toBe(128 * 8);
  expect(rotations.bytes).toBe(2 * 128 * 8 * 8);
  const angle = 100_001 / 10_000 ** (2 / 16);
  expect(sliding!.turns[2]).toBeCloseTo(Math.cos(angle), 6);
  expect(sliding!.turns[3]).toBeCloseTo(Math.sin(angle), 6);
  expect(global!.turns[1]).toBeCloseTo(Math.sin(100_001 / 8), 6);
});
