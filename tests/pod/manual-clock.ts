import type { Clock } from '../../src/base/clock.ts';

/** Time that stands still until it is turned: what waits for a timer is then told in order. */
export class ManualClock implements Clock {
  #now = 0;
  #timers: { at: number; call: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  date(): number {
    return Math.floor(Date.UTC(2026, 0, 1) + this.#now);
  }

  after(ms: number, call: () => void): () => void {
    const timer = { at: this.#now + ms, call };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter(each => each !== timer);
    };
  }

  /** Timers that have not rung. */
  get waiting(): number {
    return this.#timers.length;
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

/** WebCrypto answers from threads, however late on a busy machine: what is under way there is counted. */
let underway = 0;
let told: Promise<unknown> = Promise.resolve();
let inOrder = false;
/** Of a run that its seed must replay: answers are told as they were asked for, each in a turn of its own. */
export function answerInOrder(): void {
  inOrder = true;
}
const turn = () => new Promise(resolve => setImmediate(resolve));
for (const name of ['sign', 'verify', 'importKey', 'digest'] as const) {
  const real = crypto.subtle[name].bind(crypto.subtle) as (...args: unknown[]) => Promise<unknown>;
  Object.defineProperty(crypto.subtle, name, {
    value: (...args: unknown[]) => {
      underway += 1;
      const result = real(...args);
      const inTurn = inOrder ? Promise.allSettled([result, told]).then(turn) : Promise.resolve();
      told = inTurn;
      return inTurn
        .then(() => result)
        .finally(() => {
          underway -= 1;
        });
    },
  });
}

/** Whatever follows from what has happened, without time going by. */
export async function settle(): Promise<void> {
  for (let quiet = 0; quiet < 3; quiet = underway > 0 ? 0 : quiet + 1) {
    await turn();
  }
}
