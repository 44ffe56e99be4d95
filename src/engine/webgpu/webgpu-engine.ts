import { toError } from '../../base/error.ts';
import { submitMs } from '../../base/limits.ts';
import type { LayerRange, Model, TensorInfo, TensorReader } from '../../model/model.ts';
import { dequantize } from '../cpu/dequantize.ts';
import type { Matrix } from '../cpu/matrix.ts';
import { matrixHome } from '../cpu/matrix-home.ts';
import type { MemoryUse } from '../device-memory.ts';
import type { DeviceInfo, Engine } from '../engine.ts';
import { headRoles, isVector, rangeRoles } from '../layer-tensors.ts';
import { headPart, type LoadedTensors, loadTensors, stagePart, type TensorHome } from '../load-tensors.ts';
import { SharedTensors } from '../shared-tensors.ts';
import type { Head, Stage } from '../stage.ts';
import { joinPieces } from '../tensor-pieces.ts';
import { buildHead } from './build-head.ts';
import { buildStage } from './build-stage.ts';
import { checkDeltaNet } from './delta-net.ts';
import { hostEmbedding, tiedEmbedding } from './embedding.ts';
import { ExpectedRows } from './expected-rows.ts';
import { checkExperts } from './experts.ts';
import { Gpu } from './gpu.ts';
import { destroyMatrix, matrixBytes, uploadMatrix } from './gpu-matrix.ts';
import { type GpuTensor, matrixOf } from './gpu-tensor.ts';
import { Kernels, type Shaders } from './kernels.ts';
import { Owned } from './owned.ts';
import { isSoftware } from './software.ts';
import { portable, type Tier, tierSuffix } from './tier.ts';
import { type TierStore, tierFor } from './tier-memory.ts';
import type { TopLogits } from './top.ts';
import { WebGpuHead } from './webgpu-head.ts';
import { checkHeads, WebGpuStage } from './webgpu-stage.ts';

/**
 * Runs layers on `adapter`, which is used up by it. Throws TabmeshError('unavailable', 'engine') where it gives no device.
 */
export async function createWebGpuEngine(options: {
  readonly adapter: GPUAdapter;
  readonly shaders: Shaders;
  /** Opens where the choice of kernels is kept; without it they are measured at every start. */
  readonly openStore?: (() => Promise<TierStore>) | undefined;
  /** Takes these kernels and measures none; the device has to offer them. */
  readonly tier?: Tier;
  /** The most that it may hold, its embeddings on the CPU among it. */
  readonly memoryBytes?: number | undefined;
  /** Every step waits for the kernels that it takes best, for whoever compares what they compute. */
  readonly stepsAwaitKernels?: boolean | undefined;
}): Promise<Engine> {
  const { adapter, shaders, openStore, tier, memoryBytes, stepsAwaitKernels = false } = options;
  const { info } = adapter;
  const gpu = await Gpu.request(adapter, memoryBytes);
  gpu.stepsAwaitKernels = stepsAwaitKernels;
  try {
    // On a processor that plays a GPU every kernel is slow, and measuring takes longest.
    const unmeasured = tier ?? (isSoftware(adapter) ? portable : undefined);
    const choice = unmeasured ? { tier: unmeasured } : await tierFor(gpu, info, shaders, openStore);
    if (choice.multiplicationsPerSecond)
      gpu.multiplicationsPerSubmit = (choice.multiplicationsPerSecond * submitMs) / 1000;
    const name = info.description || [info.vendor, info.architecture].filter(Boolean).join(' ') || 'GPU';
    const said = [info.vendor, info.architecture, info.device, info.description].filter(Boolean).join(', ');
    const device = {
      kind: 'webgpu',
      name: name + tierSuffix(choice.tier),
      adapter: said,
      halves: gpu.offered.halves,
    } as const;
    return new WebGpuEngine(gpu, new Kernels(gpu.device, shaders, choice.tier), device);
  } catch (error) {
    gpu.close();
    throw error;
  }
}

class WebGpuEngine implements Engine {
  readonly device: DeviceInfo;
  readonly #gpu: Gpu;
  readonly #kernels: Kernels;
  readonly #home: TensorHome<GpuTensor>;
  /** Embeddings that are not on the GPU. */
  readonly #hostHome: TensorHome<Matrix>;
  readonly #parts = new Set<Stage | Head>();
  readonly #expected = new ExpectedRows<WebGpuHead, TopLogits>();

  constructor(gpu: Gpu, kernels: Kernels, device: DeviceInfo) {
    this.#gpu = gpu;
    this.#kernels = kernels;
    this.device = device;
    this.#home = {
      memory: gpu.memory,
      shared: new SharedTensors(tensor => {
        if (!(tensor instanceof Float32Array)) destroyMatrix(gpu, tensor);
      }),
      // Vectors come to the GPU with the stage that applies them.
      bytesOf: tensor => (isVector(tensor) ? 0 : matrixBytes(gpu, tensor)),
      place: async (tensor, pieces) =>
        isVector(tensor)
          ? dequantize(tensor.type, await joinPieces(tensor, pieces))
          : uploadMatrix(gpu, tensor, pieces),
    };
    this.#hostHome = matrixHome(gpu.memory);
  }

  async memory(): Promise<MemoryUse> {
    return this.#gpu.memory.use;
  }

  get lost(): Promise<string> {
    return this.#gpu.lost;
  }

  async stage(model: Model, layers: LayerRange, read: TensorReader, signal?: AbortSignal): Promise<Stage> {
    this.#gpu.assertAlive();
    const { hyper } = model;
    const roles = rangeRoles(model, layers);
    checkHeads(hyper);
    if (hyper.deltaNet) checkDeltaNet(hyper.deltaNet);
    if (hyper.experts) checkExperts(hyper.experts);
    const tensors = roles.flatMap(parts => Object.values<TensorInfo>({ ...parts }));
    const loaded = await loadTensors(model, stagePart(model, layers), tensors, this.#home, read, signal);
    return this.#keep([loaded], async (owned, free) => {
      const parts = await buildStage(this.#gpu, this.#kernels, hyper, layers.first, roles, loaded, owned);
      return new WebGpuStage(this.#gpu, hyper, { ...layers }, parts, this.#expected, free);
    });
  }

  async head(model: Model, read: TensorReader, signal?: AbortSignal): Promise<Head> {
    this.#gpu.assertAlive();
    const { hyper } = model;
    const roles = headRoles(model);
    const tensors = [roles.output, roles.outputNorm];
    const isTied = roles.embedding === roles.output;
    const part = headPart(model);
    const outputBytes = this.#home.bytesOf(roles.output);
    const rows = await loadTensors(
      model,
      { ...part, moreBytes: part.moreBytes + outputBytes },
      isTied ? [] : [roles.embedding],
      this.#hostHome,
      read,
      signal,
    );
    const loaded = await loadTensors(model, part, tensors, this.#home, read, signal).catch(async error => {
      await rows.release();
      throw error;
    });
    return this.#keep([rows, loaded], async (owned, free) => {
      const tied = isTied ? tiedEmbedding(this.#gpu, matrixOf(loaded.get(roles.output))) : undefined;
      const parts = await buildHead(this.#gpu, this.#kernels, hyper, roles, loaded, owned, tied?.takeAhead);
      const embedding = tied?.embed ?? hostEmbedding(rows.get(roles.embedding));
      const weightBytes = loaded.bytes + rows.bytes;
      return new WebGpuHead(this.#gpu, hyper, { ...parts, embedding, weightBytes }, this.#expected, free);
    });
  }

  async close(): Promise<void> {
    for (const part of [...this.#parts]) await part.dispose();
    this.#gpu.close();
  }

  /** Frees what was loaded and built, when the part is disposed of or when `build` fails. */
  async #keep<Part extends Stage | Head>(
    loaded: readonly LoadedTensors<unknown>[],
    build: (owned: Owned, free: () => Promise<void>) => Promise<Part>,
  ): Promise<Part> {
    const owned = new Owned(this.#gpu);
    const free = async () => {
      owned.destroy();
      for (const tensors of loaded) await tensors.release();
    };
    try {
      const part: Part = await build(owned, async () => {
        this.#parts.delete(part);
        await free();
      });
      this.#parts.add(part);
      return part;
    } catch (error) {
      await free();
      throw toError(error, 'engine');
    }
  }
}
