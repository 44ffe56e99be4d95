import { expect, test } from 'vitest';
import { TabmeshError } from '../base/error.ts';
import { DeviceMemory } from './device-memory.ts';

test('counts by purpose, up to the limit and not a byte beyond', () => {
  const memory = new DeviceMemory(1000);
  memory.take('weights', 700);
  memory.take('caches', 200);
  memory.take('scratch', 100);
  const full = memory.use;
  expect(full).toEqual({ weights: 700, caches: 200, scratch: 100, limit: 1000 });
  expect(() => memory.take('caches', 1)).toThrow(TabmeshError);
  expect(memory.use).toEqual(full);
  memory.give('weights', 700);
  memory.take('caches', 700);
  expect(memory.use).toEqual({ weights: 0, caches: 900, scratch: 100, limit: 1000 });
});

test('what does not fit is refused with what it needs, what is free, what is held, and what would help', () => {
  const memory = new DeviceMemory(4e9);
  memory.take('weights', 3e9);
  memory.take('caches', 500e6);
  const check = () => memory.check('layers 4 to 7 of Qwen3', 812e6);
  expect(check).toThrow(expect.objectContaining({ kind: 'full', origin: 'engine' }));
  expect(check).toThrow(
    'There is no room for layers 4 to 7 of Qwen3: 812 MB are needed, and 500 MB of 4.0 GB are free beside 3.0 GB of weights, 500 MB of conversations and 0 B of working memory. Take fewer layers, end another conversation, or allow more memory.',
  );
});

test('without a limit nothing is refused, and there is none to tell', () => {
  const memory = new DeviceMemory();
  memory.take('weights', 1e15);
  memory.check('A model', 1e15);
  expect(memory.use).toEqual({ weights: 1e15, caches: 0, scratch: 0 });
});
