import type { Clock } from '../base/clock.ts';

/** Does a thing so many times at once and then at a pace: who asks for it more often has it done once for all that it asked. */
export class Pace {
  readonly #clock: Clock;
  readonly #everyMs: number;
  readonly #atOnce: number;
  readonly #act: () => void;
  /** When all that was done would have been done at the pace alone. */
  #paidAt = 0;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, { everyMs, atOnce }: { everyMs: number; atOnce: number }, act: () => void) {
    this.#clock = clock;
    this.#everyMs = everyMs;
    this.#atOnce = atOnce;
    this.#act = act;
  }

  ask(): void {
    if (this.#cancel) return;
    const waitMs = this.#paidAt - this.#clock.now() - (this.#atOnce - 1) * this.#everyMs;
    if (waitMs <= 0) this.#go();
    else this.#cancel = this.#clock.after(waitMs, () => this.#go());
  }

  /** What is due is not done any more. */
  stop(): void {
    this.#cancel?.();
  }

  #go(): void {
    this.#cancel = undefined;
    this.#paidAt = Math.max(this.#paidAt, this.#clock.now()) + this.#everyMs;
    this.#act();
  }
}
