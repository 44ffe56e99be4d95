import { expect, test } from 'vitest';
import { cacheBytes } from '../../model/cache-bytes.ts';
import { tinyModel } from '../tiny-model.ts';
import { KvCache } from './kv-cache.ts';

test('grows with use, keeps what it holds, and never goes beyond its capacity', () => {
  const cache = new KvCache(3, 2, 200);
  expect(cache.bytes).toBe(0);
  for (let position = 0; position < 200; position++) {
    cache.reserve(position + 1);
    cache.write(position, Float32Array.of(position, 1, 2), Float32Array.of(3, position));
    expect(cache.bytes).toBeLessThanOrEqual(Math.min(200, Math.max(64, 2 * (position + 1))) * 5 * 4);
  }
  expect(cache.bytes).toBe(200 * 5 * 4);
  for (let position = 0; position < 200; position++) {
    expect(cache.keys[position * 3]).toBe(position);
    expect(cache.values[position * 2 + 1]).toBe(position);
  }
});

test('a short conversation reserves no more than it asked for', () => {
  const cache = new KvCache(3, 2, 10);
  cache.reserve(1);
  expect(cache.bytes).toBe(10 * 5 * 4);
});

test('takes what the plan reserves for it', () => {
  const { hyper } = tinyModel('qwen35').model;
  const cache = new KvCache(hyper.kvHeads * hyper.keySize, hyper.kvHeads * hyper.valueSize, 300);
  cache.reserve(300);
  expect(cacheBytes(hyper, 3, 300)).toBe(cache.bytes);
});
