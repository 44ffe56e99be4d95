import type { Clock } from '../base/clock.ts';
import { downloadTellMs } from '../base/limits.ts';
import type { BringStep } from './bring-part.ts';

/** Tells at most so often, but never leaves the latest untold: a source that falls silent would else seem to have sent nothing. */
export class PacedSteps {
  readonly #clock: Clock;
  readonly #tell: (step: BringStep) => void;
  #last: { readonly at: number; readonly state: BringStep['state'] } | undefined;
  #latest: BringStep | undefined;
  #cancel = () => {};

  constructor(clock: Clock, tell: (step: BringStep) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  note(step: BringStep): void {
    const waitMs = (this.#last?.at ?? -Infinity) + downloadTellMs - this.#clock.now();
    const isLast = step.bytes === step.totalBytes;
    if (waitMs <= 0 || step.state !== this.#last?.state || isLast) this.#say(step);
    else {
      if (!this.#latest) this.#cancel = this.#clock.after(waitMs, () => this.#say(this.#latest!));
      this.#latest = step;
    }
  }

  /** What is not told by now never is. */
  stop(): void {
    this.#cancel();
    this.#latest = undefined;
  }

  #say(step: BringStep): void {
    this.stop();
    this.#last = { at: this.#clock.now(), state: step.state };
    this.#tell(step);
  }
}
