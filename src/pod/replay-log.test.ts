import { expect, test, vi } from 'vitest';
import { replayBytesMax, replaySessionBytesMax } from '../base/limits.ts';
import { type Chunk, toHalves } from './half-rows.ts';
import { ReplayLog, ReplayRoom } from './replay-log.ts';

vi.setConfig({ testTimeout: 60_000 });
const width = 1024;
const count = 64;
const hidden = new Float32Array(count * width);
/** Of one chunk as it is kept. */
const chunkBytes = 2 * count * width + 256;
const chunksMax = Math.floor(replaySessionBytesMax / chunkBytes);

const chunk = (position: number, rows = count): Chunk => ({
  position,
  count: rows,
  step: position + 1,
  all: false,
  until: 0,
  hidden: hidden.subarray(0, rows * width),
});
const keep = (log: ReplayLog, each: Chunk) => log.add(each, toHalves(each.hidden));
const fill = (log: ReplayLog, chunks: number) => {
  for (let index = 0; index < chunks; index++) keep(log, chunk(count * index));
};
const positions = (log: ReplayLog) => [...log.replay(0, 0)].map(each => [each.position, each.count]);
const isKept = (log: ReplayLog) => log.replay(0, 0).next().done === false;

test('a session keeps rows up to its limit; beyond it nothing, until it begins anew', () => {
  const room = new ReplayRoom();
  const log = new ReplayLog(room);
  fill(log, chunksMax);
  expect(isKept(log)).toBe(true);
  keep(log, chunk(count * chunksMax));
  expect(() => isKept(log)).toThrow('Too much was sent');
  keep(log, chunk(count * chunksMax + count));
  expect(() => isKept(log)).toThrow('Too much was sent');
  expect(room.take(replayBytesMax)).toBe(true);
  room.give(replayBytesMax);
  keep(log, chunk(0, 3));
  expect(positions(log)).toEqual([[0, 3]]);
});

test('rows that were gone back over give their room back, also a part of a chunk', () => {
  const room = new ReplayRoom();
  const log = new ReplayLog(room);
  keep(log, chunk(0));
  keep(log, chunk(64));
  keep(log, chunk(96, 1));
  expect(positions(log)).toEqual([
    [0, 64],
    [64, 32],
    [96, 1],
  ]);
  keep(log, chunk(64, 1));
  expect(positions(log)).toEqual([
    [0, 64],
    [64, 1],
  ]);
  expect(room.take(replayBytesMax - chunkBytes - 2 * width - 256 + 1)).toBe(false);
  expect(room.take(replayBytesMax - chunkBytes - 2 * width - 256)).toBe(true);
});

test('sessions share the room of their peer, and one that ends gives its part back', () => {
  const room = new ReplayRoom();
  room.take(replayBytesMax - 2 * chunkBytes);
  const [first, second, third] = [new ReplayLog(room), new ReplayLog(room), new ReplayLog(room)];
  fill(first, 1);
  fill(second, 2);
  expect(isKept(first)).toBe(true);
  expect(() => isKept(second)).toThrow('Too much was sent');
  first.clear();
  fill(third, 2);
  expect(isKept(third)).toBe(true);
});
