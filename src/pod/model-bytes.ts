/** What layers of a model take, in bytes. */
import { planContextPositions } from '../base/limits.ts';
import { cacheBytes } from '../model/cache-bytes.ts';
import type { LayerRange, Model } from '../model/model.ts';
import { layerBytes } from '../model/slice.ts';
import type { PlanLayer } from './plan.ts';

/** What sessions keep of `positions` positions in a range of layers. */
export function rangeCacheBytes({ hyper }: Model, { first, last }: LayerRange, positions: number): number {
  let bytes = 0;
  for (let layer = first; layer < last; layer++) bytes += cacheBytes(hyper, layer, positions);
  return bytes;
}

export function planLayers(model: Model): PlanLayer[] {
  const positions = Math.min(model.hyper.context, planContextPositions);
  return Array.from({ length: model.hyper.layers }, (_, layer) => ({
    weightBytes: layerBytes(model, layer),
    cacheBytes: cacheBytes(model.hyper, layer, positions),
  }));
}

/** Weights of all the ranges, layers that several of them have counted once. */
export function rangesBytes(model: Model, ranges: readonly LayerRange[]): number {
  let bytes = 0;
  for (let layer = 0; layer < model.hyper.layers; layer++) {
    if (ranges.some(({ first, last }) => first <= layer && layer < last)) bytes += layerBytes(model, layer);
  }
  return bytes;
}
