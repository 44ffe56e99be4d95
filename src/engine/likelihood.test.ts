import { expect, test } from 'vitest';
import { draw } from './likelihood.ts';
import { greedy } from './stage.ts';

test('log-probabilities are those of the softmax, whatever the temperature and the filters', () => {
  const chances = [0.1, 0.5, 0.15, 0.25];
  // However far they are from 0.
  for (const shift of [0, 3000, -3000]) {
    const logits = Float32Array.from(chances, chance => Math.log(chance) + shift);
    const narrow = { temperature: 3, topK: 1, topP: 0.2, minP: 0.9, seed: 1 };
    for (const sampling of [greedy, narrow]) {
      const { token, likelihood } = draw(logits, sampling, 0, 2);
      expect(token).toBe(1);
      expect(likelihood!.logProbability).toBeCloseTo(Math.log(0.5), 3);
      expect(likelihood!.likeliest.map(each => each.token)).toEqual([1, 3]);
      expect(likelihood!.likeliest[1]!.logProbability).toBeCloseTo(Math.log(0.25), 3);
    }
  }
});

test('tokens that cannot follow are not among the likeliest', () => {
  const { likelihood } = draw(Float32Array.of(-Infinity, 0, -Infinity, 0), greedy, 0, 4);
  const half = Math.log(0.5);
  expect(likelihood).toEqual({
    logProbability: half,
    likeliest: [
      { token: 1, logProbability: half },
      { token: 3, logProbability: half },
    ],
  });
});
