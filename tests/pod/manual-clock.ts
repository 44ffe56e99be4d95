import type { Clock } from '../../src/base/clock.ts';

/** Time that stands still until it is turned: what waits for a timer is then told in order. */
export class ManualClock implements Clock {
  #now = 0;
  #timers: { at: number; call: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, call: () => void): () => void {
    const timer = { at: this.#now + ms, call };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter(each => each !== timer);
    };
  }

  /** Lets `ms` pass, with everything that happens on the way. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await settle();
      const next = this.#timers.toSorted((a, b) => a.at - b.at)[0];
      if (!next || next.at > end) break;
      this.#timers = this.#timers.filter(each => each !== next);
      this.#now = Math.max(this.#now, next.at);
      next.call();
    }
    this.#now = end;
  }

  /** Time goes by and no timer rings, as in a machine that sleeps. */
  jump(ms: number): void {
    this.#now += ms;
  }
}

/** Whatever follows from what has happened; crypto answers over the event loop, so one turn is not enough. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise(resolve => setImmediate(resolve));
}
