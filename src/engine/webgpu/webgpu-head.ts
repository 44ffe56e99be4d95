import type { Hyperparameters } from '../../model/model.ts';
import { checkTokens, countRows } from '../cpu/cpu-head.ts';
import { type Matrix, readRow } from '../cpu/matrix.ts';
import { sample } from '../sampling.ts';
import { checkHidden, freed } from '../sessions.ts';
import type { Head, Sampling } from '../stage.ts';
import { type Dispatch, Recording, strideOf } from './dispatch.ts';
import type { Gpu } from './gpu.ts';
import { padRows } from './padding.ts';

export interface WebGpuHeadParts {
  /** On the CPU: a token needs one row of it, some KB. */
  readonly embedding: Matrix;
  /** Final norm and output matrix: `hidden` to `logits`. */
  readonly dispatches: readonly Dispatch[];
  readonly hidden: GPUBuffer;
  readonly logits: GPUBuffer;
  /** How many rows `hidden` and `logits` hold. */
  readonly rows: number;
  readonly weightBytes: number;
}

export class WebGpuHead implements Head {
  readonly weightBytes: number;
  readonly #gpu: Gpu;
  readonly #hyper: Hyperparameters;
  readonly #parts: WebGpuHeadParts;
  readonly #free: () => Promise<void>;
  #disposed = false;

  constructor(gpu: Gpu, hyper: Hyperparameters, parts: WebGpuHeadParts, free: () => Promise<void>) {
    this.weightBytes = parts.weightBytes;
    this.#gpu = gpu;
    this.#hyper = hyper;
    this.#parts = parts;
    this.#free = free;
  }

  async embed(tokens: readonly number[]): Promise<Float32Array<ArrayBuffer>> {
    if (this.#disposed) freed();
    const { width, vocabulary, embeddingScale } = this.#hyper;
    checkTokens(tokens, vocabulary);
    const rows = new Float32Array(tokens.length * width);
    tokens.forEach((token, row) => {
      readRow(this.#parts.embedding, token, rows.subarray(row * width, (row + 1) * width));
    });
    return embeddingScale === 1 ? rows : rows.map(value => value * embeddingScale);
  }

  async logits(hidden: Float32Array): Promise<Float32Array<ArrayBuffer>> {
    if (this.#disposed) freed();
    const { width, vocabulary } = this.#hyper;
    const rows = countRows(hidden, width);
    checkHidden(hidden, rows, width);
    const result = new Float32Array(rows * vocabulary);
    const most = this.#parts.rows;
    const turns = Array.from({ length: Math.ceil(rows / most) }, (_, turn) => turn * most);
    for (const from of turns) {
      const part = hidden.subarray(from * width, (from + most) * width);
      result.set(await this.#compute(part), from * vocabulary);
    }
    return result;
  }

  async next(hidden: Float32Array, sampling: Sampling, position: number): Promise<number> {
    if (this.#disposed) freed();
    checkHidden(hidden, 1, this.#hyper.width);
    return sample(await this.#compute(hidden), sampling, position);
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    await this.#free();
  }

  #compute(hidden: Float32Array): Promise<Float32Array<ArrayBuffer>> {
    const { width, vocabulary } = this.#hyper;
    const rows = hidden.length / width;
    const bytes = rows * vocabulary * 4;
    return this.#gpu.read('logits', bytes, staging => {
      this.#gpu.device.queue.writeBuffer(this.#parts.hidden, 0, padRows(hidden, width, strideOf(width)));
      const recording = new Recording(this.#gpu.device);
      recording.run(this.#parts.dispatches, rows);
      recording.copy(this.#parts.logits, staging, 0, bytes);
      recording.submit();
    });
  }
}
