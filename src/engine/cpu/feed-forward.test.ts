import { expect, test } from 'vitest';
import { joinPieces, readPieces } from '../tensor-pieces.ts';
import { tinyModel } from '../tiny-model.ts';
import { choose, createFeedForward } from './feed-forward.ts';
import { type Matrix, toMatrix } from './matrix.ts';

const { model, read } = tinyModel('qwen3moe');
const { hyper } = model;
const { count } = hyper.experts!;

async function weights() {
  const matrix = async (role: string): Promise<Matrix> => {
    const tensor = model.tensors.get(`blk.0.ffn_${role}.weight`)!;
    return toMatrix(tensor, await joinPieces(tensor, readPieces(tensor, read)));
  };
  return {
    router: await matrix('gate_inp'),
    expertGates: await matrix('gate_exps'),
    expertUps: await matrix('up_exps'),
    expertDowns: await matrix('down_exps'),
  };
}

test('chooses the largest, the first of equals, with weights that make one', () => {
  const chosen = choose(Float32Array.of(0, 1000, -5, 1000, 999), 3);
  expect(chosen.map(({ expert }) => expert)).toEqual([1, 3, 4]);
  expect(chosen.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
  expect(chosen[2]!.weight / chosen[0]!.weight).toBeCloseTo(Math.exp(-1), 12);
});

test('experts that no row chose are not read', async () => {
  const input = Float32Array.from({ length: hyper.width }, (_, i) => Math.sin(i));
  const whole = await weights();
  const expected = createFeedForward(hyper, whole)(input, 1);
  const spoiled = (kept: (expert: number) => boolean) => {
    const spoil = (matrix: Matrix): Matrix => {
      const bytes = matrix.bytes.slice();
      const size = bytes.length / count;
      // Halves of 0xffff are no numbers.
      for (let expert = 0; expert < count; expert++)
        if (!kept(expert)) bytes.fill(0xff, expert * size, (expert + 1) * size);
      return { ...matrix, bytes };
    };
    const { router, expertGates, expertUps, expertDowns } = whole;
    const parts = { expertGates: spoil(expertGates), expertUps: spoil(expertUps) };
    return createFeedForward(hyper, { router, ...parts, expertDowns: spoil(expertDowns) })(input, 1);
  };
  const read: number[] = [];
  for (let expert = 0; expert < count; expert++)
    if (!spoiled(other => other !== expert).every(Number.isFinite)) read.push(expert);
  expect(read).toHaveLength(hyper.experts!.used);
  expect(spoiled(expert => read.includes(expert))).toEqual(expected);
});
