import { assert } from '../../base/assert.ts';
import { type Hyperparameters, isSlidingLayer } from '../../model/model.ts';
import type { AttentionParts } from '../block-tensors.ts';
import { sigmoid } from './activation.ts';
import { attend } from './attention.ts';
import { KvCache } from './kv-cache.ts';
import type { Mixer } from './layer-cache.ts';
import { type Matrix, multiply } from './matrix.ts';
import { normalize } from './norm.ts';
import { ropeFrequencies, rotate } from './rope.ts';

/** Attention of layer `index`, with grouped queries and whatever the weights bring: biases, norms, gates, a window. */
export function createAttention(
  hyper: Hyperparameters,
  index: number,
  weights: AttentionParts<Matrix, Float32Array>,
): Mixer {
  const { heads, kvHeads, keySize, valueSize, normEpsilon, rope } = hyper;
  const sliding = isSlidingLayer(hyper, index);
  const frequencies = ropeFrequencies(hyper, sliding, weights.ropeDivisors);
  /** How many positions back a row sees, itself included. */
  const window = sliding ? hyper.sliding!.window : Infinity;
  const keyRow = kvHeads * keySize;
  const valueRow = kvHeads * valueSize;

  return {
    newCache: capacity => new KvCache(keyRow, valueRow, capacity),
    forward(input, places) {
      const n = places.length;
      const asked = multiply(weights.query, input, n);
      const [queries, gates] = hyper.gatedAttention ? takeGates(asked, keySize) : [asked, undefined];
      const keys = multiply(weights.key, input, n);
      const values = multiply(weights.value, input, n);
      if (weights.queryBias) addEach(queries, weights.queryBias);
      if (weights.keyBias) addEach(keys, weights.keyBias);
      if (weights.valueBias) addEach(values, weights.valueBias);
      if (weights.queryNorm) normalize(queries, weights.queryNorm, normEpsilon);
      if (weights.keyNorm) normalize(keys, weights.keyNorm, normEpsilon);

      const out = new Float32Array(n * heads * valueSize);
      places.forEach(({ position, cache }, row) => {
        assert(cache instanceof KvCache);
        const query = row * heads * keySize;
        const key = row * keyRow;
        const value = row * valueRow;
        rotate(queries, query, heads, keySize, position, frequencies, rope.pairs);
        rotate(keys, key, kvHeads, keySize, position, frequencies, rope.pairs);
        cache.write(position, keys.subarray(key, key + keyRow), values.subarray(value, value + valueRow));
        const first = Math.max(0, position - window + 1);
        attend(hyper, cache, queries, query, first, position, out, row * heads * valueSize);
      });
      if (gates) for (let i = 0; i < out.length; i++) out[i]! *= sigmoid(gates[i]!);
      return multiply(weights.attentionOutput, out, n);
    },
  };
}

/** Each head's query is followed by its gate, both of `size` values. */
function takeGates(asked: Float32Array, size: number): [queries: Float32Array, gates: Float32Array] {
  const queries = new Float32Array(asked.length / 2);
  const gates = new Float32Array(asked.length / 2);
  for (let to = 0; to < queries.length; to += size) {
    queries.set(asked.subarray(2 * to, 2 * to + size), to);
    gates.set(asked.subarray(2 * to + size, 2 * to + 2 * size), to);
  }
  return [queries, gates];
}

function addEach(rows: Float32Array, bias: Float32Array): void {
  for (let i = 0; i < rows.length; i++) rows[i]! += bias[i % bias.length]!;
}
