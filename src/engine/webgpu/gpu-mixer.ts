import { assert, must } from '../../base/assert.ts';
import type { Hyperparameters } from '../../model/model.ts';
import type { AttentionParts, DeltaNetParts } from '../block-tensors.ts';
import { attentionKernels, createAttention } from './attention.ts';
import { createDeltaNet, deltaMatrices } from './delta-net.ts';
import type { Dispatch, Own } from './dispatch.ts';
import type { Gpu } from './gpu.ts';
import type { GpuMatrix } from './gpu-matrix.ts';
import type { Kernels } from './kernels.ts';
import type { LayerMemory } from './stage-memory.ts';
import { attentionColumns, deltaColumns, queryPitch, type Workspace } from './workspace.ts';

/** The part of a layer in which rows see those before them: `Workspace.projected` to `Workspace.mixed`. */
export interface GpuMixer {
  /** What the normed rows are multiplied by first, one behind the other in `columns` columns. */
  readonly matrices: readonly GpuMatrix[];
  readonly columns: number;
  readonly bias?: Float32Array | undefined;
  /** To be made anew whenever the memory's buffers change. */
  mix(memory: LayerMemory, rotations: GPUBuffer): Dispatch[];
  /** What the mixed rows are multiplied by at the end. */
  readonly output: GpuMatrix;
}

/** Of layer `index`: attention, or a gated delta net. */
export async function createMixer(
  gpu: Gpu,
  kernels: Kernels,
  hyper: Hyperparameters,
  index: number,
  weights: AttentionParts<GpuMatrix, Float32Array> | DeltaNetParts<GpuMatrix, Float32Array>,
  space: Workspace,
  firstRotation: number,
  own: Own,
): Promise<GpuMixer> {
  if ('convolution' in weights) {
    const step = await createDeltaNet(gpu, kernels, hyper, weights, space, own);
    return {
      matrices: deltaMatrices(weights),
      columns: deltaColumns(must(hyper.deltaNet)),
      mix(memory) {
        assert('states' in memory);
        return step(memory);
      },
      output: weights.deltaOutput,
    };
  }
  const attention = await attentionKernels(kernels, hyper);
  const attend = await gpu.checked(`layer ${index}`, hyper.heads * hyper.valueSize * 4, () =>
    createAttention(gpu, attention, hyper, index, weights, space, firstRotation, own),
  );
  return {
    matrices: [weights.query, weights.key, weights.value],
    columns: attentionColumns(hyper),
    bias: joinBiases(hyper, weights),
    mix(memory, rotations) {
      assert('cache' in memory);
      return attend(memory, rotations);
    },
    output: weights.attentionOutput,
  };
}

function joinBiases(
  hyper: Hyperparameters,
  { query, key, queryBias, keyBias, valueBias }: AttentionParts<GpuMatrix, Float32Array>,
): Float32Array | undefined {
  if (!queryBias && !keyBias && !valueBias) return undefined;
  const { heads, keySize } = hyper;
  const joined = new Float32Array(attentionColumns(hyper));
  for (let head = 0; head < heads; head++)
    joined.set(queryBias?.subarray(head * keySize, (head + 1) * keySize) ?? [], head * queryPitch(hyper));
  joined.set(keyBias ?? [], query.rows);
  joined.set(valueBias ?? [], query.rows + key.rows);
  return joined;
}
