import { costOf, type Price } from '../ledger/price.ts';
import type { CompletionEvent, CompletionRequest } from '../router/request.ts';
import { promptTokensAtMost } from '../router/treasury/estimate.ts';
import type { Caller } from './caller.ts';

/**
 * What one answer costs its caller. One that ends costs what its route says; one that breaks off, on whichever side, costs its prompt
 * and what had come, where no token is shorter than a byte, and no more than the whole could have.
 */
export class Meter {
  readonly #request: CompletionRequest;
  readonly #caller: Caller;
  #price: Price | undefined;
  #bytes = 0;
  #charged = false;

  constructor(request: CompletionRequest, caller: Caller) {
    this.#request = request;
    this.#caller = caller;
  }

  async hear(event: CompletionEvent): Promise<void> {
    if (event.kind === 'route') this.#price = event.price;
    else if (event.kind === 'text' || event.kind === 'tool-arguments')
      this.#bytes += new TextEncoder().encode(event.text).length;
    else if (event.kind === 'end') await this.#charge(event.cost ?? 0);
  }

  async close(): Promise<void> {
    if (!this.#price) return;
    const tokens = Math.min(this.#bytes, this.#request.maxTokens ?? Infinity);
    await this.#charge(costOf(this.#price, promptTokensAtMost(this.#request), tokens));
  }

  async #charge(cost: number): Promise<void> {
    if (this.#charged) return;
    this.#charged = true;
    await this.#caller.charge(cost);
  }
}
