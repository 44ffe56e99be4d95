import { MiB } from '../../base/bytes.ts';
import type { Hyperparameters, TensorInfo } from '../../model/model.ts';
import type { HeadParts } from '../layer-tensors.ts';
import type { LoadedTensors } from '../load-tensors.ts';
import { matmulFor, multiply, strideOf } from './dispatch.ts';
import type { Gpu } from './gpu.ts';
import { rmsNorm } from './gpu-layer.ts';
import { type GpuTensor, matrixOf, vectorOf } from './gpu-tensor.ts';
import { type Kernels, tile } from './kernels.ts';
import type { Owned } from './owned.ts';
import type { WebGpuHeadParts } from './webgpu-head.ts';
import { rowsPerTurn, vectorBuffer } from './workspace.ts';

/** 8 rows of the largest vocabularies are 5 MB; small ones need not go in eights. */
const logitBytes = 16 * MiB;

export async function buildHead(
  gpu: Gpu,
  kernels: Kernels,
  hyper: Hyperparameters,
  roles: HeadParts<TensorInfo, TensorInfo>,
  loaded: LoadedTensors<GpuTensor>,
  owned: Owned,
): Promise<Omit<WebGpuHeadParts, 'embedding' | 'weightBytes'>> {
  const { width, vocabulary } = hyper;
  const tiles = Math.max(1, Math.floor(logitBytes / (vocabulary * 4 * tile)));
  const rows = Math.min(rowsPerTurn, tiles * tile);
  const matrix = matrixOf(loaded.get(roles.output));
  const [norm, matmul] = await Promise.all([kernels.get('rms-norm'), matmulFor(kernels, matrix)]);
  const rowBytes = rows * strideOf(width) * 4;
  return gpu.checked('logits', rows * vocabulary * 4 + 2 * rowBytes, () => {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
    const create = (label: string, size: number) =>
      owned.add(gpu.device.createBuffer({ label, size, usage }));
    const hidden = create('hidden', rowBytes);
    const normed = create('normed', rowBytes);
    const logits = create('logits', rows * vocabulary * 4);
    const weight = vectorBuffer(gpu, vectorOf(loaded.get(roles.outputNorm)), owned.add);
    const dispatches = [
      rmsNorm(gpu, norm, hyper, { input: hidden, weight, output: normed, add: false }, owned.add),
      ...multiply(
        gpu,
        matmul,
        { matrix, input: normed, output: logits, outputStride: vocabulary },
        owned.add,
      ),
    ];
    return { dispatches, hidden, logits, rows };
  });
}
