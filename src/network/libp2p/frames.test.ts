import { expect, test } from 'vitest';
import { concatBytes, equalBytes } from '../../base/bytes.ts';
import { TabmeshError } from '../../base/error.ts';
import { seededRandom } from '../../base/random.ts';
import { creditFrame, endFrame, type Frame, FrameReader, messageFrame } from './frames.ts';

const limit = 20_000;

test('frames come out as they went in, however the stream cuts them', () => {
  const random = seededRandom(1);
  const messages = [0, 1, 126, 127, 128, 16_383, 16_384, limit].map(length => random.bytes(length));
  const bytes = concatBytes([
    ...messages.map(messageFrame),
    creditFrame(1),
    creditFrame(0xffffffff),
    endFrame,
  ]);
  for (const piece of [1, 7, 1000, bytes.length]) {
    const reader = new FrameReader(limit);
    const read: Frame[] = [];
    for (let at = 0; at < bytes.length; at += piece)
      read.push(...reader.push(bytes.subarray(at, at + piece)));
    expect(read.map(frame => frame.kind)).toEqual([
      ...messages.map(() => 'message'),
      'credit',
      'credit',
      'end',
    ]);
    const came = read.flatMap(frame => (frame.kind === 'message' ? [frame.message] : []));
    expect(came.every((message, index) => equalBytes(message, messages[index]!))).toBe(true);
    expect(read.flatMap(frame => (frame.kind === 'credit' ? [frame.cost] : []))).toEqual([1, 0xffffffff]);
  }
});

test('a message is aligned and its own, whatever came before it', () => {
  const [frame] = new FrameReader(limit).push(Uint8Array.of(5, 1, 2, 3, 4, 9, 9));
  const { message } = frame as { message: Uint8Array };
  expect([message.byteOffset, message.buffer.byteLength]).toEqual([0, 4]);
});

test.each([
  ['a length over the limit', messageFrame(new Uint8Array(limit + 1)).slice(0, 4)],
  ['a length of 4 GiB', Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f)],
  ['a number of more than 32 bits', Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x1f)],
  ['a number without end', new Uint8Array(100).fill(0x80)],
  ['a credit without end', new Uint8Array(100).fill(0x80).with(0, 0)],
])('%s is refused before anything is kept', (_, bytes) => {
  const read = () => [...new FrameReader(limit).push(bytes)];
  expect(read).toThrow(TabmeshError);
  expect(read).toThrow(/announced|too large/);
});

test('random bytes give frames within the limit or an error', () => {
  const random = seededRandom(2);
  let refused = 0;
  for (let round = 0; round < 2000; round++) {
    const reader = new FrameReader(64);
    try {
      for (let part = 0; part < 20; part++) {
        for (const frame of reader.push(random.bytes(Math.floor(random.next() * 50)))) {
          if (frame.kind === 'message') expect(frame.message.length).toBeLessThanOrEqual(64);
        }
      }
    } catch (error) {
      expect(error).toMatchObject({ kind: 'invalid', origin: 'network' });
      refused += 1;
    }
  }
  expect(refused).toBeGreaterThan(1000);
});
