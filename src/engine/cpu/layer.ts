import { type Hyperparameters, isSlidingLayer } from '../../model/model.ts';
import type { LayerParts } from '../layer-tensors.ts';
import { attend } from './attention.ts';
import type { KvCache } from './kv-cache.ts';
import { type Matrix, multiply } from './matrix.ts';
import { normalize } from './norm.ts';
import { ropeFrequencies, rotate } from './rope.ts';

export type LayerWeights = LayerParts<Matrix, Float32Array>;

/** One row of the batch: where it stands and in which cache. */
export interface Place {
  readonly position: number;
  readonly cache: KvCache;
}

/** One transformer layer over rows of `width` values, in place. */
export class Layer {
  readonly #hyper: Hyperparameters;
  readonly #weights: LayerWeights;
  readonly #frequencies: Float64Array;
  /** How many positions back a row sees, itself included. */
  readonly #window: number;

  constructor(hyper: Hyperparameters, index: number, weights: LayerWeights) {
    const sliding = isSlidingLayer(hyper, index);
    this.#hyper = hyper;
    this.#weights = weights;
    this.#frequencies = ropeFrequencies(hyper, sliding, weights.ropeDivisors);
    this.#window = sliding ? hyper.sliding!.window : Infinity;
  }

  forward(hidden: Float32Array, places: readonly Place[]): void {
    const { postAttentionNorm, postFeedForwardNorm } = this.#weights;
    const epsilon = this.#hyper.normEpsilon;
    const attended = this.#attention(hidden, places);
    if (postAttentionNorm) normalize(attended, postAttentionNorm, epsilon);
    add(hidden, attended);
    const fed = this.#feedForward(hidden, places.length);
    if (postFeedForwardNorm) normalize(fed, postFeedForwardNorm, epsilon);
    add(hidden, fed);
  }

  #attention(hidden: Float32Array, places: readonly Place[]): Float32Array {
    const { heads, kvHeads, keySize, valueSize, normEpsilon, rope } = this.#hyper;
    const weights = this.#weights;
    const n = places.length;
    const input = hidden.slice();
    normalize(input, weights.attentionNorm, normEpsilon);
    const queries = multiply(weights.query, input, n);
    const keys = multiply(weights.key, input, n);
    const values = multiply(weights.value, input, n);
    if (weights.queryBias) addEach(queries, weights.queryBias);
    if (weights.keyBias) addEach(keys, weights.keyBias);
    if (weights.valueBias) addEach(values, weights.valueBias);
    if (weights.queryNorm) normalize(queries, weights.queryNorm, normEpsilon);
    if (weights.keyNorm) normalize(keys, weights.keyNorm, normEpsilon);

    const out = new Float32Array(n * heads * valueSize);
    places.forEach(({ position, cache }, row) => {
      const query = row * heads * keySize;
      const key = row * kvHeads * keySize;
      const value = row * kvHeads * valueSize;
      rotate(queries, query, heads, keySize, position, this.#frequencies, rope.pairs);
      rotate(keys, key, kvHeads, keySize, position, this.#frequencies, rope.pairs);
      cache.write(
        position,
        keys.subarray(key, key + kvHeads * keySize),
        values.subarray(value, value + kvHeads * valueSize),
      );
      const first = Math.max(0, position - this.#window + 1);
      attend(this.#hyper, cache, queries, query, first, position, out, row * heads * valueSize);
    });
    return multiply(weights.attentionOutput, out, n);
  }

  #feedForward(hidden: Float32Array, n: number): Float32Array {
    const { gate, up, down, feedForwardNorm } = this.#weights;
    const input = hidden.slice();
    normalize(input, feedForwardNorm, this.#hyper.normEpsilon);
    const activate = this.#hyper.activation === 'silu' ? silu : gelu;
    const gated = multiply(gate, input, n);
    const raised = multiply(up, input, n);
    for (let i = 0; i < gated.length; i++) gated[i] = activate(gated[i]!) * raised[i]!;
    return multiply(down, gated, n);
  }
}

const silu = (x: number): number => x / (1 + Math.exp(-x));

/** The tanh form, which gemma was trained with (Hendrycks & Gimpel 2016). */
const gelu = (x: number): number =>
  0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));

function add(values: Float32Array, more: Float32Array): void {
  for (let i = 0; i < values.length; i++) values[i]! += more[i]!;
}

function addEach(rows: Float32Array, bias: Float32Array): void {
  for (let i = 0; i < rows.length; i++) rows[i]! += bias[i % bias.length]!;
}
