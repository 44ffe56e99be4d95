import { TabmeshError } from '../base/error.ts';
import { draftsMax, likeliestMax } from '../base/limits.ts';
import { type Restraint, restrain } from './restraint.ts';
import { argmax, type Candidate, descending, sample } from './sampling.ts';
import type { Drawn, Likelihood, Sampling } from './stage.ts';

/** What Head.next answers for one row of logits. Throws TabmeshError('invalid') as `sample` does, and for a count out of range. */
export function draw(
  logits: Float32Array,
  sampling: Sampling,
  position: number,
  likeliest: number | undefined,
  restraint?: Restraint,
): Drawn {
  checkLikeliest(likeliest);
  const token = restraint
    ? sampleUnder(restraint, logits, sampling, position)
    : sample(logits, sampling, position);
  if (likeliest === undefined) return { token };
  const highest = logits[argmax(logits)]!;
  let mass = 0;
  // A third of the time of `reduce`, which counts with 150,000 logits for each token.
  for (let i = 0; i < logits.length; i++) mass += Math.exp(logits[i]! - highest);
  const best = descending(logits, highest, ({ length }) => length >= likeliest).slice(0, likeliest);
  return { token, likelihood: likelihood(logits[token]!, best, highest, mass) };
}

/** What Head.verify answers for drafts.length + 1 rows of logits. Throws as `draw` does. */
export function drawRows(
  logits: Float32Array,
  drafts: readonly number[],
  sampling: Sampling,
  position: number,
  likeliest: number | undefined,
): Drawn[] {
  const vocabulary = logits.length / (drafts.length + 1);
  const drawn: Drawn[] = [];
  do {
    const row = logits.subarray(drawn.length * vocabulary, (drawn.length + 1) * vocabulary);
    drawn.push(draw(row, sampling, position + drawn.length, likeliest));
  } while (isAsDrafted(drawn, drafts));
  return drawn;
}

/** Whether the latest is the draft behind its row, so that the next row counts. */
export const isAsDrafted = (drawn: readonly Drawn[], drafts: readonly number[]): boolean =>
  drawn.at(-1)!.token === drafts[drawn.length - 1];

/** Throws TabmeshError('invalid'). */
export function checkDrafts(drafts: readonly number[]): void {
  if (drafts.length <= draftsMax) return;
  throw new TabmeshError(
    'invalid',
    'engine',
    `At most ${draftsMax} drafts are verified at once, not ${drafts.length}.`,
  );
}

function sampleUnder(
  restraint: Restraint,
  logits: Float32Array,
  sampling: Sampling,
  position: number,
): number {
  // A mask must not hide that a device computes nonsense.
  argmax(logits);
  return sample(restrain(logits, restraint), sampling, position);
}

/** Of a token with `logit`, where `mass` is the sum over all logits of exp(logit - highest). */
export function likelihood(
  logit: number,
  best: readonly Candidate[],
  highest: number,
  mass: number,
): Likelihood {
  const total = highest + Math.log(mass);
  return {
    logProbability: logit - total,
    likeliest: best.map(({ token, logit }) => ({ token, logProbability: logit - total })),
  };
}

export function checkLikeliest(count: number | undefined): void {
  if (count === undefined || (Number.isInteger(count) && count >= 0 && count <= likeliestMax)) return;
  throw new TabmeshError(
    'invalid',
    'engine',
    `The likeliest tokens are told up to ${likeliestMax}, not ${count}.`,
  );
}
