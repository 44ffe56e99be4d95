/** What layers of a model take, in bytes. */
import { planContextPositions } from '../base/limits.ts';
import type { LayerRange, Model } from '../model/model.ts';
import { layerBytes } from '../model/slice.ts';
import type { PlanLayer } from './plan.ts';

/** Keys and values of one position in one layer; caches are f32 (engine/cpu/kv-cache.ts). */
export const positionBytes = ({ hyper }: Model): number =>
  hyper.kvHeads * (hyper.keySize + hyper.valueSize) * Float32Array.BYTES_PER_ELEMENT;

export function planLayers(model: Model): PlanLayer[] {
  const cacheBytes = positionBytes(model) * Math.min(model.hyper.context, planContextPositions);
  return Array.from({ length: model.hyper.layers }, (_, layer) => ({
    weightBytes: layerBytes(model, layer),
    cacheBytes,
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
