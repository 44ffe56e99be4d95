import type { Hyperparameters } from '../../model/model.ts';
import type { LayerParts } from '../layer-tensors.ts';
import { type AttentionKernels, attentionKernels, createAttention, type StepBuffers } from './attention.ts';
import { type Dispatch, type Own, perRow, strideOf, uniform } from './dispatch.ts';
import type { Gpu } from './gpu.ts';
import type { GpuMatrix } from './gpu-matrix.ts';
import type { Kernel, Kernels } from './kernels.ts';
import type { LayerCache } from './kv-pool.ts';
import { type Projection, project } from './projection.ts';
import { projectedColumns, vectorBuffer, type Workspace } from './workspace.ts';

export type LayerWeights = LayerParts<GpuMatrix, Float32Array>;

/** One transformer layer: its dispatches in order, over the rows in `Workspace.hidden`, in place. */
export interface GpuLayer {
  /** Norm, queries, keys and values. */
  readonly before: readonly Dispatch[];
  /** To be made anew whenever the caches' buffers change. */
  attention(cache: LayerCache, buffers: StepBuffers): Dispatch[];
  /** Attention's output and the feed-forward. */
  readonly after: readonly Dispatch[];
}

/** Six dispatches, one more where a long context is divided, two more where a layer has norms behind its blocks. */
export async function createLayer(
  gpu: Gpu,
  kernels: Kernels,
  hyper: Hyperparameters,
  index: number,
  weights: LayerWeights,
  space: Workspace,
  firstRotation: number,
  own: Own,
): Promise<GpuLayer> {
  const { width, heads, valueSize, feedForward, activation, normEpsilon: epsilon } = hyper;
  const { query, key, value, attentionOutput, gate, up, down } = weights;
  const attention: AttentionKernels = await attentionKernels(kernels, hyper);
  const norm: Kernel = await kernels.get('add-normed');
  const apply = (projection: Projection) => project(gpu, kernels, projection, own);
  /** Adds a block's result to the residual, through its norm where there is one. */
  const addBack = async (matrix: GpuMatrix, input: GPUBuffer, postNorm: Float32Array | undefined) => {
    const output = postNorm ? space.added : space.hidden;
    const step = { matrices: [matrix], input, output, outputStride: strideOf(width), add: !postNorm };
    const dispatches = await apply(step);
    if (!postNorm) return dispatches;
    const normed = await gpu.checked('norms', width * 4, () =>
      addNormed(gpu, norm, hyper, postNorm, space, own),
    );
    return [...dispatches, normed];
  };
  return {
    before: await apply({
      matrices: [query, key, value],
      norm: { weight: weights.attentionNorm, epsilon },
      bias: joinBiases(hyper, weights),
      input: space.hidden,
      output: space.projected,
      outputStride: strideOf(projectedColumns(hyper)),
    }),
    attention: await gpu.checked(`layer ${index}`, heads * valueSize * 4, () =>
      createAttention(gpu, attention, hyper, index, weights, space, firstRotation, own),
    ),
    after: [
      ...(await addBack(attentionOutput, space.attended, weights.postAttentionNorm)),
      ...(await apply({
        matrices: [gate, up],
        gated: activation,
        norm: { weight: weights.feedForwardNorm, epsilon },
        input: space.hidden,
        output: space.gate,
        outputStride: strideOf(feedForward),
      })),
      ...(await addBack(down, space.gate, weights.postFeedForwardNorm)),
    ],
  };
}

function joinBiases(
  hyper: Hyperparameters,
  { query, key, queryBias, keyBias, valueBias }: LayerWeights,
): Float32Array | undefined {
  if (!queryBias && !keyBias && !valueBias) return undefined;
  const joined = new Float32Array(projectedColumns(hyper));
  joined.set(queryBias ?? []);
  joined.set(keyBias ?? [], query.rows);
  joined.set(valueBias ?? [], query.rows + key.rows);
  return joined;
}

/** hidden += norm(added) */
function addNormed(
  gpu: Gpu,
  kernel: Kernel,
  { width, normEpsilon }: Hyperparameters,
  weight: Float32Array,
  space: Workspace,
  own: Own,
): Dispatch {
  const shape = uniform(gpu, [{ u32: strideOf(width) / 4 }, { f32: width }, { f32: normEpsilon }], own);
  return perRow(kernel, kernel.bind(shape, space.added, vectorBuffer(gpu, weight, own), space.hidden), 1);
}
