import { assert, must } from '../../base/assert.ts';
import { type Hyperparameters, isSlidingLayer } from '../../model/model.ts';
import type { LayerParts } from '../layer-tensors.ts';
import {
  type Dispatch,
  type Matmul,
  matmulFor,
  multiply,
  type Own,
  perRow,
  strideOf,
  uniform,
} from './dispatch.ts';
import type { Gpu } from './gpu.ts';
import type { GpuMatrix } from './gpu-matrix.ts';
import { type Kernel, type Kernels, threads } from './kernels.ts';
import type { LayerCache } from './kv-pool.ts';
import { vectorBuffer, type Workspace } from './workspace.ts';

export type LayerWeights = LayerParts<GpuMatrix, Float32Array>;

/** What kernels learn about the rows of a step; `step` changes when the caches of a stage grow. */
export interface StepBuffers {
  readonly step: GPUBuffer;
  readonly rotations: GPUBuffer;
}

/** One transformer layer: its dispatches in order, over the rows in `Workspace.hidden`, in place. */
export interface GpuLayer {
  /** Norm, queries, keys and values. */
  readonly before: readonly Dispatch[];
  /** To be made anew whenever the caches' buffers change. */
  attention(cache: LayerCache, buffers: StepBuffers): Dispatch[];
  /** Attention's output and the feed-forward. */
  readonly after: readonly Dispatch[];
}

export interface LayerKernels {
  readonly norm: Kernel;
  readonly place: Kernel;
  readonly attention: Kernel;
  readonly gated: Kernel;
  readonly matmuls: ReadonlyMap<GpuMatrix, Matmul>;
}

export async function layerKernels(kernels: Kernels, weights: LayerWeights): Promise<LayerKernels> {
  const { query, key, value, attentionOutput, gate, up, down } = weights;
  const matrices = [query, key, value, attentionOutput, gate, up, down];
  const [norm, place, attention, gated, ...matmuls] = await Promise.all([
    kernels.get('rms-norm'),
    kernels.get('place-heads'),
    kernels.get('attention'),
    kernels.get('gated-activation'),
    ...matrices.map(async matrix => [matrix, await matmulFor(kernels, matrix)] as const),
  ]);
  return { norm, place, attention, gated, matmuls: new Map(matmuls) };
}

/** Creates small buffers, so it belongs into `gpu.checked`. */
export function createLayer(
  gpu: Gpu,
  kernels: LayerKernels,
  hyper: Hyperparameters,
  index: number,
  weights: LayerWeights,
  space: Workspace,
  firstRotation: number,
  own: Own,
): GpuLayer {
  const vector = (values: Float32Array) => vectorBuffer(gpu, values, own);
  const normalize = (input: GPUBuffer, weight: Float32Array, output: GPUBuffer, add: boolean) =>
    rmsNorm(gpu, kernels.norm, hyper, { input, weight: vector(weight), output, add }, own);
  const project = (
    matrix: GpuMatrix,
    input: GPUBuffer,
    output: GPUBuffer,
    { bias, add = false }: { bias?: Float32Array | undefined; add?: boolean } = {},
  ) =>
    multiply(
      gpu,
      must(kernels.matmuls.get(matrix)),
      { matrix, input, output, outputStride: strideOf(matrix.rows), bias: bias && vector(bias), add },
      own,
    );
  /** Adds a block's result to the residual, through its norm where there is one. */
  const addBack = (matrix: GpuMatrix, input: GPUBuffer, postNorm: Float32Array | undefined) =>
    postNorm
      ? [...project(matrix, input, space.added), normalize(space.added, postNorm, space.hidden, true)]
      : project(matrix, input, space.hidden, { add: true });

  return {
    before: [
      normalize(space.hidden, weights.attentionNorm, space.normed, false),
      ...project(weights.query, space.normed, space.queries, { bias: weights.queryBias }),
      ...project(weights.key, space.normed, space.keys, { bias: weights.keyBias }),
      ...project(weights.value, space.normed, space.values, { bias: weights.valueBias }),
    ],
    attention: attentionOf(gpu, kernels, hyper, index, weights, space, firstRotation, own),
    after: [
      ...addBack(weights.attentionOutput, space.attended, weights.postAttentionNorm),
      normalize(space.hidden, weights.feedForwardNorm, space.normed, false),
      ...project(weights.gate, space.normed, space.gate),
      ...project(weights.up, space.normed, space.up),
      activation(gpu, kernels.gated, hyper, space, own),
      ...addBack(weights.down, space.gate, weights.postFeedForwardNorm),
    ],
  };
}

function attentionOf(
  gpu: Gpu,
  { place, attention }: LayerKernels,
  hyper: Hyperparameters,
  index: number,
  { queryNorm, keyNorm }: LayerWeights,
  space: Workspace,
  firstRotation: number,
  own: Own,
): GpuLayer['attention'] {
  const { heads, kvHeads, keySize, valueSize } = hyper;
  assert(
    (queryNorm === undefined) === (keyNorm === undefined),
    'queries and keys are normed both or neither',
  );
  const norms = vectorBuffer(gpu, Float32Array.from([...(queryNorm ?? [0]), ...(keyNorm ?? [])]), own);
  const placeShape = uniform(
    gpu,
    [
      { u32: heads },
      { u32: kvHeads },
      { u32: keySize },
      { u32: valueSize },
      { u32: strideOf(heads * keySize) },
      { u32: strideOf(kvHeads * keySize) },
      { u32: strideOf(kvHeads * valueSize) },
      { u32: hyper.rope.dimensions },
      { u32: Number(hyper.rope.pairs === 'interleaved') },
      { u32: Number(queryNorm !== undefined) },
      { f32: hyper.normEpsilon },
      { u32: firstRotation },
    ],
    own,
  );
  const attentionShape = uniform(
    gpu,
    [
      { u32: heads / kvHeads },
      { u32: kvHeads },
      { u32: keySize / 4 },
      { u32: valueSize },
      { u32: strideOf(heads * keySize) / 4 },
      { u32: strideOf(heads * valueSize) },
      { u32: isSlidingLayer(hyper, index) ? must(hyper.sliding).window : 0 },
      { f32: hyper.attentionScale },
    ],
    own,
  );
  return ({ keys, values }, { step, rotations }) => [
    perRow(
      place,
      place.bind(placeShape, step, rotations, norms, space.queries, space.keys, space.values, keys, values),
      heads + 2 * kvHeads,
    ),
    perRow(
      attention,
      attention.bind(attentionShape, step, space.queries, keys, values, space.attended),
      heads,
    ),
  ];
}

/** Of rows of the hidden width. */
export function rmsNorm(
  gpu: Gpu,
  kernel: Kernel,
  { width, normEpsilon }: Hyperparameters,
  { input, weight, output, add }: { input: GPUBuffer; weight: GPUBuffer; output: GPUBuffer; add: boolean },
  own: Own,
): Dispatch {
  const values = [{ u32: strideOf(width) / 4 }, { f32: width }, { f32: normEpsilon }, { u32: Number(add) }];
  return perRow(kernel, kernel.bind(uniform(gpu, values, own), input, weight, output), 1);
}

function activation(
  gpu: Gpu,
  kernel: Kernel,
  { feedForward, activation: kind }: Hyperparameters,
  { gate, up }: Workspace,
  own: Own,
): Dispatch {
  const quads = strideOf(feedForward) / 4;
  const shape = uniform(gpu, [{ u32: quads }, { u32: Number(kind === 'gelu') }], own);
  return perRow(kernel, kernel.bind(shape, up, gate), Math.ceil(quads / threads));
}
