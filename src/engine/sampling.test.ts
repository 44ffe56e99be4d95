import { expect, test } from 'vitest';
import { seededRandom } from '../base/random.ts';
import { sample } from './sampling.ts';
import { greedy, type Sampling } from './stage.ts';

const free: Sampling = { temperature: 1, topK: 0, topP: 1, minP: 0, seed: 1 };
/** Logits whose softmax is `chances`. */
const logitsOf = (...chances: number[]) => Float32Array.from(chances, Math.log);

function countDraws(logits: Float32Array, sampling: Sampling, draws: number): number[] {
  const counts = new Array<number>(logits.length).fill(0);
  for (let position = 0; position < draws; position++) counts[sample(logits, sampling, position)]!++;
  return counts;
}

/** Pearson's statistic, to hold under about degrees + 4 sqrt(2 degrees) where the draws follow `chances`. */
function chiSquare(counts: readonly number[], chances: readonly number[]): number {
  const draws = counts.reduce((sum, count) => sum + count, 0);
  return counts.reduce((sum, count, token) => {
    const expected = draws * chances[token]!;
    if (expected === 0) return count === 0 ? sum : Infinity;
    return sum + (count - expected) ** 2 / expected;
  }, 0);
}

test('greedy takes the highest logit, the lowest id among equals', () => {
  expect(sample(Float32Array.of(1, 3, 3, 2), greedy, 0)).toBe(1);
  expect(sample(Float32Array.of(-Infinity, -5, -5), greedy, 0)).toBe(1);
  expect(sample(Float32Array.of(0), greedy, 0)).toBe(0);
});

test.each([1, 7, 123_456, Number.MAX_SAFE_INTEGER, -3])('draws follow the softmax with seed %d', seed => {
  const chances = [0.5, 0.25, 0.125, 0.1, 0.025];
  const counts = countDraws(logitsOf(...chances), { ...free, seed }, 20_000);
  expect(chiSquare(counts, chances)).toBeLessThan(16);
});

test('draws with seeds in a row at one position follow the softmax too', () => {
  const chances = [0.4, 0.3, 0.2, 0.1];
  const counts = [0, 0, 0, 0];
  for (let seed = 0; seed < 20_000; seed++) counts[sample(logitsOf(...chances), { ...free, seed }, 5)]!++;
  expect(chiSquare(counts, chances)).toBeLessThan(14);
});

test('the draw at a position says nothing about the next', () => {
  const logits = logitsOf(0.5, 0.5);
  const pairs = [0, 0, 0, 0];
  for (let position = 0; position < 20_000; position++) {
    pairs[sample(logits, free, position) * 2 + sample(logits, free, position + 1)]!++;
  }
  expect(chiSquare(pairs, [0.25, 0.25, 0.25, 0.25])).toBeLessThan(13);
});

test('temperature sharpens and flattens', () => {
  const logits = logitsOf(0.6, 0.3, 0.1);
  for (const temperature of [0.5, 2]) {
    const weights = [0.6, 0.3, 0.1].map(chance => chance ** (1 / temperature));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const counts = countDraws(logits, { ...free, temperature }, 20_000);
    expect(
      chiSquare(
        counts,
        weights.map(weight => weight / total),
      ),
    ).toBeLessThan(12);
  }
  expect(countDraws(logits, { ...free, temperature: 1e-6 }, 100)).toEqual([100, 0, 0]);
});

test.each([
  [
    'top-k keeps the k highest, the lowest ids among equals',
    { topK: 2 },
    [0.3, 0.3, 0.3, 0.1],
    [0.5, 0.5, 0, 0],
  ],
  ['top-k over the vocabulary keeps all', { topK: 9 }, [0.25, 0.75], [0.25, 0.75]],
  [
    'top-p keeps the fewest that reach p',
    { topP: 0.8 },
    [0.1, 0.5, 0.35, 0.05],
    [0, 0.5 / 0.85, 0.35 / 0.85, 0],
  ],
  ['top-p keeps one at least', { topP: 0 }, [0.2, 0.5, 0.3], [0, 1, 0]],
  ['top-p counts within top-k', { topK: 2, topP: 0.7 }, [0.3, 0.4, 0.2, 0.1], [3 / 7, 4 / 7, 0, 0]],
  [
    'min-p keeps what has that share of the highest',
    { minP: 0.5 },
    [0.4, 0.25, 0.19, 0.16],
    [0.4 / 0.65, 0.25 / 0.65, 0, 0],
  ],
  ['filters come before the temperature', { minP: 0.5, temperature: 100 }, [0.6, 0.2, 0.2], [1, 0, 0]],
] as const)('%s', (_, settings, chances, expected) => {
  const counts = countDraws(logitsOf(...chances), { ...free, ...settings }, 20_000);
  expect(chiSquare(counts, expected)).toBeLessThan(14);
});

test('what is sorted only in part is filtered as if all were', () => {
  const random = seededRandom(5);
  const logits = Float32Array.from({ length: 4000 }, () => random.next() * 24 - 12);
  const order = [...logits.keys()].sort((a, b) => logits[b]! - logits[a]!);
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
  for (const topK of [1, 40, 700, 3999]) {
    const drawn = new Set(
      Array.from({ length: 300 }, (_, p) => sample(logits, { ...free, temperature: 50, topK }, p)),
    );
    const kept = new Set(order.slice(0, topK));
    for (const token of drawn) expect(kept.has(token)).toBe(true);
  }
  for (const topP of [0.1, 0.9, 0.999_99]) {
    let reached = 0;
    const last = order.findIndex(token => (reached += Math.exp(logits[token]!)) >= topP * total);
    const kept = new Set(order.slice(0, last + 1));
    for (let p = 0; p < 100; p++) {
      expect(kept.has(sample(logits, { ...free, temperature: 50, topP }, p))).toBe(true);
    }
  }
});

test('a draw depends on seed and position alone', () => {
  const logits = Float32Array.from({ length: 500 }, (_, token) => Math.sin(token));
  const draw = (seed: number) => Array.from({ length: 50 }, (_, p) => sample(logits, { ...free, seed }, p));
  expect(draw(1)).not.toEqual(draw(2));
  expect(draw(1)).not.toEqual(draw(1 + 2 ** 32));
  expect(sample(logits, { ...free, seed: 9 }, 30)).toBe(sample(logits, { ...free, seed: 9 }, 30));
});

test('tokens without a chance are never drawn', () => {
  const logits = Float32Array.of(-Infinity, 0, -Infinity, -1);
  for (const settings of [{}, { topK: 4 }, { topP: 0.999 }, { minP: 0.001 }]) {
    const counts = countDraws(logits, { ...free, ...settings }, 500);
    expect(counts[0]! + counts[2]!).toBe(0);
  }
});

test('garbage is refused by name', () => {
  const good = Float32Array.of(1, 2);
  for (const bad of [
    Float32Array.of(1, Number.NaN),
    Float32Array.of(Infinity, 1),
    Float32Array.of(-Infinity, -Infinity),
    new Float32Array(0),
  ]) {
    for (const sampling of [greedy, free]) {
      expect(() => sample(bad, sampling, 0)).toThrow(
        expect.objectContaining({ kind: 'invalid', origin: 'engine' }),
      );
    }
  }
  for (const [setting, values] of Object.entries({
    temperature: [-1, Number.NaN, Infinity],
    topK: [-1, 1.5, Number.NaN],
    topP: [-0.1, 1.1, Number.NaN],
    minP: [-0.1, 1.1, Number.NaN],
    seed: [0.5, Number.NaN, 2 ** 60],
  })) {
    for (const value of values) {
      expect(() => sample(good, { ...free, [setting]: value }, 0)).toThrow(/^Sampling: /);
    }
  }
});
