import type { Hyperparameters } from '../../model/model.ts';
import { checkTokens, countRows } from '../cpu/cpu-head.ts';
import { checkDrafts, checkLikeliest, draw, isAsDrafted } from '../likelihood.ts';
import { checkAllowed, type Restraint } from '../restraint.ts';
import { checkSampling } from '../sampling.ts';
import { checkHidden, freed } from '../sessions.ts';
import type { Drawn, Head, Sampling } from '../stage.ts';
import { type Dispatch, prepareStep, Recording, type StepSize, strideOf } from './dispatch.ts';
import type { Embedding, TakeAhead } from './embedding.ts';
import type { ExpectedRows } from './expected-rows.ts';
import type { Gpu } from './gpu.ts';
import { padRows } from './padding.ts';
import type { RowsAhead } from './rows-ahead.ts';
import { bestAllowed, drawTop } from './sample-top.ts';
import type { Top, TopLogits } from './top.ts';

export interface WebGpuHeadParts {
  readonly embedding: Embedding;
  /** Final norm and output matrix: `hidden` to `logits`. */
  readonly dispatches: readonly Dispatch[];
  readonly hidden: GPUBuffer;
  readonly logits: GPUBuffer;
  /** How many rows `hidden` and `logits` hold. */
  readonly rows: number;
  readonly top: Top;
  /** Of a tied head: embeddings that come along with the best tokens. */
  readonly ahead?: (RowsAhead & { readonly take: TakeAhead }) | undefined;
  readonly weightBytes: number;
}

/** A head looks at no positions. */
const oneRow: StepSize = { rows: 1, shares: 1, positions: 0 };

export class WebGpuHead implements Head {
  readonly weightBytes: number;
  readonly #gpu: Gpu;
  readonly #hyper: Hyperparameters;
  readonly #parts: WebGpuHeadParts;
  readonly #expected: ExpectedRows<WebGpuHead, TopLogits>;
  readonly #free: () => Promise<void>;
  #disposed = false;

  constructor(
    gpu: Gpu,
    hyper: Hyperparameters,
    parts: WebGpuHeadParts,
    expected: ExpectedRows<WebGpuHead, TopLogits>,
    free: () => Promise<void>,
  ) {
    this.weightBytes = parts.weightBytes;
    this.#gpu = gpu;
    this.#hyper = hyper;
    this.#parts = parts;
    this.#expected = expected;
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

  async next(
    hidden: Float32Array,
    sampling: Sampling,
    position: number,
    likeliest?: number,
    restraint?: Restraint,
  ): Promise<Drawn> {
    if (restraint) return this.#restrained(hidden, sampling, position, likeliest, restraint);
    return (await this.verify(hidden, [], sampling, position, likeliest))[0]!;
  }

  async verify(
    hidden: Float32Array,
    drafts: readonly number[],
    sampling: Sampling,
    position: number,
    likeliest?: number,
  ): Promise<Drawn[]> {
    if (this.#disposed) freed();
    this.#gpu.assertAlive();
    checkSampling(sampling);
    checkLikeliest(likeliest);
    checkDrafts(drafts);
    const { width, vocabulary } = this.#hyper;
    const rows = drafts.length + 1;
    checkHidden(hidden, rows, width);
    const rowAt = (row: number) => hidden.subarray(row * width, (row + 1) * width);
    const ahead = this.#expected.take(this, rowAt(drafts.length));
    const best = ahead && rows === 1 ? [ahead] : await this.#best(hidden);
    const drawn: Drawn[] = [];
    do {
      const row = drawn.length;
      drawn.push(
        drawTop(best[row]!, vocabulary, sampling, position + row, likeliest) ??
          draw(await this.#compute(rowAt(row)), sampling, position + row, likeliest),
      );
    } while (isAsDrafted(drawn, drafts));
    return drawn;
  }

  /** What a grammar lets follow is mostly among what the model finds best; only else are all logits read. */
  async #restrained(
    hidden: Float32Array,
    sampling: Sampling,
    position: number,
    likeliest: number | undefined,
    restraint: Restraint,
  ): Promise<Drawn> {
    if (this.#disposed) freed();
    this.#gpu.assertAlive();
    checkSampling(sampling);
    checkLikeliest(likeliest);
    const { width, vocabulary } = this.#hyper;
    checkHidden(hidden, 1, width);
    const { allowed, changes } = restraint;
    if (sampling.temperature === 0 && allowed && !changes) {
      checkAllowed(allowed, vocabulary);
      const best = this.#expected.take(this, hidden) ?? (await this.#best(hidden))[0]!;
      const drawn = bestAllowed(best, allowed, likeliest);
      if (drawn) return drawn;
    }
    return draw(await this.#compute(hidden), sampling, position, likeliest, restraint);
  }

  /** What `bestOf` reads. */
  get bestBytes(): number {
    const { top, ahead } = this.#parts;
    return top.bytes + (ahead?.bytes ?? 0);
  }

  /** Records what `next` takes of a row that is on the GPU, padded; the kernels for one row are there from the start. */
  recordBest(recording: Recording, from: GPUBuffer, fromOffset: number, to: GPUBuffer, offset: number): void {
    recording.copy(from, fromOffset, this.#parts.hidden, 0, strideOf(this.#hyper.width) * 4);
    recording.run(this.#parts.dispatches, oneRow);
    this.#recordTop(recording, 1, to, offset);
  }

  bestOf(bytes: ArrayBuffer): TopLogits {
    const { top, ahead } = this.#parts;
    const best = top.parse(new Uint32Array(bytes, 0, top.bytes / 4));
    ahead?.take(ahead.parse(best.tokens, new Uint8Array(bytes, top.bytes)));
    return best;
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#expected.leave(this);
    await this.#free();
  }

  /** Of each row. */
  async #best(hidden: Float32Array): Promise<TopLogits[]> {
    const { bestBytes } = this;
    const rows = hidden.length / this.#hyper.width;
    await prepareStep(this.#gpu, this.#parts.dispatches, rows);
    const { buffer } = await this.#gpu.read('the best tokens', rows * bestBytes, staging => {
      const recording = this.#record(hidden);
      this.#recordTop(recording, rows, staging, 0);
      recording.submit();
    });
    return Array.from({ length: rows }, (_, row) =>
      this.bestOf(buffer.slice(row * bestBytes, (row + 1) * bestBytes)),
    );
  }

  /** Copies what the rows have of the best to `to`, one behind the other. */
  #recordTop(recording: Recording, rows: number, to: GPUBuffer, offset: number): void {
    const { top, ahead } = this.#parts;
    recording.run([...top.dispatches, ...(ahead?.dispatches ?? [])], { ...oneRow, rows });
    for (let row = 0; row < rows; row++) {
      const at = offset + row * this.bestBytes;
      recording.copy(top.buffer, top.offset(row), to, at, top.bytes);
      if (ahead) recording.copy(ahead.buffer, ahead.offset(row), to, at + top.bytes, ahead.bytes);
    }
  }

  async #compute(hidden: Float32Array): Promise<Float32Array<ArrayBuffer>> {
    const { width, vocabulary } = this.#hyper;
    const rows = hidden.length / width;
    const bytes = rows * vocabulary * 4;
    await prepareStep(this.#gpu, this.#parts.dispatches, rows);
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
