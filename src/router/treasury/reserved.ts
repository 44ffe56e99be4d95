import { isKind } from '../../base/error.ts';
import { costOf, type Price } from '../../ledger/price.ts';
import type { Reservation, SpendingBook } from '../../ledger/spending-book.ts';
import type { CompletionEvent, Usage } from '../request.ts';

/** What was reserved for one answer, closed once, however the answer ends. Each way of closing answers what it cost, 0 where it was closed before. */
export class Reserved {
  readonly #book: SpendingBook;
  readonly #price: Price;
  #made: Reservation | undefined;
  #began = false;

  constructor(book: SpendingBook, made: Reservation, price: Price) {
    this.#book = book;
    this.#made = made;
    this.#price = price;
  }

  hear(event: CompletionEvent): void {
    if (event.kind === 'route') this.#began = true;
  }

  settle({ promptTokens, completionTokens }: Usage): Promise<number> {
    if (promptTokens === 0) return this.unsaid();
    const amount = costOf(this.#price, promptTokens, completionTokens);
    return this.#close(amount, made => this.#book.settle(made, { amount, promptTokens, completionTokens }));
  }

  /** A provider that refuses charges nothing; one that may have begun does. */
  fail(error: unknown, signal?: AbortSignal): Promise<number> {
    const unclear = this.#began || signal?.aborted || isKind(error, 'timeout') || isKind(error, 'lost');
    return unclear ? this.unsaid() : this.#close(0, async () => {});
  }

  /**
   * Nobody says what it cost, and what came does not tell: providers charge what a model thought before its first word and show none of
   * it. So all of it counts as spent.
   */
  unsaid(): Promise<number> {
    return this.#close(this.#made?.amount ?? 0, made => this.#book.lose(made));
  }

  async #close(amount: number, spend: (made: Reservation) => Promise<void>): Promise<number> {
    const made = this.#made;
    if (!made) return 0;
    this.#made = undefined;
    await (amount === 0 ? this.#book.release(made) : spend(made));
    return amount;
  }
}
