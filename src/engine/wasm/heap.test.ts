import { expect, test } from 'vitest';
import { seededRandom } from '../../base/random.ts';
import { DeviceMemory } from '../device-memory.ts';
import { Heap } from './heap.ts';

const memory = (maximum: number) => new WebAssembly.Memory({ initial: 1, maximum });

test('places never overlap, and what is released is used again', () => {
  const counted = new DeviceMemory();
  const heap = new Heap(memory(1024), counted);
  const random = seededRandom(5);
  const taken: { address: number; size: number; mark: number }[] = [];
  for (let turn = 0; turn < 3000; turn++) {
    if (taken.length > 0 && random.next() < 0.48) {
      const [{ address, size, mark }] = taken.splice(Math.floor(random.next() * taken.length), 1) as [
        { address: number; size: number; mark: number },
      ];
      expect(heap.bytes(address, size).every(byte => byte === mark)).toBe(true);
      heap.release(address);
    } else {
      const size = 1 + Math.floor(random.next() * 5000);
      const address = heap.take(size);
      const mark = turn & 255;
      expect(address % 64).toBe(0);
      heap.bytes(address, size).fill(mark);
      taken.push({ address, size, mark });
    }
  }
  for (const { address } of taken) heap.release(address);
  expect(counted.use).toEqual({ weights: 0, caches: 0, scratch: 0 });
  // All of it is one piece again.
  const first = heap.take(3_000_000);
  heap.release(first);
  expect(heap.take(64)).toBe(first);
});

test('memory that the system does not give is full, with the numbers, and less still fits', () => {
  const counted = new DeviceMemory();
  const heap = new Heap(memory(40), counted);
  heap.take(1_000_000);
  const before = counted.use;
  expect(() => heap.take(2_000_000)).toThrow(
    expect.objectContaining({ kind: 'full', reason: expect.stringMatching(/have 1\.\d MB .* 2\.0 MB more/) }),
  );
  expect(counted.use).toEqual(before);
  heap.take(1_000_000);
});

test('each purpose is counted as what it takes, and none exceeds the limit', () => {
  const counted = new DeviceMemory(1024);
  const heap = new Heap(memory(40), counted);
  const weights = heap.take(100, 'weights');
  heap.take(1, 'caches');
  expect(counted.use).toEqual({ weights: 128, caches: 64, scratch: 0, limit: 1024 });
  expect(() => heap.take(900)).toThrow(expect.objectContaining({ kind: 'full' }));
  heap.release(weights);
  heap.take(900);
  expect(counted.use).toEqual({ weights: 0, caches: 64, scratch: 960, limit: 1024 });
});
