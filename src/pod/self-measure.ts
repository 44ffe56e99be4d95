import type { Clock } from '../base/clock.ts';
import { TabmeshError } from '../base/error.ts';
import { measureWaitMs } from '../base/limits.ts';
import type { LastingEngine } from '../engine/lasting-engine.ts';
import type { Model } from '../model/model.ts';
import { measureSpeed } from './measure.ts';
import type { SpeedMeter } from './speed.ts';

export interface SelfMeasureParts {
  readonly engine: LastingEngine;
  readonly clock: Clock;
  readonly meter: SpeedMeter;
  readonly onChange: () => void;
}

/** Has this peer measure itself once for each device that it has, when there is a reason to and none of its own answers runs. */
export class SelfMeasure {
  readonly #parts: SelfMeasureParts;
  #running: AbortController | undefined;
  #done = false;
  #closed = false;
  /** Of its own, that run now. */
  #answers = 0;

  constructor(parts: SelfMeasureParts) {
    this.#parts = parts;
  }

  /** No longer than `measureWaitMs` at once. */
  get isRunning(): boolean {
    return this.#running?.signal.aborted === false;
  }

  /** `bytes` is what it may take for that. */
  offer(model: Model, bytes: number): void {
    const waits = this.#answers > 0 || this.#running || this.#closed;
    if (!waits && !this.#done && !this.#parts.meter.speed()) void this.#measure(model, bytes);
  }

  /** An answer of its own goes first. Call what is returned when it has ended: what was cut off is begun anew with the next offer. */
  giveWay(): () => void {
    this.#answers += 1;
    this.#running?.abort(new TabmeshError('cancelled', 'pod', 'An answer goes first.'));
    return () => {
      this.#answers -= 1;
    };
  }

  /** The device is another one. */
  restart(): void {
    this.#done = false;
    this.#running?.abort(new TabmeshError('cancelled', 'pod', 'The device was lost.'));
  }

  close(): void {
    this.#closed = true;
    this.#running?.abort(new TabmeshError('cancelled', 'pod', 'This peer stops serving.'));
  }

  async #measure(model: Model, bytes: number): Promise<void> {
    const running = new AbortController();
    this.#running = running;
    const stop = this.#parts.clock.after(measureWaitMs, () => {
      this.#done = true;
      running.abort(new TabmeshError('timeout', 'pod', 'Measuring took too long.'));
      this.#parts.onChange();
    });
    try {
      await measureSpeed({ ...this.#parts, bytes }, model, running.signal);
    } catch {
      // Without it this peer counts as the median, until it has computed for somebody.
    }
    stop();
    if (!running.signal.aborted) this.#done = true;
    this.#running = undefined;
    if (!this.#closed) this.#parts.onChange();
  }
}
