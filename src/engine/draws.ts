import { drawRows } from './likelihood.ts';
import type { Drawn, Sampling } from './stage.ts';
import { turn } from './turn.ts';

interface Waiting {
  readonly hidden: Float32Array;
  readonly drafts: readonly number[];
  readonly sampling: Sampling;
  readonly position: number;
  readonly likeliest: number | undefined;
  readonly resolve: (drawn: Drawn[]) => void;
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

  /** `logits` makes rows x vocabulary of rows x width, up to `rowsMax` rows; they are read before it is called again. */
  constructor(rowsMax: number, logits: (hidden: Float32Array) => Float32Array) {
    this.#rowsMax = rowsMax;
    this.#logits = logits;
  }

  /** As Head.verify; `hidden` was checked, and has no more rows than a pass takes. */
  verify(
    hidden: Float32Array,
    drafts: readonly number[],
    sampling: Sampling,
    position: number,
    likeliest?: number,
  ): Promise<Drawn[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ hidden, drafts, sampling, position, likeliest, resolve, reject });
      if (!this.#running) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#waiting.length > 0) {
      // An engine that computes within the call hears of no further row while it does.
      await turn();
      this.#pass(this.#waiting.splice(0, this.#fitting()));
    }
    this.#running = false;
  }

  /** How many of those that wait go together; one goes in any case. */
  #fitting(): number {
    let rows = 0;
    const over = this.#waiting.findIndex(each => (rows += rowsOf(each)) > this.#rowsMax);
    return over < 0 ? this.#waiting.length : Math.max(1, over);
  }

  #pass(draws: readonly Waiting[]): void {
    const hidden = new Float32Array(draws.reduce((sum, draw) => sum + draw.hidden.length, 0));
    let at = 0;
    for (const draw of draws) {
      hidden.set(draw.hidden, at);
      at += draw.hidden.length;
    }
    try {
      const logits = this.#logits(hidden);
      const vocabulary = logits.length / draws.reduce((rows, draw) => rows + rowsOf(draw), 0);
      let row = 0;
      for (const draw of draws) {
        const from = row * vocabulary;
        row += rowsOf(draw);
        settle(draw, logits.subarray(from, row * vocabulary));
      }
    } catch (error) {
      for (const { reject } of draws) reject(error);
    }
  }
}

const rowsOf = ({ drafts }: Waiting): number => drafts.length + 1;

function settle(
  { drafts, sampling, position, likeliest, resolve, reject }: Waiting,
  logits: Float32Array,
): void {
  try {
    resolve(drawRows(logits, drafts, sampling, position, likeliest));
  } catch (error) {
    reject(error);
  }
}
