import { expect, test } from 'vitest';
import { quicTokenMs } from '../../base/limits.ts';
import { RetryTokens } from './retry-token.ts';

test('a token is good for the place that it was made for, for a while, and for nothing else', () => {
  let now = 0;
  const tokens = new RetryTokens(() => now);
  const place = { host: '203.0.113.7', port: 4 };
  const id = Uint8Array.from({ length: 8 }, (_, index) => index);
  const { token, newId } = tokens.make(id, place);
  expect(newId).toHaveLength(20);
  expect([...tokens.read(token, newId, place)!]).toEqual([...id]);
  expect(tokens.read(token, newId, { ...place, port: 5 })).toBe(undefined);
  expect(tokens.read(token, newId, { ...place, host: '203.0.113.8' })).toBe(undefined);
  expect(
    tokens.read(
      token,
      newId.map(byte => byte ^ 1),
      place,
    ),
  ).toBe(undefined);
  for (let at = 0; at < token.length; at++)
    expect(
      tokens.read(
        token.map((byte, index) => (index === at ? byte ^ 1 : byte)),
        newId,
        place,
      ),
    ).toBe(undefined);
  for (let length = 0; length < 80; length++)
    expect(tokens.read(token.subarray(0, length).slice(), newId, place) !== undefined).toBe(
      length >= token.length,
    );
  expect(tokens.read(new Uint8Array(200), newId, place)).toBe(undefined);
  now = quicTokenMs + 1;
  expect(tokens.read(token, newId, place)).toBe(undefined);
});
