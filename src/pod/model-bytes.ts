/** What layers of a model take, in bytes. */
import { planContextPositions } from '../base/limits.ts';
import { cacheBytes } from '../model/cache-bytes.ts';
import type { LayerRange, Model } from '../model/model.ts';
import { layerBytes, layerTensors } from '../model/slice.ts';
import type { PlanLayer } from './plan.ts';

/** What sessions keep of `positions` positions in a range of layers. */
export function rangeCacheBytes({ hyper }: Model, { first, last }: LayerRange, positions: number): number {
  let bytes = 0;
  for (let layer = first; layer < last; layer++) bytes += cacheBytes(hyper, layer, positions);
  return bytes;
}

/** Layers with caches for one conversation of `positions`, or of the model's context where that is shorter. */
export function planLayers(model: Model, positions = planContextPositions): PlanLayer[] {
  const kept = Math.min(model.hyper.context, positions);
  return Array.from({ length: model.hyper.layers }, (_, layer) => ({
    weightBytes: layerBytes(model, layer),
    readBytes: readBytes(model, { first: layer, last: layer + 1 }),
    cacheBytes: cacheBytes(model.hyper, layer, kept),
  }));
}

/** Weights that one row goes through: of experts only those that it uses. */
export function readBytes(model: Model, { first, last }: LayerRange): number {
  const { experts } = model.hyper;
  let bytes = 0;
  for (let layer = first; layer < last; layer++) {
    for (const tensor of layerTensors(model, layer)) {
      const isExpert = experts && tensor.name.includes('_exps.');
      bytes += isExpert ? Math.round((tensor.bytes * experts.used) / experts.count) : tensor.bytes;
    }
  }
  return bytes;
}

/** Weights of all the ranges, layers that several of them have counted once. */
export function rangesBytes(model: Model, ranges: readonly LayerRange[]): number {
  let bytes = 0;
  for (let layer = 0; layer < model.hyper.layers; layer++) {
    if (ranges.some(({ first, last }) => first <= layer && layer < last)) bytes += layerBytes(model, layer);
  }
  return bytes;
}
