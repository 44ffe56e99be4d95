import { toError } from '../../base/error.ts';
import { submitMs } from '../../base/limits.ts';
import type { LayerRange, Model, TensorInfo, TensorReader } from '../../model/model.ts';
import { dequantize } from '../cpu/dequantize.ts';
import { type Matrix, toMatrix } from '../cpu/matrix.ts';
import type { DeviceInfo, Engine } from '../engine.ts';
import { headRoles, isVector, rangeRoles } from '../layer-tensors.ts';
import { type LoadedTensors, loadTensors } from '../load-tensors.ts';
import { SharedTensors } from '../shared-tensors.ts';
import type { Head, Stage } from '../stage.ts';
import { joinPieces, type Piece } from '../tensor-pieces.ts';
import { buildHead } from './build-head.ts';
import { buildStage } from './build-stage.ts';
import { checkDeltaNet } from './delta-net.ts';
import { checkExperts } from './experts.ts';
import { Gpu } from './gpu.ts';
import { destroyMatrix, uploadMatrix } from './gpu-matrix.ts';
import type { GpuTensor } from './gpu-tensor.ts';
import { Kernels, type Shaders } from './kernels.ts';
import { Owned } from './owned.ts';
import { isSoftware } from './software.ts';
import { portable, type Tier, tierSuffix } from './tier.ts';
import { type TierStore, tierFor } from './tier-memory.ts';
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
}): Promise<Engine> {
  const { adapter, shaders, openStore, tier } = options;
  const { info } = adapter;
  const gpu = await Gpu.request(adapter);
  try {
    // On a processor that plays a GPU every kernel is slow, and measuring takes longest.
    const unmeasured = tier ?? (isSoftware(adapter) ? portable : undefined);
    const choice = unmeasured ? { tier: unmeasured } : await tierFor(gpu, info, shaders, openStore);
    if (choice.multiplicationsPerSecond)
      gpu.multiplicationsPerSubmit = (choice.multiplicationsPerSecond * submitMs) / 1000;
    const name = info.description || [info.vendor, info.architecture].filter(Boolean).join(' ') || 'GPU';
    const said = [info.vendor, info.architecture, info.device, info.description].filter(Boolean).join(', ');
    const device = { kind: 'webgpu', name: name + tierSuffix(choice.tier), adapter: said } as const;
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
  readonly #shared = new SharedTensors<GpuTensor>(tensor => {
    if (!(tensor instanceof Float32Array)) destroyMatrix(tensor);
  });
  /** Embeddings, of which the CPU reads a row a token. */
  readonly #embeddings = new SharedTensors<Matrix>(() => {});
  readonly #parts = new Set<Stage | Head>();

  constructor(gpu: Gpu, kernels: Kernels, device: DeviceInfo) {
    this.#gpu = gpu;
    this.#kernels = kernels;
    this.device = device;
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
    const loaded = await loadTensors(model, tensors, this.#shared, read, this.#place, signal);
    return this.#keep([loaded], async (owned, free) => {
      const parts = await buildStage(this.#gpu, this.#kernels, hyper, layers.first, roles, loaded, owned);
      return new WebGpuStage(this.#gpu, hyper, { ...layers }, parts, free);
    });
  }

  async head(model: Model, read: TensorReader, signal?: AbortSignal): Promise<Head> {
    this.#gpu.assertAlive();
    const { hyper } = model;
    const roles = headRoles(model);
    const rows = await loadTensors(model, [roles.embedding], this.#embeddings, read, keepBytes, signal);
    const tensors = [roles.output, roles.outputNorm];
    const loaded = await loadTensors(model, tensors, this.#shared, read, this.#place, signal).catch(
      async error => {
        await rows.release();
        throw error;
      },
    );
    return this.#keep([rows, loaded], async (owned, free) => {
      const embedding = rows.get(roles.embedding);
      const parts = await buildHead(this.#gpu, this.#kernels, hyper, roles, loaded, owned);
      return new WebGpuHead(
        this.#gpu,
        hyper,
        { ...parts, embedding, weightBytes: loaded.bytes + rows.bytes },
        free,
      );
    });
  }

  async close(): Promise<void> {
    for (const part of [...this.#parts]) await part.dispose();
    this.#gpu.close();
  }

  readonly #place = async (tensor: TensorInfo, pieces: AsyncIterable<Piece>): Promise<GpuTensor> =>
    isVector(tensor)
      ? dequantize(tensor.type, await joinPieces(tensor, pieces))
      : uploadMatrix(this.#gpu, tensor, pieces);

  /** Frees what was loaded and built, when the part is disposed of or when `build` fails. */
  async #keep<Part extends Stage | Head>(
    loaded: readonly LoadedTensors<unknown>[],
    build: (owned: Owned, free: () => Promise<void>) => Promise<Part>,
  ): Promise<Part> {
    const owned = new Owned();
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

const keepBytes = async (tensor: TensorInfo, pieces: AsyncIterable<Piece>): Promise<Matrix> =>
  toMatrix(tensor, await joinPieces(tensor, pieces));
