import { rewindRowsMax } from '../base/limits.ts';
import { deltaNetChannels, type Hyperparameters, isRecurrentLayer } from './model.ts';

/**
 * Bytes that an engine keeps at most for one session of `positions` in layer `layer`: f32 of all positions
 * (engine/cpu/kv-cache.ts, delta-cache.ts). A GPU takes half of it, and less where a layer slides
 * (engine/webgpu/kv-caches.ts); a plan does not know which engine a member has. A recurrent layer takes the same for
 * any number of positions.
 */
export function cacheBytes(hyper: Hyperparameters, layer: number, positions: number): number {
  const { kvHeads, keySize, valueSize, deltaNet } = hyper;
  if (deltaNet === undefined || !isRecurrentLayer(hyper, layer))
    return positions * kvHeads * (keySize + valueSize) * Float32Array.BYTES_PER_ELEMENT;
  const { valueHeads, headSize, kernel } = deltaNet;
  const channels = deltaNetChannels(deltaNet);
  const state = valueHeads * headSize * headSize + (kernel - 1) * channels;
  const row = channels + 2 * valueHeads;
  // The state now, two to go back to, and the rows behind the older of them.
  return (3 * state + 2 * rewindRowsMax * row) * Float32Array.BYTES_PER_ELEMENT;
}
