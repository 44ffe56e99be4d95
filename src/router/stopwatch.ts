import type { Clock } from '../base/clock.ts';
import type { Timings } from './request.ts';

/** Runs from its making to the last token. */
export class Stopwatch {
  readonly #clock: Clock;
  readonly #start: number;
  #first: number | undefined;
  #last: number;
  #tokens = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#start = this.#last = clock.now();
  }

  get tokens(): number {
    return this.#tokens;
  }

  token(): void {
    this.#last = this.#clock.now();
    this.#first ??= this.#last;
    this.#tokens++;
  }

  /** `tokens` where a piece of text was more than one. */
  timings(tokens = this.#tokens): Timings {
    const now = this.#clock.now();
    const first = this.#first ?? now;
    const decodeMs = this.#last - first;
    return {
      firstTokenMs: first - this.#start,
      totalMs: now - this.#start,
      tokensPerSecond: decodeMs > 0 ? ((tokens - 1) * 1000) / decodeMs : 0,
    };
  }
}
