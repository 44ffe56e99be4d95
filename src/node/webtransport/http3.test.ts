import fc from 'fast-check';
import { expect, test } from 'vitest';
import { http3FrameBytesMax } from '../../base/limits.ts';
import {
  controlStreamBytes,
  readVarint,
  StreamHeadReader,
  sessionStreamBytes,
  writeVarint,
} from './http3.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);

test.each([
  [37, '25'],
  [15_293, '7bbd'],
  [494_878_333, '9d7f3e7d'],
  [2 ** 48 + 7, 'c001000000000007'],
])('%i is written as RFC 9000 says', (value, hex) => {
  const written = Buffer.from(hex, 'hex');
  expect(readVarint(written, 0)).toEqual({ value, end: written.length });
  expect(Buffer.from(writeVarint(value)).toString('hex')).toBe(hex);
  expect(readVarint(written.subarray(0, -1), 0)).toBe(undefined);
});

test('the control stream is one frame of settings, each once', () => {
  const all = controlStreamBytes();
  expect([...all.subarray(0, 2)]).toEqual([0, 4]);
  const length = readVarint(all, 2)!;
  expect(length.end + length.value).toBe(all.length);
  const ids: number[] = [];
  for (let at = length.end; at < all.length; ) {
    const id = readVarint(all, at)!;
    const value = readVarint(all, id.end)!;
    ids.push(id.value);
    at = value.end;
  }
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toContain(0x2b603742);
});

test('a stream of a session is told from a request, in whatever pieces it comes', () => {
  const stream = Uint8Array.from([...sessionStreamBytes(4_000), 7, 8]);
  const reader = new StreamHeadReader();
  for (const byte of stream.subarray(0, 3)) expect(reader.push(bytes(byte))).toBe(undefined);
  expect(reader.push(stream.subarray(3))).toEqual({ kind: 'session', session: 4_000, rest: bytes(7, 8) });

  const request = new StreamHeadReader();
  // A frame that means nothing, then HEADERS of 3 bytes.
  expect(request.push(bytes(0x21, 2, 9, 9, 1, 3, 0, 0))).toBe(undefined);
  expect(request.push(bytes(0xd9))).toEqual({ kind: 'request' });
});

test.each([
  ['DATA before HEADERS', bytes(0, 1, 1)],
  ['SETTINGS', bytes(4, 0)],
  ['a frame beyond the limit', bytes(1, ...writeVarint(http3FrameBytesMax + 1))],
  ['one of 2^61 bytes', bytes(1, 0xe0, 0, 0, 0, 0, 0, 0, 0)],
])('%s is refused', (_, garbage) => {
  expect(() => new StreamHeadReader().push(garbage)).toThrow(/a frame of/);
});

test('whatever comes is read, waited for or refused, and no more is kept than a frame may have', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 32 }), pieces => {
      const reader = new StreamHeadReader();
      try {
        for (const piece of pieces) if (reader.push(piece)) return;
      } catch (error) {
        expect(`${error}`).toMatch(/a frame of/);
      }
    }),
  );
});
