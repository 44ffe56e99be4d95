import { TabmeshError } from '../../base/error.ts';
import { contextPositionsMax, rowsPerForwardMax } from '../../base/limits.ts';
import type { Hyperparameters } from '../../model/model.ts';
import type { HeadParts } from '../layer-tensors.ts';
import { checkDrafts, draw, drawRows } from '../likelihood.ts';
import type { Restraint } from '../restraint.ts';
import { checkHidden, freed } from '../sessions.ts';
import type { Drawn, Head, Sampling } from '../stage.ts';
import { type Matrix, multiply, readRow } from './matrix.ts';
import { normalize } from './norm.ts';

export class CpuHead implements Head {
  readonly weightBytes: number;
  readonly #hyper: Hyperparameters;
  #weights: HeadParts<Matrix, Float32Array> | undefined;
  readonly #free: () => Promise<void>;

  constructor(
    hyper: Hyperparameters,
    weights: HeadParts<Matrix, Float32Array>,
    weightBytes: number,
    free: () => Promise<void>,
  ) {
    this.#hyper = hyper;
    this.#weights = weights;
    this.weightBytes = weightBytes;
    this.#free = free;
  }

  async embed(tokens: readonly number[]): Promise<Float32Array<ArrayBuffer>> {
    const { embedding } = this.#weights ?? freed();
    checkTokens(tokens, this.#hyper.vocabulary);
    const { width, embeddingScale } = this.#hyper;
    const out = new Float32Array(tokens.length * width);
    tokens.forEach((token, row) => {
      readRow(embedding, token, out.subarray(row * width, (row + 1) * width));
    });
    if (embeddingScale !== 1) for (let i = 0; i < out.length; i++) out[i]! *= embeddingScale;
    return out;
  }

  async logits(hidden: Float32Array): Promise<Float32Array<ArrayBuffer>> {
    return this.#logits(hidden, countRows(hidden, this.#hyper.width));
  }

  async next(
    hidden: Float32Array,
    sampling: Sampling,
    position: number,
    likeliest?: number,
    restraint?: Restraint,
  ): Promise<Drawn> {
    if (restraint) return draw(this.#logits(hidden, 1), sampling, position, likeliest, restraint);
    return (await this.verify(hidden, [], sampling, position, likeliest))[0]!;
  }

  async verify(
    hidden: Float32Array,
    drafts: readonly number[],
    sampling: Sampling,
    position: number,
    likeliest?: number,
  ): Promise<Drawn[]> {
    checkDrafts(drafts);
    return drawRows(this.#logits(hidden, drafts.length + 1), drafts, sampling, position, likeliest);
  }

  async dispose(): Promise<void> {
    if (!this.#weights) return;
    this.#weights = undefined;
    await this.#free();
  }

  #logits(hidden: Float32Array, rows: number): Float32Array<ArrayBuffer> {
    const { outputNorm, output } = this.#weights ?? freed();
    checkHidden(hidden, rows, this.#hyper.width);
    const input = hidden.slice();
    normalize(input, outputNorm, this.#hyper.normEpsilon);
    return multiply(output, input, rows);
  }
}

/** Token ids may come from a caller's array: each has to name a row of the embedding. */
export function checkTokens(tokens: readonly number[], vocabulary: number): void {
  if (tokens.length > contextPositionsMax) {
    throw new TabmeshError(
      'invalid',
      'engine',
      `At most ${contextPositionsMax} tokens, not ${tokens.length}.`,
    );
  }
  for (const token of tokens) {
    if (!Number.isInteger(token) || token < 0 || token >= vocabulary) {
      throw new TabmeshError('invalid', 'engine', `Token ids go from 0 to ${vocabulary - 1}, not ${token}.`);
    }
  }
}

export function countRows(hidden: Float32Array, width: number): number {
  const rows = Math.ceil(hidden.length / width);
  if (rows > rowsPerForwardMax) {
    throw new TabmeshError('invalid', 'engine', `At most ${rowsPerForwardMax} rows at once, not ${rows}.`);
  }
  return rows;
}
