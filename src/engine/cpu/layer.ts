import type { Hyperparameters } from '../../model/model.ts';
import type { LayerParts } from '../layer-tensors.ts';
import { createDeltaNet } from './delta-net.ts';
import { createFeedForward, type FeedForward } from './feed-forward.ts';
import type { LayerCache, Mixer, Place } from './layer-cache.ts';
import type { Matrix } from './matrix.ts';
import { normalize } from './norm.ts';
import { createAttention } from './self-attention.ts';

export type LayerWeights = LayerParts<Matrix, Float32Array>;

/** One transformer layer over rows of `width` values, in place. */
export class Layer {
  readonly #weights: LayerWeights;
  readonly #epsilon: number;
  readonly #mixer: Mixer;
  readonly #feedForward: FeedForward;

  constructor(hyper: Hyperparameters, index: number, weights: LayerWeights) {
    this.#weights = weights;
    this.#epsilon = hyper.normEpsilon;
    this.#mixer =
      'query' in weights ? createAttention(hyper, index, weights) : createDeltaNet(hyper, weights);
    this.#feedForward = createFeedForward(hyper, weights);
  }

  newCache(capacity: number): LayerCache {
    return this.#mixer.newCache(capacity);
  }

  forward(hidden: Float32Array, places: readonly Place[]): void {
    const { attentionNorm, feedForwardNorm, postAttentionNorm, postFeedForwardNorm } = this.#weights;
    const mixed = this.#mixer.forward(this.#normed(hidden, attentionNorm), places);
    if (postAttentionNorm) normalize(mixed, postAttentionNorm, this.#epsilon);
    add(hidden, mixed);
    const fed = this.#feedForward(this.#normed(hidden, feedForwardNorm), places.length);
    if (postFeedForwardNorm) normalize(fed, postFeedForwardNorm, this.#epsilon);
    add(hidden, fed);
  }

  #normed(hidden: Float32Array, weights: Float32Array): Float32Array {
    const input = hidden.slice();
    normalize(input, weights, this.#epsilon);
    return input;
  }
}

function add(values: Float32Array, more: Float32Array): void {
  for (let i = 0; i < values.length; i++) values[i]! += more[i]!;
}
