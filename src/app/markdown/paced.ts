import { textEveryMs } from '../../base/limits.ts';

/** Shows what comes in piece by piece: the first at once, and then all that came since, so that fast answers cost a page no more than slow ones. */
export class Paced {
  readonly #show: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #waits = false;

  constructor(show: () => void) {
    this.#show = show;
  }

  soon(): void {
    this.#waits = true;
    if (this.#timer === undefined) this.now();
  }

  /** Where something came that is not shown. */
  now(): void {
    if (!this.#waits) return;
    this.stop();
    this.#show();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.now();
    }, textEveryMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waits = false;
  }
}
