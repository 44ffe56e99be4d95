import { type Hyperparameters, isSlidingLayer, type TensorInfo } from '../../model/model.ts';
import { type LayerParts, mapRoles } from '../layer-tensors.ts';
import type { LoadedTensors } from '../load-tensors.ts';
import { prepare } from './dispatch.ts';
import type { Gpu } from './gpu.ts';
import { createLayer, type GpuLayer } from './gpu-layer.ts';
import { type GpuTensor, matrixOf, vectorOf } from './gpu-tensor.ts';
import type { Kernels } from './kernels.ts';
import type { Owned } from './owned.ts';
import { Rotations } from './step.ts';
import type { StageParts } from './webgpu-stage.ts';
import { createWorkspace, rowsPerTurn } from './workspace.ts';

/** Binds loaded layers, the first of them number `first`, to kernels and to buffers of their own. */
export async function buildStage(
  gpu: Gpu,
  kernels: Kernels,
  hyper: Hyperparameters,
  first: number,
  roles: readonly LayerParts<TensorInfo, TensorInfo>[],
  loaded: LoadedTensors<GpuTensor>,
  owned: Owned,
): Promise<StageParts> {
  const weights = roles.map(parts =>
    mapRoles(
      parts,
      tensor => matrixOf(loaded.get(tensor)),
      tensor => vectorOf(loaded.get(tensor)),
    ),
  );
  const attention = weights.find(parts => 'query' in parts);
  const rotations = new Rotations(hyper, attention?.ropeDivisors, rowsPerTurn);
  const space = await createWorkspace(gpu, hyper, owned.add);
  const rotationBuffer = await gpu.checked('rotations', rotations.bytes, () =>
    owned.add(
      gpu.createBuffer('scratch', {
        label: 'rotations',
        size: rotations.bytes,
        usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST,
      }),
    ),
  );
  const layers: GpuLayer[] = [];
  for (const [index, parts] of weights.entries()) {
    const layer = first + index;
    const firstRotation = rotations.first(isSlidingLayer(hyper, layer) ? 1 : 0);
    layers.push(await createLayer(gpu, kernels, hyper, layer, parts, space, firstRotation, owned.add));
  }
  // A prompt comes first, and should not wait for the compiler.
  const projections = layers.flatMap(({ before, after }) => [...before, ...after]);
  await prepare(projections, rowsPerTurn);
  return { layers, space, rotations, rotationBuffer, weightBytes: loaded.bytes };
}
