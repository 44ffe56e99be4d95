import { MiB } from '../../base/bytes.ts';
import { rewindRowsMax } from '../../base/limits.ts';
import type { Hyperparameters, TensorInfo } from '../../model/model.ts';
import type { HeadParts } from '../layer-tensors.ts';
import type { LoadedTensors } from '../load-tensors.ts';
import { strideOf } from './dispatch.ts';
import type { TakeAhead } from './embedding.ts';
import type { Gpu } from './gpu.ts';
import { type GpuTensor, matrixOf, vectorOf } from './gpu-tensor.ts';
import { type Kernels, rowTile } from './kernels.ts';
import type { Owned } from './owned.ts';
import { project } from './projection.ts';
import { createRowsAhead } from './rows-ahead.ts';
import { createTop } from './top.ts';
import type { WebGpuHeadParts } from './webgpu-head.ts';
import { rowsPerTurn } from './workspace.ts';

/** 8 rows of the largest vocabularies are 5 MB; small ones need not go in eights. */
const logitBytes = 16 * MiB;

export async function buildHead(
  gpu: Gpu,
  kernels: Kernels,
  hyper: Hyperparameters,
  roles: HeadParts<TensorInfo, TensorInfo>,
  loaded: LoadedTensors<GpuTensor>,
  owned: Owned,
  takeAhead?: TakeAhead,
): Promise<Omit<WebGpuHeadParts, 'embedding' | 'weightBytes'>> {
  const { width, vocabulary, normEpsilon: epsilon } = hyper;
  const rows = headRows(vocabulary);
  const rowBytes = rows * strideOf(width) * 4;
  const { hidden, logits } = await gpu.checked('logits', rows * vocabulary * 4 + rowBytes, () => {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
    const create = (label: string, size: number) =>
      owned.add(gpu.createBuffer('scratch', { label, size, usage }));
    return { hidden: create('hidden', rowBytes), logits: create('logits', rows * vocabulary * 4) };
  });
  const output = matrixOf(loaded.get(roles.output));
  const dispatches = await project(
    gpu,
    kernels,
    {
      matrices: [output],
      norm: { weight: vectorOf(loaded.get(roles.outputNorm)), epsilon },
      input: hidden,
      output: logits,
      outputStride: vocabulary,
    },
    owned.add,
  );
  const top = await createTop(gpu, kernels, logits, vocabulary, rewindRowsMax, owned.add);
  const ahead = takeAhead && {
    ...(await createRowsAhead(gpu, kernels, output, top, rewindRowsMax, owned.add)),
    take: takeAhead,
  };
  return { dispatches, hidden, logits, rows, top, ahead };
}

/** Whole tiles: the largest, or else as many eights as its kernels take. */
function headRows(vocabulary: number): number {
  const most = Math.min(rowsPerTurn, Math.floor(logitBytes / (vocabulary * 4)));
  return most >= rowTile ? most - (most % rowTile) : Math.min(16, Math.max(8, most - (most % 8)));
}
