import type { Hyperparameters } from '../../model/model.ts';
import type { LayerParts } from '../layer-tensors.ts';
import { type Dispatch, type Own, perRow, strideOf, uniform } from './dispatch.ts';
import { createExperts } from './experts.ts';
import type { Gpu } from './gpu.ts';
import type { GpuMatrix } from './gpu-matrix.ts';
import { createMixer } from './gpu-mixer.ts';
import type { Kernel, Kernels } from './kernels.ts';
import { type Projection, project } from './projection.ts';
import type { LayerMemory } from './stage-memory.ts';
import { vectorBuffer, type Workspace } from './workspace.ts';

/** One transformer layer: its dispatches in order, over the rows in `Workspace.hidden`, in place. */
export interface GpuLayer {
  /** Norm, and what attention or a delta net begins with. */
  readonly before: readonly Dispatch[];
  /** To be made anew whenever the memory's buffers change. */
  mix(memory: LayerMemory, rotations: GPUBuffer): Dispatch[];
  /** Its output and the feed-forward. */
  readonly after: readonly Dispatch[];
}

/**
 * Six dispatches, one more in a delta net or where a long context is divided, two more where a layer has norms behind its
 * blocks or experts, and another two where many rows go through these.
 */
export async function createLayer(
  gpu: Gpu,
  kernels: Kernels,
  hyper: Hyperparameters,
  index: number,
  weights: LayerParts<GpuMatrix, Float32Array>,
  space: Workspace,
  firstRotation: number,
  own: Own,
): Promise<GpuLayer> {
  const { width, feedForward, activation, normEpsilon: epsilon } = hyper;
  const { postAttentionNorm, postFeedForwardNorm } = weights;
  const mixer = await createMixer(gpu, kernels, hyper, index, weights, space, firstRotation, own);
  const addNorm: Kernel = await kernels.get('add-normed');
  const apply = (projection: Projection) => project(gpu, kernels, projection, own);
  /** A block's result goes to the residual, through its norm where there is one. */
  const target = (postNorm: Float32Array | undefined) => ({
    output: postNorm ? space.added : space.hidden,
    outputStride: strideOf(width),
    add: !postNorm,
  });
  const addBack = async (postNorm: Float32Array | undefined): Promise<Dispatch[]> =>
    postNorm
      ? [await gpu.checked('norms', width * 4, () => addNormed(gpu, addNorm, hyper, postNorm, space, own))]
      : [];
  const norm = { weight: weights.feedForwardNorm, epsilon };
  const fed =
    'router' in weights
      ? await createExperts(
          gpu,
          kernels,
          hyper,
          weights,
          { norm, space, ...target(postFeedForwardNorm) },
          own,
        )
      : [
          ...(await apply({
            matrices: [weights.gate, weights.up],
            gated: activation,
            norm,
            input: space.hidden,
            output: space.gate,
            outputStride: strideOf(feedForward),
          })),
          ...(await apply({ matrices: [weights.down], input: space.gate, ...target(postFeedForwardNorm) })),
        ];
  return {
    before: await apply({
      matrices: mixer.matrices,
      norm: { weight: weights.attentionNorm, epsilon },
      bias: mixer.bias,
      input: space.hidden,
      output: space.projected,
      outputStride: strideOf(mixer.columns),
    }),
    mix: mixer.mix,
    after: [
      ...(await apply({ matrices: [mixer.output], input: space.mixed, ...target(postAttentionNorm) })),
      ...(await addBack(postAttentionNorm)),
      ...fed,
      ...(await addBack(postFeedForwardNorm)),
    ],
  };
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
