import type { Hyperparameters } from '../../model/model.ts';
import { checkTokens, countRows } from '../cpu/cpu-head.ts';
import { Draws } from '../draws.ts';
import type { HeadParts } from '../layer-tensors.ts';
import { checkDrafts, draw } from '../likelihood.ts';
import type { Restraint } from '../restraint.ts';
import { checkHidden, freed } from '../sessions.ts';
import type { Drawn, Head, Sampling } from '../stage.ts';
import type { Machine } from './machine.ts';
import type { Placed } from './placed.ts';
import { alone, inputOf, Program } from './program.ts';

/** Rows whose logits are made together: 8 x 151,936 f32 are 5 MB. */
const rowsAtOnce = 8;

export class WasmHead implements Head {
  readonly weightBytes: number;
  readonly #machine: Machine;
  readonly #hyper: Hyperparameters;
  readonly #embedding: Placed;
  readonly #program: Program;
  readonly #hidden: number;
  readonly #logits: number;
  readonly #free: () => Promise<void>;
  readonly #draws = new Draws(rowsAtOnce, hidden => this.#pass(hidden));
  #disposed = false;

  /** Throws TabmeshError('full', 'engine'). */
  constructor(
    machine: Machine,
    hyper: Hyperparameters,
    { embedding, outputNorm, output }: HeadParts<Placed, Placed>,
    weightBytes: number,
    free: () => Promise<void>,
  ) {
    this.#machine = machine;
    this.#hyper = hyper;
    this.#embedding = embedding;
    this.weightBytes = weightBytes;
    this.#free = free;
    const { width, vocabulary, normEpsilon: epsilon } = hyper;
    const program = new Program(machine.heap, rowsAtOnce, machine.threads);
    try {
      const hidden = program.buffer(width * 4);
      const plain = program.buffer(width * 4);
      const blocks = output.wants === 'f32' ? 0 : program.buffer((width / 32) * machine.activationBlockBytes);
      const logits = program.buffer(vocabulary * 4);
      const input = inputOf(plain, blocks, [output]);
      program.norm({ width, epsilon, hidden, next: { weights: outputNorm, input } });
      program.multiply(input, [[output, logits]]);
      program.finish();
      this.#hidden = hidden;
      this.#logits = logits;
    } catch (error) {
      program.release();
      throw error;
    }
    this.#program = program;
  }

  async embed(tokens: readonly number[]): Promise<Float32Array<ArrayBuffer>> {
    if (this.#disposed) freed();
    checkTokens(tokens, this.#hyper.vocabulary);
    const { width, embeddingScale } = this.#hyper;
    const { heap, kernels } = this.#machine;
    const out = new Float32Array(tokens.length * width);
    tokens.forEach((token, row) => {
      kernels.decode(this.#embedding.address, token, this.#hidden);
      out.set(heap.floats(this.#hidden, width), row * width);
    });
    if (embeddingScale !== 1) for (let i = 0; i < out.length; i++) out[i]! *= embeddingScale;
    return out;
  }

  async logits(hidden: Float32Array): Promise<Float32Array<ArrayBuffer>> {
    const { width, vocabulary } = this.#hyper;
    const rows = countRows(hidden, width);
    checkHidden(hidden, rows, width);
    const out = new Float32Array(rows * vocabulary);
    for (let from = 0; from < rows; from += rowsAtOnce) {
      const part = hidden.subarray(from * width, (from + rowsAtOnce) * width);
      out.set(this.#pass(part), from * vocabulary);
    }
    return out;
  }

  async next(
    hidden: Float32Array,
    sampling: Sampling,
    position: number,
    likeliest?: number,
    restraint?: Restraint,
  ): Promise<Drawn> {
    if (restraint) {
      checkHidden(hidden, 1, this.#hyper.width);
      return draw(this.#pass(hidden), sampling, position, likeliest, restraint);
    }
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
    checkDrafts(drafts);
    checkHidden(hidden, drafts.length + 1, this.#hyper.width);
    return this.#draws.verify(hidden, drafts, sampling, position, likeliest);
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#program.release();
    await this.#free();
  }

  /**
   * Logits of up to `rowsAtOnce` rows where the kernels left them, which the next pass overwrites: a token's choice is made there,
   * because a copy of 600 KB into fresh memory took 2 ms of the 10 that one row takes.
   */
  #pass(hidden: Float32Array): Float32Array {
    if (this.#disposed) freed();
    const { width, vocabulary } = this.#hyper;
    const { heap } = this.#machine;
    const rows = hidden.length / width;
    heap.floats(this.#hidden, hidden.length).set(hidden);
    this.#machine.run(this.#program.prepare([alone(rows)]));
    return heap.floats(this.#logits, rows * vocabulary);
  }
}
