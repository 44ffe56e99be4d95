import { expect, test } from 'vitest';
import { tinyModel } from '../tiny-model.ts';
import { headsPerGroup, sharesBytes, sharesFor } from './shares.ts';

const hyper = { ...tinyModel('qwen3').model.hyper, heads: 16, kvHeads: 8, keySize: 128, valueSize: 128 };

test('query heads share a workgroup evenly, within its memory', () => {
  expect(headsPerGroup(hyper)).toBe(2);
  expect(headsPerGroup({ ...hyper, heads: 28, kvHeads: 4 })).toBe(7);
  expect(headsPerGroup({ ...hyper, heads: 32, kvHeads: 2 })).toBe(8);
  expect(headsPerGroup({ ...hyper, heads: 8, kvHeads: 1, keySize: 256 })).toBe(4);
  expect(headsPerGroup({ ...hyper, heads: 5, kvHeads: 5 })).toBe(1);
});

test('a short context and many rows are not divided, a long context is, within the buffer for it', () => {
  expect(sharesFor(hyper, 1, 3)).toBe(1);
  expect(sharesFor(hyper, 128, 100)).toBe(1);
  expect(sharesFor(hyper, 1, 8)).toBe(4);
  for (const rows of [1, 3, 8, 31, 128]) {
    for (const pages of [1, 4, 100, 10_000]) {
      const shares = sharesFor(hyper, rows, pages);
      const bytes = rows * hyper.heads * shares * (hyper.valueSize + 2) * 4;
      if (shares > 1) expect(bytes).toBeLessThanOrEqual(sharesBytes(hyper));
    }
  }
});
