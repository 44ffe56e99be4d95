import type { LayerRange, Model, TensorInfo, TensorReader } from '../../model/model.ts';
import type { DeviceInfo, Engine } from '../engine.ts';
import { headRoles, mapRoles, rangeRoles } from '../layer-tensors.ts';
import { loadTensors } from '../load-tensors.ts';
import { closed } from '../sessions.ts';
import { SharedTensors } from '../shared-tensors.ts';
import type { Head, Stage } from '../stage.ts';
import { joinPieces, type Piece } from '../tensor-pieces.ts';
import { CpuHead } from './cpu-head.ts';
import { CpuStage } from './cpu-stage.ts';
import { dequantize } from './dequantize.ts';
import { Layer } from './layer.ts';
import { type Matrix, toMatrix } from './matrix.ts';

const place = async (tensor: TensorInfo, pieces: AsyncIterable<Piece>): Promise<Matrix> =>
  toMatrix(tensor, await joinPieces(tensor, pieces));

/** The readable reference that the kernels are compared with, and the engine where there is no GPU. */
export function createCpuEngine(note?: string): Engine {
  return new CpuEngine({ kind: 'cpu', name: 'CPU', ...(note === undefined ? {} : { note }) });
}

class CpuEngine implements Engine {
  readonly device: DeviceInfo;
  readonly lost = new Promise<string>(() => {});
  readonly #shared = new SharedTensors<Matrix>(() => {});
  readonly #parts = new Set<Stage | Head>();
  #closed = false;

  constructor(device: DeviceInfo) {
    this.device = device;
  }

  async stage(model: Model, layers: LayerRange, read: TensorReader, signal?: AbortSignal): Promise<Stage> {
    const roles = rangeRoles(model, layers);
    const tensors = roles.flatMap(parts => Object.values<TensorInfo>({ ...parts }));
    const loaded = await loadTensors(model, tensors, this.#shared, read, place, signal);
    const vector = (tensor: TensorInfo) => dequantize(tensor.type, loaded.get(tensor).bytes);
    const stack = roles.map(
      (parts, index) => new Layer(model.hyper, layers.first + index, mapRoles(parts, loaded.get, vector)),
    );
    return this.#keep(
      free => new CpuStage(model.hyper, { ...layers }, stack, loaded.bytes, free),
      loaded.release,
    );
  }

  async head(model: Model, read: TensorReader, signal?: AbortSignal): Promise<Head> {
    const { embedding, outputNorm, output } = headRoles(model);
    const tensors = [embedding, outputNorm, output];
    const loaded = await loadTensors(model, tensors, this.#shared, read, place, signal);
    const weights = {
      embedding: loaded.get(embedding),
      outputNorm: dequantize(outputNorm.type, loaded.get(outputNorm).bytes),
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
