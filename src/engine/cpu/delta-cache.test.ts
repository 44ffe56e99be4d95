import { expect, test } from 'vitest';
import { rewindRowsMax } from '../../base/limits.ts';
import { seededRandom } from '../../base/random.ts';
import { cacheBytes } from '../../model/cache-bytes.ts';
import { tinyModel } from '../tiny-model.ts';
import { DeltaCache } from './delta-cache.ts';
import { inputSize } from './delta-rule.ts';

const { hyper } = tinyModel('qwen35').model;
const net = hyper.deltaNet!;
const random = seededRandom(5);
const values = (length: number) => Float32Array.from({ length }, () => random.next() * 2 - 1);
const rule = { net, convolution: values(net.kernel * 128), epsilon: 1e-6 };
const rows = Array.from({ length: 64 }, () => values(inputSize(net)).map(Math.abs));

function opened() {
  const cache = new DeltaCache(rule);
  cache.reserve();
  const read = (position: number) => {
    const out = new Float32Array(net.valueHeads * net.headSize);
    cache.step(position, rows[position]!, out, 0);
    return out;
  };
  return { cache, read };
}

const straight = (() => {
  const { read } = opened();
  return rows.map((_, position) => read(position));
})();

test('from any length, any of the last rows can be taken back, with the same bits after it', () => {
  for (let length = 1; length <= rows.length; length++)
    for (let back = 0; back <= Math.min(length, rewindRowsMax); back++) {
      const { cache, read } = opened();
      for (let position = 0; position < length; position++) read(position);
      expect(cache.canRewind(length - back)).toBe(true);
      cache.rewind(length - back);
      for (let position = length - back; position < Math.min(rows.length, length + 1); position++)
        expect(read(position)).toEqual(straight[position]);
    }
});

test('at most twice as many rows can be taken back, and all of them', () => {
  const { cache, read } = opened();
  for (let position = 0; position < 40; position++) read(position);
  const possible = Array.from({ length: 41 }, (_, length) => length).filter(length =>
    cache.canRewind(length),
  );
  expect(possible[0]).toBe(0);
  expect(possible[1]).toBeGreaterThanOrEqual(40 - 2 * rewindRowsMax);
  expect(possible.slice(1)).toEqual(Array.from({ length: 41 - possible[1]! }, (_, i) => possible[1]! + i));
  cache.rewind(0);
  for (let position = 0; position < 20; position++) expect(read(position)).toEqual(straight[position]);
});

test('takes what the plan reserves for it, at any length', () => {
  const { cache, read } = opened();
  const reserved = cacheBytes(hyper, 0, 1);
  for (let position = 0; position < rows.length; position++) {
    read(position);
    expect(cache.bytes).toBe(reserved);
  }
  expect(cacheBytes(hyper, 0, 100_000)).toBe(reserved);
});
