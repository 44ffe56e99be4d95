import { likelihood } from '../likelihood.ts';
import { mayFollow } from '../restraint.ts';
import { sample } from '../sampling.ts';
import type { Drawn, Sampling } from '../stage.ts';
import type { TopLogits } from './top.ts';

/**
 * By how much of itself the GPU's sum may be off. WGSL's exp(x) may err by 3 + 2|x| units in the last place, 3e-6 where
 * x is -10 and a term still counts; adding up at most 80 numbers a thread adds 5e-6.
 */
const massDoubt = 5e-5;

/** What `draw` would answer for all logits, log-probabilities within `massDoubt`; undefined where `sampleTop` is. */
export function drawTop(
  top: TopLogits,
  vocabulary: number,
  sampling: Sampling,
  position: number,
  likeliest?: number,
): Drawn | undefined {
  const token = sampleTop(top, vocabulary, sampling, position);
  if (token === undefined) return undefined;
  return told(top, token, likeliest);
}

/** The greedy draw among tokens that may follow; undefined where none of the highest may. */
export function bestAllowed(top: TopLogits, allowed: Uint32Array, likeliest?: number): Drawn | undefined {
  if (top.faults > 0) return undefined;
  // The highest come first, and of equal ones the lowest token.
  const place = top.tokens.findIndex((token, i) => mayFollow(allowed, token) && top.logits[i] !== -Infinity);
  return place < 0 ? undefined : told(top, top.tokens[place]!, likeliest);
}

function told(top: TopLogits, token: number, likeliest: number | undefined): Drawn {
  if (likeliest === undefined) return { token };
  const candidates = Array.from(top.logits, (logit, index) => ({ token: top.tokens[index]!, logit }));
  const best = candidates.slice(0, likeliest).filter(({ logit }) => logit !== -Infinity);
  const logit = top.logits[top.tokens.indexOf(token)]!;
  return { token, likelihood: likelihood(logit, best, top.logits[0]!, top.mass) };
}

/**
 * What `sample` would answer for all logits, or undefined where their highest do not decide it: where more than these
 * may be drawn, or where the mass that top-p asks for ends too near to a candidate's edge.
 */
export function sampleTop(
  top: TopLogits,
  vocabulary: number,
  sampling: Sampling,
  position: number,
): number | undefined {
  if (top.faults > 0) return undefined;
  const settings = within(top, vocabulary, sampling);
  if (!settings) return undefined;
  // In the order of tokens, because `sample` draws in that order where it did not have to sort, and settles ties by it.
  const order = [...top.tokens.keys()].sort((a, b) => top.tokens[a]! - top.tokens[b]!);
  const logits = Float32Array.from(order, index => top.logits[index]!);
  return top.tokens[order[sample(logits, settings, position)]!];
}

/** Settings under which the candidates alone give what all logits give. */
function within({ logits, mass }: TopLogits, vocabulary: number, sampling: Sampling): Sampling | undefined {
  const { temperature, topK, topP, minP } = sampling;
  const count = logits.length;
  if (temperature === 0 || count === vocabulary || (topK > 0 && topK <= count)) return sampling;
  if (topK > 0) return undefined;
  const [highest, lowest] = [logits[0]!, logits[count - 1]!];
  if (topP === 1) return minP > 0 && lowest < highest + Math.log(minP) ? sampling : undefined;
  let reached = 0;
  for (let kept = 1; kept <= count; kept++) {
    const before = reached;
    reached += Math.exp(logits[kept - 1]! - highest);
    if (reached < topP * mass * (1 - massDoubt)) continue;
    // The first that may reach it has to reach it for certain, and the one before must certainly not.
    if (reached < topP * mass * (1 + massDoubt) || before >= topP * mass * (1 - massDoubt)) return undefined;
    return { ...sampling, topK: kept, topP: 1 };
  }
  return undefined;
}
