import { assert, must } from '../../base/assert.ts';
import { deltaNetChannels, type Hyperparameters } from '../../model/model.ts';
import type { DeltaNetParts } from '../block-tensors.ts';
import { sigmoid, silu, softplus } from './activation.ts';
import { DeltaCache } from './delta-cache.ts';
import { inputSize } from './delta-rule.ts';
import type { Mixer } from './layer-cache.ts';
import { type Matrix, multiply } from './matrix.ts';
import { normalize } from './norm.ts';

/** A gated delta net in attention's place: projections around the recurrence of delta-rule.ts. */
export function createDeltaNet(hyper: Hyperparameters, weights: DeltaNetParts<Matrix, Float32Array>): Mixer {
  const net = must(hyper.deltaNet);
  const channels = deltaNetChannels(net);
  const { valueHeads } = net;
  const outSize = valueHeads * net.headSize;
  const rule = { net, convolution: weights.convolution, epsilon: hyper.normEpsilon };

  return {
    newCache: () => new DeltaCache(rule),
    forward(input, places) {
      const n = places.length;
      const mixed = multiply(weights.queryKeyValue, input, n);
      const rates = multiply(weights.decayRate, input, n);
      const strengths = multiply(weights.writeStrength, input, n);
      const out = new Float32Array(n * outSize);
      const step = new Float32Array(inputSize(net));
      places.forEach(({ position, cache }, row) => {
        assert(cache instanceof DeltaCache);
        step.set(mixed.subarray(row * channels, (row + 1) * channels));
        for (let head = 0; head < valueHeads; head++) {
          const rate = softplus(rates[row * valueHeads + head]! + weights.decayBias[head]!);
          step[channels + head] = Math.exp(weights.decayScale[head]! * rate);
          step[channels + valueHeads + head] = sigmoid(strengths[row * valueHeads + head]!);
        }
        cache.step(position, step, out, row * outSize);
      });
      normalize(out, weights.deltaNorm, hyper.normEpsilon);
      const gates = multiply(weights.deltaGate, input, n);
      for (let i = 0; i < out.length; i++) out[i]! *= silu(gates[i]!);
      return multiply(weights.deltaOutput, out, n);
    },
  };
}
