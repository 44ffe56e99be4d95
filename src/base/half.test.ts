import { expect, test } from 'vitest';
import { fromHalf, toHalf } from './half.ts';

test('every half survives the way to a float and back', () => {
  for (let half = 0; half < 65536; half++) {
    const value = fromHalf(half);
    if (Number.isNaN(value)) expect(Number.isNaN(fromHalf(toHalf(value)))).toBe(true);
    else if (toHalf(value) !== half) throw new Error(`half ${half} came back as ${toHalf(value)}`);
  }
});

test('rounds to nearest, ties to even, and carries into the exponent', () => {
  const between = (low: number, high: number) => (fromHalf(low) + fromHalf(high)) / 2;
  expect(toHalf(between(0x3c00, 0x3c01))).toBe(0x3c00);
  expect(toHalf(between(0x3c01, 0x3c02))).toBe(0x3c02);
  expect(toHalf(1.9999)).toBe(0x4000);
  expect(toHalf(between(0x0001, 0x0002))).toBe(0x0002);
  expect(toHalf(2 ** -25)).toBe(0x0000);
  expect(toHalf(65519.99)).toBe(0x7bff);
  expect(toHalf(65520)).toBe(0x7c00);
  expect(toHalf(-70000)).toBe(0xfc00);
});
