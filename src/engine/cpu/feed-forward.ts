import { must } from '../../base/assert.ts';
import type { Hyperparameters } from '../../model/model.ts';
import type { ExpertParts, FeedForwardParts } from '../block-tensors.ts';
import { gelu, silu } from './activation.ts';
import { type Matrix, matrixAt, multiply } from './matrix.ts';

/** n rows of `width` values, normed, to as many; `input` stays as it is. */
export type FeedForward = (input: Float32Array, n: number) => Float32Array;

export function createFeedForward(
  hyper: Hyperparameters,
  weights: FeedForwardParts<Matrix> | ExpertParts<Matrix>,
): FeedForward {
  const activate = hyper.activation === 'silu' ? silu : gelu;
  return 'gate' in weights ? dense(weights, activate) : mixture(hyper, weights, activate);
}

function dense({ gate, up, down }: FeedForwardParts<Matrix>, activate: (x: number) => number): FeedForward {
  return (input, n) => {
    const gated = multiply(gate, input, n);
    const raised = multiply(up, input, n);
    for (let i = 0; i < gated.length; i++) gated[i] = activate(gated[i]!) * raised[i]!;
    return multiply(down, gated, n);
  };
}

/**
 * Each row through the experts that its router likes best. Experts that no row chose are not read; the others take all
 * their rows at once, in the order of the experts, so that a row's sum does not depend on the rest of the batch.
 */
function mixture(
  { width, experts }: Hyperparameters,
  weights: ExpertParts<Matrix>,
  activate: (x: number) => number,
): FeedForward {
  const { count, used } = must(experts);
  const each = Array.from({ length: count }, (_, expert) =>
    dense(
      {
        gate: matrixAt(weights.expertGates, expert, count),
        up: matrixAt(weights.expertUps, expert, count),
        down: matrixAt(weights.expertDowns, expert, count),
      },
      activate,
    ),
  );
  return (input, n) => {
    const liking = multiply(weights.router, input, n);
    const guests = each.map((): { row: number; weight: number }[] => []);
    for (let row = 0; row < n; row++)
      for (const { expert, weight } of choose(liking.subarray(row * count, (row + 1) * count), used))
        guests[expert]!.push({ row, weight });
    const out = new Float32Array(n * width);
    guests.forEach((rows, expert) => {
      if (rows.length === 0) return;
      const part = new Float32Array(rows.length * width);
      for (const [at, { row }] of rows.entries())
        part.set(input.subarray(row * width, (row + 1) * width), at * width);
      const fed = each[expert]!(part, rows.length);
      for (const [at, { row, weight }] of rows.entries())
        for (let i = 0; i < width; i++) out[row * width + i]! += weight * fed[at * width + i]!;
    });
    return out;
  };
}

/** Softmax over all, the `used` largest, weights renormalised: the same as softmax over the chosen alone. */
export function choose(liking: Float32Array, used: number): { expert: number; weight: number }[] {
  const chosen = Array.from(liking, (score, expert) => ({ expert, score }))
    .sort((a, b) => b.score - a.score || a.expert - b.expert)
    .slice(0, used);
  const highest = chosen[0]!.score;
  const total = chosen.reduce((sum, { score }) => sum + Math.exp(score - highest), 0);
  return chosen.map(({ expert, score }) => ({ expert, weight: Math.exp(score - highest) / total }));
}
