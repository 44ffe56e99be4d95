import { expect, test } from 'vitest';
import { seededRandom } from '../../base/random.ts';
import { Heap } from './heap.ts';

const memory = (maximum: number) => new WebAssembly.Memory({ initial: 1, maximum });

test('places never overlap, and what is released is used again', () => {
  const heap = new Heap(memory(1024));
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
  expect(heap.takenBytes).toBe(0);
  // All of it is one piece again.
  const first = heap.take(3_000_000);
  heap.release(first);
  expect(heap.take(64)).toBe(first);
});

test('memory that does not suffice is full, with the numbers, and less still fits', () => {
  const heap = new Heap(memory(40));
  heap.take(1_000_000);
  expect(() => heap.take(2_000_000)).toThrow(
    expect.objectContaining({ kind: 'full', reason: expect.stringMatching(/hold 1 MB .* 2 MB more/) }),
  );
  heap.take(1_000_000);
});
