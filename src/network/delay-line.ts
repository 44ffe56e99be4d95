import type { Clock } from '../base/clock.ts';

/** One direction of a simulated link: delivers in order, each thing after the delay that held when it was put, and never before what was put earlier. */
export class DelayLine {
  readonly #clock: Clock;
  readonly #delayMs: () => number;
  readonly #frozen: () => boolean;
  readonly #underway: (() => void)[] = [];
  #due = 0;
  #lastAt = 0;

  constructor(clock: Clock, delayMs: () => number, frozen: () => boolean) {
    this.#clock = clock;
    this.#delayMs = delayMs;
    this.#frozen = frozen;
  }

  put(deliver: () => void): void {
    this.#underway.push(deliver);
    const arrive = () => {
      this.#due += 1;
      this.flush();
    };
    const now = this.#clock.now();
    this.#lastAt = Math.max(this.#lastAt, now + this.#delayMs());
    const delay = this.#lastAt - now;
    if (delay === 0) queueMicrotask(arrive);
    else this.#clock.after(delay, arrive);
  }

  flush(): void {
    while (this.#due > 0 && !this.#frozen()) {
      this.#due -= 1;
      this.#underway.shift()?.();
    }
  }
}
