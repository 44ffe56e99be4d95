import { expect, test } from 'vitest';
import { isWithinHours } from './lending-hours.ts';

const hours = (from: number, to: number) =>
  Array.from({ length: 24 }, (_, hour) => hour).filter(hour => isWithinHours({ from, to }, hour));

test('hours of one day, over midnight, and the whole day', () => {
  expect(hours(9, 12)).toEqual([9, 10, 11]);
  expect(hours(22, 2)).toEqual([0, 1, 22, 23]);
  expect(hours(0, 1)).toEqual([0]);
  expect(hours(23, 0)).toEqual([23]);
  expect(hours(7, 7)).toHaveLength(24);
});
