import { must } from '../../base/assert.ts';
import { rewindRowsMax } from '../../base/limits.ts';
import { deltaNetChannels } from '../../model/model.ts';
import type { DeltaNetParts } from '../block-tensors.ts';
import type { Placed } from './placed.ts';
import type { Workspace, WriteNorm } from './workspace.ts';

/** For a stage; what it answers writes the gated delta net of a layer, from the first to the last that has one. */
export function deltaNetWriter({ program, hyper, normed, output, fineInput }: Workspace) {
  const net = must(hyper.deltaNet);
  const { keyHeads, valueHeads, headSize } = net;
  const channels = program.buffer(deltaNetChannels(net) * 4);
  const rates = program.buffer(valueHeads * 4);
  const strengths = program.buffer(valueHeads * 4);
  const gates = program.buffer(valueHeads * headSize * 4);
  // As wasm/delta-step.ts divides it: zeros; then of each row query, key and values, what is read, and three rates.
  const perRow = (3 + valueHeads / keyHeads) * headSize + 3;
  const scratch = (headSize + rewindRowsMax * perRow) * 4;
  /** Of those that have states. */
  let layer = 0;

  return (weights: DeltaNetParts<Placed, Placed>, norm: WriteNorm): void => {
    const { queryKeyValue, decayRate, writeStrength, deltaGate } = weights;
    // A state keeps what rounding adds to it: with 8 bits alone tiny-qwen35-q8_0 diverges by 0.031 from the reference, so by 0.004.
    const forNet = fineInput(normed, queryKeyValue, decayRate, writeStrength, deltaGate);
    norm(forNet);
    program.multiply(forNet, [
      [queryKeyValue, channels],
      [decayRate, rates],
      [writeStrength, strengths],
      [deltaGate, gates],
    ]);
    program.delta(
      scratch,
      layer,
      { f32: hyper.normEpsilon },
      keyHeads,
      valueHeads,
      headSize,
      channels,
      rates,
      strengths,
      gates,
      weights.convolution.address,
      weights.decayBias.address,
      weights.decayScale.address,
      weights.deltaNorm.address,
    );
    const forOutput = fineInput(gates, weights.deltaOutput);
    program.quantize(valueHeads * headSize, forOutput);
    program.multiply(forOutput, [[weights.deltaOutput, output]]);
    layer++;
  };
}
