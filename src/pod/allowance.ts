import type { Clock } from '../base/clock.ts';
import { allowanceMs } from '../base/limits.ts';

/**
 * Keeps what is spent within a rate, on average: one piece may spend more than there is, and the next then waits until that is
 * earned, or `waitMs` at most. What a second earns is saved up, so a timer that rings late, as those of hidden tabs do, costs nothing.
 */
export class Allowance {
  readonly #clock: Clock;
  readonly #waitMs: number;
  #rate: number;
  #left: number;
  #at: number;
  #waiting: (() => void)[] = [];
  #cancel = () => {};

  /** `rate` in whatever is spent, a millisecond. */
  constructor(clock: Clock, rate: number, waitMs = Number.POSITIVE_INFINITY) {
    this.#clock = clock;
    this.#waitMs = waitMs;
    this.#rate = rate;
    this.#left = rate * allowanceMs;
    this.#at = clock.now();
  }

  change(rate: number): void {
    this.#earn();
    this.#rate = rate;
    this.#wake();
  }

  /** Until nothing is owed. */
  get owedMs(): number {
    this.#earn();
    return Math.max(0, -this.#left / this.#rate);
  }

  /** Undefined where nothing is owed; otherwise resolves when that is earned, for all who wait at once. */
  ready(): Promise<void> | undefined {
    this.#earn();
    if (this.#left >= 0 && this.#waiting.length === 0) return undefined;
    return new Promise(resolve => {
      this.#waiting.push(resolve);
      this.#wake();
    });
  }

  spend(amount: number): void {
    this.#earn();
    this.#left = Math.max(this.#left - amount, -this.#rate * this.#waitMs);
  }

  /** Nobody waits any longer. */
  close(): void {
    this.#cancel();
    for (const go of this.#waiting.splice(0)) go();
  }

  #earn(): void {
    const now = this.#clock.now();
    this.#left = Math.min(this.#left + (now - this.#at) * this.#rate, this.#rate * allowanceMs);
    this.#at = now;
  }

  #wake(): void {
    this.#cancel();
    this.#earn();
    if (this.#left >= 0) for (const go of this.#waiting.splice(0)) go();
    else if (this.#waiting.length > 0)
      this.#cancel = this.#clock.after(Math.ceil(-this.#left / this.#rate), () => this.#wake());
  }
}
