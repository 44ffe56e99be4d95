import { TabmeshError } from '../base/error.ts';
import type { Sampling } from './stage.ts';

export interface Candidate {
  readonly token: number;
  readonly logit: number;
}

/**
 * The token that follows, out of one row of logits. Filters in llama.cpp's order: top-k, top-p, min-p, temperature.
 * Ties go to the lowest id. The draw depends on `seed` and `position` alone.
 * Throws TabmeshError('invalid') for logits that are no numbers and for settings out of range.
 */
export function sample(logits: Float32Array, sampling: Sampling, position: number): number {
  checkSampling(sampling);
  const best = argmax(logits);
  if (sampling.temperature === 0) return best;
  const highest = logits[best]!;

  const floor = highest + Math.log(sampling.minP);
  const candidates = choose(logits, highest, sampling).filter(({ logit }) => logit >= floor);

  const weights = candidates.map(({ logit }) => Math.exp((logit - highest) / sampling.temperature));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let left = uniform(sampling.seed, position) * total;
  for (let i = 0; i < candidates.length; i++) {
    left -= weights[i]!;
    if (left < 0) return candidates[i]!.token;
  }
  // Rounding may leave a crumb after the last one.
  return candidates.at(-1)!.token;
}

/** Throws TabmeshError('invalid') naming the setting. */
export function checkSampling({ temperature, topK, topP, minP, seed }: Sampling): void {
  const rules: [boolean, string][] = [
    [Number.isFinite(temperature) && temperature >= 0, `temperature is 0 or more, not ${temperature}`],
    [Number.isInteger(topK) && topK >= 0, `top-k is a whole number from 0, not ${topK}`],
    [topP >= 0 && topP <= 1, `top-p lies between 0 and 1, not ${topP}`],
    [minP >= 0 && minP <= 1, `min-p lies between 0 and 1, not ${minP}`],
    [Number.isSafeInteger(seed), `seed is a whole number, not ${seed}`],
  ];
  for (const [holds, rule] of rules) {
    if (!holds) throw new TabmeshError('invalid', 'engine', `Sampling: ${rule}.`);
  }
}

/** The lowest among equals. Throws TabmeshError('invalid') for logits that are no numbers. */
export function argmax(logits: Float32Array): number {
  let best = -1;
  for (let token = 0; token < logits.length; token++) {
    const logit = logits[token]!;
    if (Number.isNaN(logit) || logit === Infinity) {
      throw new TabmeshError(
        'invalid',
        'engine',
        `The logit of token ${token} is ${logit}. Try another device.`,
      );
    }
    if (logit > (best < 0 ? -Infinity : logits[best]!)) best = token;
  }
  if (best < 0) throw new TabmeshError('invalid', 'engine', 'No token has a logit. Try another device.');
  return best;
}

/** What top-k and then top-p leave; unsorted where both are off. */
function choose(logits: Float32Array, highest: number, { topK, topP }: Sampling): Candidate[] {
  if (topK > 0) {
    const kept = descending(logits, highest, candidates => candidates.length >= topK).slice(0, topK);
    return topP < 1 ? nucleus(kept, highest, topP * mass(kept, highest)) : kept;
  }
  if (topP === 1) return above(logits, -Infinity);
  const enough = topP * mass(above(logits, -Infinity), highest);
  return nucleus(
    descending(logits, highest, candidates => mass(candidates, highest) >= enough),
    highest,
    enough,
  );
}

/**
 * Candidates from the highest down, at least `enough` of them. To sort a vocabulary of 150,000 takes some 30 ms, so
 * only those within a distance of the highest are sorted, and the distance grows until they suffice.
 */
export function descending(
  logits: Float32Array,
  highest: number,
  enough: (candidates: Candidate[]) => boolean,
): Candidate[] {
  let candidates: Candidate[] = [];
  for (const distance of [4, 8, 16, Infinity]) {
    candidates = above(logits, highest - distance);
    if (enough(candidates)) break;
  }
  return candidates.sort((a, b) => b.logit - a.logit || a.token - b.token);
}

function above(logits: Float32Array, floor: number): Candidate[] {
  const found: Candidate[] = [];
  for (let token = 0; token < logits.length; token++) {
    const logit = logits[token]!;
    if (logit >= floor && logit !== -Infinity) found.push({ token, logit });
  }
  return found;
}

/** The fewest of the sorted candidates whose mass reaches `enough`. */
function nucleus(sorted: readonly Candidate[], highest: number, enough: number): Candidate[] {
  let reached = 0;
  const last = sorted.findIndex(({ logit }) => (reached += Math.exp(logit - highest)) >= enough);
  return last < 0 ? [...sorted] : sorted.slice(0, last + 1);
}

const mass = (candidates: readonly Candidate[], highest: number): number =>
  candidates.reduce((sum, { logit }) => sum + Math.exp(logit - highest), 0);

/** Uniform in [0, 1), a hash of its arguments: MurmurHash3's finalizer (Appleby), once for each word. */
function uniform(seed: number, position: number): number {
  const words = [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0, position >>> 0];
  let hash = 0x9e3779b9;
  for (const word of words) {
    hash = Math.imul(hash ^ word, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash ^= hash >>> 15;
  }
  return (hash >>> 0) / 2 ** 32;
}
