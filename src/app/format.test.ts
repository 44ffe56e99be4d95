import { expect, test } from 'vitest';
import { amountOf, layersText, moneyText, rateText, timeText } from './format.ts';

test('numbers have a unit and at most three digits that matter', () => {
  expect([0.2, 41.6, 999.6, 12_340, 59_960, 83_000].map(timeText)).toEqual([
    '1 ms',
    '42 ms',
    '1 s',
    '12.3 s',
    '1 min 0 s',
    '1 min 23 s',
  ]);
  expect([0.042, 3.146, 99.7, 412.3].map(rateText)).toEqual(['0.04', '3.1', '100', '412']);
});

test('layers are counted from one and the end is inclusive for people', () => {
  expect(layersText(0, 1)).toBe('layer 1');
  expect(layersText(2, 6)).toBe('layers 3 to 6');
});

test('micro-cents are told as dollars, small ones with the digits that matter', () => {
  expect([0, 1, 12_345, 150_000_000, 123_456_789_000].map(moneyText)).toEqual([
    '$0.00',
    '$0.00000001',
    '$0.000123',
    '$1.50',
    '$1,234.57',
  ]);
});

test('amounts are read as they are written, and nothing else is', () => {
  expect([' 2.50', '0', '', '-1', 'a', '1,5', 'Infinity', '1e300'].map(text => amountOf(text, 100))).toEqual([
    250,
    0,
    ...Array(6).fill(undefined),
  ]);
});
