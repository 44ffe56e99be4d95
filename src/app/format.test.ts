import { expect, test } from 'vitest';
import { bytesText, layersText, memoryText, rateText, timeText } from './format.ts';

test('numbers have a unit and at most three digits that matter', () => {
  expect([0, 999, 1000, 4_087_360, 999_600, 123_456_789, 5e9].map(bytesText)).toEqual([
    '0 B',
    '999 B',
    '1 kB',
    '4.09 MB',
    '1 MB',
    '123 MB',
    '5 GB',
  ]);
  expect([256 * 2 ** 20, 2 ** 30, 1.5 * 2 ** 30].map(memoryText)).toEqual(['256 MB', '1 GB', '1.5 GB']);
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
