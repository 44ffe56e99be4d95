/** Heads' norms, rotation and caching, and attention over the cache. */
import { assert, must } from '../../base/assert.ts';
import { type Hyperparameters, isSlidingLayer } from '../../model/model.ts';
import { type Dispatch, type Own, perRow, strideOf, uniform } from './dispatch.ts';
import type { Gpu } from './gpu.ts';
import type { Kernel, Kernels } from './kernels.ts';
import type { AttentionMemory } from './kv-caches.ts';
import { headsPerGroup } from './shares.ts';
import { attentionColumns, queryPitch, vectorBuffer, type Workspace } from './workspace.ts';

export interface AttentionKernels {
  readonly place: Kernel;
  readonly attention: Kernel;
  readonly merge: Kernel;
}

export async function attentionKernels(kernels: Kernels, hyper: Hyperparameters): Promise<AttentionKernels> {
  const constants = {
    heads: headsPerGroup(hyper),
    key_quads: hyper.keySize / 4,
    value_size: hyper.valueSize,
    gated: hyper.gatedAttention ?? false,
  };
  const [place, attention, merge] = await Promise.all([
    kernels.get('place-heads'),
    kernels.get('attention', constants),
    kernels.get('attention-merge', { gated: constants.gated }),
  ]);
  return { place, attention, merge };
}

/** Creates small buffers, so it belongs into `gpu.checked`. */
export function createAttention(
  gpu: Gpu,
  { place, attention, merge }: AttentionKernels,
  hyper: Hyperparameters,
  index: number,
  { queryNorm, keyNorm }: { queryNorm?: Float32Array | undefined; keyNorm?: Float32Array | undefined },
  space: Workspace,
  firstRotation: number,
  own: Own,
): (memory: AttentionMemory, rotations: GPUBuffer) => Dispatch[] {
  const { heads, kvHeads, keySize, valueSize } = hyper;
  assert(
    (queryNorm === undefined) === (keyNorm === undefined),
    'queries and keys are normed both or neither',
  );
  const norms = vectorBuffer(gpu, Float32Array.from([...(queryNorm ?? [0]), ...(keyNorm ?? [])]), own);
  const stride = strideOf(attentionColumns(hyper));
  const outputStride = strideOf(heads * valueSize);
  const placeShape = uniform(
    gpu,
    [
      { u32: heads },
      { u32: kvHeads },
      { u32: keySize },
      { u32: valueSize },
      { u32: stride },
      { u32: queryPitch(hyper) },
      { u32: hyper.rope.dimensions },
      { u32: Number(hyper.rope.pairs === 'interleaved') },
      { u32: Number(queryNorm !== undefined) },
      { f32: hyper.normEpsilon },
      { u32: firstRotation },
    ],
    own,
  );
  const groups = heads / headsPerGroup(hyper);
  const window = isSlidingLayer(hyper, index) ? must(hyper.sliding).window : 0;
  const attentionShape = uniform(
    gpu,
    [
      { u32: groups / kvHeads },
      { u32: kvHeads },
      { u32: stride },
      { u32: outputStride },
      { u32: window },
      { f32: hyper.attentionScale },
    ],
    own,
  );
  const mergeShape = uniform(gpu, [{ u32: valueSize }, { u32: outputStride }, { u32: stride }], own);
  return ({ cache: { keys, values }, step }, rotations) => {
    const { projected, mixed, shares } = space;
    const attend = attention.bind(attentionShape, step, projected, keys, values, mixed, shares);
    const join = perRow(merge, merge.bind(mergeShape, step, shares, projected, mixed), heads);
    return [
      perRow(
        place,
        place.bind(placeShape, step, rotations, norms, projected, keys, values),
        heads + 2 * kvHeads,
      ),
      {
        work: ({ rows, positions }) =>
          rows * heads * (keySize + valueSize) * (window > 0 ? Math.min(window, positions) : positions),
        encode(pass, size) {
          pass.setPipeline(attention.pipeline);
          pass.setBindGroup(0, attend);
          pass.dispatchWorkgroups(groups, size.rows, size.shares);
          if (size.shares > 1) join.encode(pass, size);
        },
      },
    ];
  };
}
