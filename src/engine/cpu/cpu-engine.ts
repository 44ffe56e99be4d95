import type { LayerRange, Model, TensorInfo, TensorReader } from '../../model/model.ts';
import { DeviceMemory, type MemoryUse } from '../device-memory.ts';
import type { DeviceInfo, Engine } from '../engine.ts';
import { headRoles, mapRoles, rangeRoles } from '../layer-tensors.ts';
import { headPart, loadTensors, stagePart, type TensorHome } from '../load-tensors.ts';
import { closed } from '../sessions.ts';
import type { Head, Stage } from '../stage.ts';
import { CpuHead } from './cpu-head.ts';
import { CpuStage } from './cpu-stage.ts';
import { Layer } from './layer.ts';
import type { Matrix } from './matrix.ts';
import { matrixHome, numbersOf } from './matrix-home.ts';

/**
 * The readable reference that the kernels are compared with, and the engine where there is no GPU. `note` says why this device and not
 * a faster one; `memoryBytes` is the most that it may hold.
 */
export function createCpuEngine(note?: string, memoryBytes?: number): Engine {
  const device = { kind: 'cpu', name: 'CPU', ...(note === undefined ? {} : { note }) } as const;
  return new CpuEngine(device, new DeviceMemory(memoryBytes));
}

class CpuEngine implements Engine {
  readonly device: DeviceInfo;
  readonly lost = new Promise<string>(() => {});
  readonly #home: TensorHome<Matrix>;
  readonly #parts = new Set<Stage | Head>();
  #closed = false;

  constructor(device: DeviceInfo, memory: DeviceMemory) {
    this.device = device;
    this.#home = matrixHome(memory);
  }

  async memory(): Promise<MemoryUse> {
    return this.#home.memory.use;
  }

  async stage(model: Model, layers: LayerRange, read: TensorReader, signal?: AbortSignal): Promise<Stage> {
    const roles = rangeRoles(model, layers);
    const tensors = roles.flatMap(parts => Object.values<TensorInfo>({ ...parts }));
    const loaded = await loadTensors(model, stagePart(model, layers), tensors, this.#home, read, signal);
    const vector = (tensor: TensorInfo) => numbersOf(loaded.get(tensor));
    const stack = roles.map(
      (parts, index) => new Layer(model.hyper, layers.first + index, mapRoles(parts, loaded.get, vector)),
    );
    return this.#keep(
      free => new CpuStage(model.hyper, { ...layers }, stack, loaded.bytes, this.#home.memory, free),
      loaded.release,
    );
  }

  async head(model: Model, read: TensorReader, signal?: AbortSignal): Promise<Head> {
    const { embedding, outputNorm, output } = headRoles(model);
    const tensors = [embedding, outputNorm, output];
    const loaded = await loadTensors(model, headPart(model), tensors, this.#home, read, signal);
    const weights = {
      embedding: loaded.get(embedding),
      outputNorm: numbersOf(loaded.get(outputNorm)),
      output: loaded.get(output),
    };
    return this.#keep(free => new CpuHead(model.hyper, weights, loaded.bytes, free), loaded.release);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const part of [...this.#parts]) await part.dispose();
  }

  async #keep<Part extends Stage | Head>(
    make: (free: () => Promise<void>) => Part,
    release: () => Promise<void>,
  ): Promise<Part> {
    if (this.#closed) {
      await release();
      throw closed();
    }
    const part: Part = make(() => {
      this.#parts.delete(part);
      return release();
    });
    this.#parts.add(part);
    return part;
  }
}
