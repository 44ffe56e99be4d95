import { expect, test } from 'vitest';
import { earlyBytesMax } from '../../base/limits.ts';
import { seededRandom } from '../../base/random.ts';
import { Merge } from './merge.ts';

const message = (number: number, length = 2) => {
  const bytes = new Uint8Array(length);
  new DataView(bytes.buffer).setUint16(0, number);
  return bytes;
};
const collect = () => {
  const delivered: number[] = [];
  const merge = new Merge(bytes => delivered.push(new DataView(bytes.buffer).getUint16(0)));
  return { merge, delivered };
};
const upTo = (count: number) => Array.from({ length: count }, (_, number) => number);

test('each message is delivered once, in order, as early as either way allows', () => {
  for (let seed = 0; seed < 200; seed++) {
    const random = seededRandom(seed);
    const { merge, delivered } = collect();
    const count = 60;
    const here = new Set<number>();
    let streamed = 0;
    const copies = upTo(count).filter(() => random.next() < 0.7);
    // Some come twice.
    copies.push(...copies.filter(() => random.next() < 0.2));
    while (streamed < count || copies.length > 0) {
      if (streamed < count && random.next() < 0.4) {
        here.add(streamed);
        merge.streamed(message(streamed++));
      } else if (copies.length > 0) {
        const [number] = copies.splice(Math.floor(random.next() * Math.min(8, copies.length)), 1);
        here.add(number!);
        merge.copied(number!, message(number!));
      }
      let whole = 0;
      while (here.has(whole)) whole++;
      expect(delivered, `seed ${seed}`).toEqual(upTo(whole));
    }
    expect(delivered).toEqual(upTo(count));
  }
});

test('copies that wait are bounded, and what was dropped comes with the stream', () => {
  const { merge, delivered } = collect();
  const length = 4096;
  const count = 2 * Math.ceil(earlyBytesMax / length);
  for (let number = 1; number < count; number++) merge.copied(number, message(number, length));
  expect(delivered).toEqual([]);
  merge.streamed(message(0, length));
  // Those kept, and no more.
  expect(delivered.length).toBeGreaterThan(earlyBytesMax / length / 2);
  expect(delivered.length * length).toBeLessThanOrEqual(earlyBytesMax + length);
  for (let number = 1; number < count; number++) merge.streamed(message(number, length));
  expect(delivered).toEqual(upTo(count));
});

test('numbers that nobody honest sends deliver nothing', () => {
  const { merge, delivered } = collect();
  for (const number of [2 ** 32 - 1, -1, 0.5, Number.NaN]) merge.copied(number, message(9));
  merge.streamed(message(0));
  merge.streamed(message(1));
  expect(delivered).toEqual([0, 1]);
});
