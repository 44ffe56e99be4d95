import { expect, test } from 'vitest';
import { seededRandom } from '../../base/random.ts';
import { draw } from '../likelihood.ts';
import { sample } from '../sampling.ts';
import type { Sampling } from '../stage.ts';
import { drawTop, sampleTop } from './sample-top.ts';
import type { TopLogits } from './top.ts';

function row(seed: number, spread: number): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: 500 }, () => Math.round((random.next() ** 4 * spread - 3) * 64) / 64);
}

function top(logits: Float32Array): TopLogits {
  const order = [...logits.keys()].sort((a, b) => logits[b]! - logits[a]! || a - b).slice(0, 64);
  const highest = logits[order[0]!]!;
  return {
    tokens: Uint32Array.from(order),
    logits: Float32Array.from(order, token => logits[token]!),
    mass: Math.fround(logits.reduce((sum, logit) => sum + Math.exp(logit - highest), 0)),
    faults: 0,
  };
}

const settings: Partial<Sampling>[] = [
  { temperature: 0 },
  { topK: 1 },
  { topK: 64, topP: 0.9, minP: 0.01 },
  { topK: 20, temperature: 3 },
  { topP: 0.9 },
  { topP: 0.6, minP: 0.2, temperature: 0.3 },
  { minP: 0.3 },
  { topK: 65, topP: 0.9 },
  { temperature: 2 },
];
const open: Sampling = { temperature: 1, topK: 0, topP: 1, minP: 0, seed: 9 };

test('the candidates give the token that all logits give, or none', () => {
  const decided = settings.map(setting => {
    let count = 0;
    for (let seed = 0; seed < 60; seed++) {
      // Rounded logits tie often, which the lowest token settles.
      const logits = row(seed, 20);
      const sampling = { ...open, ...setting };
      const token = sampleTop(top(logits), logits.length, sampling, seed);
      if (token === undefined) continue;
      count++;
      expect(token).toBe(sample(logits, sampling, seed));
    }
    return count;
  });
  expect(decided.slice(0, 4)).toEqual([60, 60, 60, 60]);
  expect(decided.slice(4, 7).every(count => count > 40)).toBe(true);
  expect(decided.slice(7)).toEqual([0, 0]);
});

test('what is told of a token by the candidates is what all logits tell', () => {
  for (let seed = 0; seed < 60; seed++) {
    const logits = row(seed, 20);
    // All but ten cannot follow.
    if (seed % 2 === 1) logits.fill(-Infinity, 0, 490);
    for (const sampling of [
      { ...open, temperature: 0 },
      { ...open, topK: 20, temperature: 3 },
    ]) {
      const actual = drawTop(top(logits), logits.length, sampling, seed, 20);
      const expected = draw(logits, sampling, seed, 20);
      expect(actual?.token).toBe(expected.token);
      const [own, all] = [actual!.likelihood!, expected.likelihood!];
      expect(own.logProbability).toBeCloseTo(all.logProbability, 5);
      expect(own.likeliest.map(({ token }) => token)).toEqual(all.likeliest.map(({ token }) => token));
      own.likeliest.forEach(({ logProbability }, place) => {
        expect(logProbability).toBeCloseTo(all.likeliest[place]!.logProbability, 5);
      });
    }
  }
});

test('a flat row, whose nucleus is larger than the candidates, is left to all logits', () => {
  const logits = new Float32Array(500);
  expect(sampleTop(top(logits), 500, { ...open, topP: 0.9 }, 0)).toBeUndefined();
  expect(sampleTop(top(logits), 500, { ...open, minP: 0.5 }, 0)).toBeUndefined();
});

test('logits that are no numbers are left to the one who names them', () => {
  expect(sampleTop({ ...top(row(1, 20)), faults: 1 }, 500, { ...open, temperature: 0 }, 0)).toBeUndefined();
});
