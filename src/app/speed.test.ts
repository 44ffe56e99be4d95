import { expect, test } from 'vitest';
import { Speed } from './speed.ts';

test('a speed is told after some seconds, and is that of the last ten', () => {
  const speed = new Speed();
  // What was stored before counts for nothing.
  expect(speed.at(0, 5_000)).toBeUndefined();
  expect(speed.at(1_000, 5_100)).toBeUndefined();
  expect(speed.at(4_000, 5_400)).toBe(100);
  for (let second = 5; second <= 20; second++) speed.at(second * 1000, 5_400);
  expect(speed.at(21_000, 5_400)).toBe(0);
});

test('after a pause of the page it is the mean of the pause', () => {
  const speed = new Speed();
  speed.at(0, 0);
  expect(speed.at(60_000, 6_000)).toBe(100);
});

test('a count that begins anew has no speed yet', () => {
  const speed = new Speed();
  speed.at(0, 0);
  expect(speed.at(4_000, 400)).toBe(100);
  expect(speed.at(5_000, 10)).toBeUndefined();
  expect(speed.at(9_000, 50)).toBe(10);
});
