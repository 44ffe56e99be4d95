import type { Drawn, Likely } from '../engine/stage.ts';
import type { Tokenizer } from '../model/tokenizer.ts';
import type { LikelyPiece, ShownToken } from './request.ts';

/**
 * Tells the tokens of a text as it is shown: what a stop filter holds back or cuts off keeps its tokens back as well, so the
 * tokens of an answer make its text. Only the last one may reach beyond it, where a stop begins within it.
 */
export class ShownTokens {
  readonly #tokenizer: Pick<Tokenizer, 'piece'>;
  /** Each with the length of all text before its own. */
  readonly #waiting: { readonly from: number; readonly token: ShownToken }[] = [];
  #decoded = 0;
  #shown = 0;

  constructor(tokenizer: Pick<Tokenizer, 'piece'>) {
    this.#tokenizer = tokenizer;
  }

  /** `text` is what the token completed. Those without likelihood, and control tokens, are passed over. */
  push({ token, likelihood }: Drawn, text: string): void {
    const from = this.#decoded;
    this.#decoded += text.length;
    if (!likelihood) return;
    const { logProbability, likeliest } = likelihood;
    const own = this.#piece({ token, logProbability });
    if (!own.bytes) return;
    this.#waiting.push({ from, token: { ...own, likeliest: likeliest.map(each => this.#piece(each)) } });
  }

  /** The tokens of `text`, which is shown next. */
  take(text: string): ShownToken[] {
    return this.#advance(text.length);
  }

  #advance(length: number): ShownToken[] {
    this.#shown += length;
    const hidden = this.#waiting.findIndex(({ from }) => from >= this.#shown);
    return this.#waiting.splice(0, hidden < 0 ? this.#waiting.length : hidden).map(({ token }) => token);
  }

  /** So much of the text is not shown as such, nor are its tokens. */
  skip(length: number): void {
    this.#advance(length);
  }

  #piece({ token, logProbability }: Likely): LikelyPiece {
    return { ...this.#tokenizer.piece(token), logProbability };
  }
}
