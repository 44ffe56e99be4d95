import { isSlidingLayer } from '../../model/model.ts';
import type { AttentionParts } from '../block-tensors.ts';
import type { Placed } from './placed.ts';
import type { Turns } from './turns.ts';
import type { Workspace, WriteNorm } from './workspace.ts';

/** For a stage; what it answers writes attention of layer `index` of the model, from the first to the last that has it. */
export function attentionWriter({ program, hyper, normed, output, input }: Workspace, turns: Turns) {
  const { heads, kvHeads, keySize, valueSize, rope } = hyper;
  const gated = hyper.gatedAttention ? 1 : 0;
  const queries = program.buffer(heads * keySize * 4 * (1 + gated));
  const keys = program.buffer(kvHeads * keySize * 4);
  const values = program.buffer(kvHeads * valueSize * 4);
  const attended = program.buffer(heads * valueSize * 4);

  /** Of those that have keys and values. */
  let layer = 0;

  return (weights: AttentionParts<Placed, Placed>, index: number, norm: WriteNorm): void => {
    const sliding = isSlidingLayer(hyper, index);
    const forAttention = input(normed, weights.query, weights.key, weights.value);
    norm(forAttention);
    program.multiply(forAttention, [
      [weights.query, queries],
      [weights.key, keys],
      [weights.value, values],
    ]);
    program.heads(
      layer,
      { f32: hyper.normEpsilon },
      queries,
      keys,
      values,
      weights.queryBias?.address ?? 0,
      weights.keyBias?.address ?? 0,
      weights.valueBias?.address ?? 0,
      weights.queryNorm?.address ?? 0,
      weights.keyNorm?.address ?? 0,
      heads,
      kvHeads,
      keySize,
      valueSize,
      turns.of(sliding, weights.ropeDivisors),
      rope.dimensions / 2,
      rope.pairs === 'interleaved' ? 1 : 0,
      gated,
    );
    const window = sliding ? hyper.sliding!.window : 0;
    const scale = { f32: hyper.attentionScale };
    const positionWork = heads * (keySize + valueSize);
    program.attend(
      positionWork,
      layer,
      scale,
      queries,
      attended,
      heads,
      kvHeads,
      keySize,
      valueSize,
      window,
      gated,
    );
    const forOutput = input(attended, weights.attentionOutput);
    program.quantize(heads * valueSize, forOutput);
    program.multiply(forOutput, [[weights.attentionOutput, output]]);
    layer++;
  };
}
