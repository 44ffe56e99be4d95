import { draw } from './likelihood.ts';
import type { Drawn, Sampling } from './stage.ts';
import { turn } from './turn.ts';

interface Waiting {
  readonly hidden: Float32Array;
  readonly sampling: Sampling;
  readonly position: number;
  readonly likeliest: number | undefined;
  readonly resolve: (drawn: Drawn) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The next tokens of several answers in one pass over the output matrix, which is a quarter of a small model's bytes: rows that
 * came before a pass begins go along in it. Each gets the token that it would get alone.
 */
export class Draws {
  readonly #rowsMax: number;
  readonly #logits: (hidden: Float32Array) => Float32Array;
  #waiting: Waiting[] = [];
  #running = false;

  /** `logits` makes rows x vocabulary of rows x width, up to `rowsMax` rows. */
  constructor(rowsMax: number, logits: (hidden: Float32Array) => Float32Array) {
    this.#rowsMax = rowsMax;
    this.#logits = logits;
  }

  /** `hidden` is one row, and was checked. */
  next(hidden: Float32Array, sampling: Sampling, position: number, likeliest?: number): Promise<Drawn> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ hidden, sampling, position, likeliest, resolve, reject });
      if (!this.#running) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#waiting.length > 0) {
      // An engine that computes within the call hears of no further row while it does.
      await turn();
      this.#pass(this.#waiting.splice(0, this.#rowsMax));
    }
    this.#running = false;
  }

  #pass(draws: readonly Waiting[]): void {
    const width = draws[0]!.hidden.length;
    const rows = new Float32Array(draws.length * width);
    draws.forEach(({ hidden }, row) => {
      rows.set(hidden, row * width);
    });
    try {
      const logits = this.#logits(rows);
      const vocabulary = logits.length / draws.length;
      draws.forEach((draw, row) => {
        settle(draw, logits.subarray(row * vocabulary, (row + 1) * vocabulary));
      });
    } catch (error) {
      for (const { reject } of draws) reject(error);
    }
  }
}

function settle({ sampling, position, likeliest, resolve, reject }: Waiting, logits: Float32Array): void {
  try {
    resolve(draw(logits, sampling, position, likeliest));
  } catch (error) {
    reject(error);
  }
}
