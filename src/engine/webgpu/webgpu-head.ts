import type { Hyperparameters } from '../../model/model.ts';
import { checkTokens, countRows } from '../cpu/cpu-head.ts';
import { checkLikeliest, draw } from '../likelihood.ts';
import { checkSampling } from '../sampling.ts';
import { checkHidden, freed } from '../sessions.ts';
import type { Drawn, Head, Sampling } from '../stage.ts';
import { type Dispatch, prepare, Recording, type StepSize, strideOf } from './dispatch.ts';
import type { Embedding } from './embedding.ts';
import type { Gpu } from './gpu.ts';
import { padRows } from './padding.ts';
import { drawTop } from './sample-top.ts';
import type { Top } from './top.ts';

export interface WebGpuHeadParts {
  readonly embedding: Embedding;
  /** Final norm and output matrix: `hidden` to `logits`. */
  readonly dispatches: readonly Dispatch[];
  readonly hidden: GPUBuffer;
  readonly logits: GPUBuffer;
  /** How many rows `hidden` and `logits` hold. */
  readonly rows: number;
  readonly top: Top;
  readonly weightBytes: number;
}

/** A head looks at no positions. */
const oneRow: StepSize = { rows: 1, shares: 1, positions: 0 };

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
    const { vocabulary, embeddingScale } = this.#hyper;
    checkTokens(tokens, vocabulary);
    const rows = await this.#parts.embedding(tokens);
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

  async next(hidden: Float32Array, sampling: Sampling, position: number, likeliest?: number): Promise<Drawn> {
    if (this.#disposed) freed();
    checkSampling(sampling);
    checkLikeliest(likeliest);
    const { width, vocabulary } = this.#hyper;
    checkHidden(hidden, 1, width);
    const { top } = this.#parts;
    await prepare(this.#parts.dispatches, 1);
    const words = await this.#gpu.read('the best tokens', top.bytes, staging => {
      const recording = this.#record(hidden);
      recording.run(top.dispatches, oneRow);
      recording.copy(top.buffer, top.offset, staging, 0, top.bytes);
      recording.submit();
    });
    const best = top.parse(new Uint32Array(words.buffer));
    return (
      drawTop(best, vocabulary, sampling, position, likeliest) ??
      draw(await this.#compute(hidden), sampling, position, likeliest)
    );
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    await this.#free();
  }

  async #compute(hidden: Float32Array): Promise<Float32Array<ArrayBuffer>> {
    const { width, vocabulary } = this.#hyper;
    const rows = hidden.length / width;
    const bytes = rows * vocabulary * 4;
    await prepare(this.#parts.dispatches, rows);
    return this.#gpu.read('logits', bytes, staging => {
      const recording = this.#record(hidden);
      recording.copy(this.#parts.logits, 0, staging, 0, bytes);
      recording.submit();
    });
  }

  #record(hidden: Float32Array): Recording {
    const { width } = this.#hyper;
    this.#gpu.device.queue.writeBuffer(this.#parts.hidden, 0, padRows(hidden, width, strideOf(width)));
    const recording = new Recording(this.#gpu);
    recording.run(this.#parts.dispatches, { ...oneRow, rows: hidden.length / width });
    return recording;
  }
}
