import { expect, test } from 'vitest';
import { layersText, rateText, timeText } from './format.ts';

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
