import { isKind } from '../../base/error.ts';
import { costOf, type Price } from '../../ledger/price.ts';
import type { Reservation, SpendingBook } from '../../ledger/spending-book.ts';
import type { CompletionEvent, Usage } from '../request.ts';

/** What was reserved for one answer, closed once, however the answer ends. Each way of closing answers what it cost, 0 where it was closed before. */
export class Reserved {
  readonly #book: SpendingBook;
  readonly #price: Price;
  readonly #promptTokens: number;
  #made: Reservation | undefined;
  #began = false;
  #bytes = 0;

  /** `promptTokens`: as many as the prompt has at most. */
  constructor(book: SpendingBook, made: Reservation, price: Price, promptTokens: number) {
    this.#book = book;
    this.#made = made;
    this.#price = price;
    this.#promptTokens = promptTokens;
  }

  hear(event: CompletionEvent): void {
    if (event.kind === 'route') this.#began = true;
    if (event.kind === 'text' || event.kind === 'tool-arguments')
      this.#bytes += new TextEncoder().encode(event.text).length;
  }

  settle({ promptTokens, completionTokens }: Usage): Promise<number> {
    if (promptTokens === 0) return this.unsaid();
    return this.#close(costOf(this.#price, promptTokens, completionTokens), promptTokens, completionTokens);
  }

  /** A provider that refuses charges nothing; one that may have begun does. */
  fail(error: unknown, signal?: AbortSignal): Promise<number> {
    const unclear = this.#began || signal?.aborted || isKind(error, 'timeout') || isKind(error, 'lost');
    return unclear ? this.unsaid() : this.#close(0, 0, 0);
  }

  /** What it cost where the provider does not say: no token is shorter than a byte. */
  unsaid(): Promise<number> {
    const most = this.#made?.amount ?? 0;
    const cost = Math.min(most, costOf(this.#price, this.#promptTokens, this.#bytes));
    return this.#close(cost, this.#promptTokens, this.#bytes);
  }

  async #close(amount: number, promptTokens: number, completionTokens: number): Promise<number> {
    const made = this.#made;
    if (!made) return 0;
    this.#made = undefined;
    if (amount === 0) await this.#book.release(made);
    else await this.#book.settle(made, { amount, promptTokens, completionTokens });
    return amount;
  }
}
