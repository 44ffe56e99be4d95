import { expect, test } from 'vitest';
import { tinyModel } from '../tiny-model.ts';
import { ropeFrequencies, rotate } from './rope.ts';

const { hyper } = tinyModel('gemma3').model;

test('global layers have their base and scale, sliding layers their own base and none', () => {
  const { base, baseLocal, scale, dimensions } = hyper.rope;
  expect([base === baseLocal, scale === 1]).toEqual([false, false]);
  const global = ropeFrequencies(hyper, false);
  const sliding = ropeFrequencies(hyper, true);
  expect(global.length).toBe(dimensions / 2);
  expect(global[0]).toBe(1 / scale);
  expect(sliding[0]).toBe(1);
  expect(global[4]).toBeCloseTo(base ** (-8 / dimensions) / scale, 12);
  expect(sliding[4]).toBeCloseTo(baseLocal ** (-8 / dimensions), 12);
});

test('divisors slow each pair down', () => {
  const plain = ropeFrequencies(hyper, false);
  const divisors = Float32Array.from(plain, (_, i) => 1 + i);
  expect([...ropeFrequencies(hyper, false, divisors)]).toEqual([...plain].map((value, i) => value / (1 + i)));
});

test('turns each pair by position times frequency, and leaves what is beyond the pairs', () => {
  const frequencies = Float64Array.of(0.5, 0.25);
  const turned = (x: number, y: number, angle: number) => [
    Math.fround(x * Math.cos(angle) - y * Math.sin(angle)),
    Math.fround(x * Math.sin(angle) + y * Math.cos(angle)),
  ];
  const [a0, a1] = turned(1, 2, 1.5);
  const [b0, b1] = turned(3, 4, 0.75);
  const interleaved = Float32Array.of(9, 1, 2, 3, 4, 5, 1, 2, 3, 4, 5);
  rotate(interleaved, 1, 2, 5, 3, frequencies, 'interleaved');
  expect([...interleaved]).toEqual([9, a0, a1, b0, b1, 5, a0, a1, b0, b1, 5]);
  const halves = Float32Array.of(9, 1, 3, 2, 4, 5);
  rotate(halves, 1, 1, 5, 3, frequencies, 'halves');
  expect([...halves]).toEqual([9, a0, b0, a1, b1, 5]);
});
