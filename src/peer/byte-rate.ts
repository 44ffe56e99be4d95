import type { Clock } from '../base/clock.ts';
import { downloadSpeedMs } from '../base/limits.ts';

/** Bytes a second over the last few seconds. */
export class ByteRate {
  readonly #clock: Clock;
  #samples: { at: number; bytes: number }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `bytes` counts from any start. Undefined until there is something to tell. */
  note(bytes: number): number | undefined {
    const at = this.#clock.now();
    this.#samples = this.#samples.filter(sample => at - sample.at <= downloadSpeedMs);
    this.#samples.push({ at, bytes });
    const first = this.#samples[0]!;
    return at > first.at ? ((bytes - first.bytes) * 1000) / (at - first.at) : undefined;
  }
}
