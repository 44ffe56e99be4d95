import type { Clock } from '../base/clock.ts';
import { TabmeshError } from '../base/error.ts';
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

/** Has this peer measure itself once for each device that it has, when there is a reason to. */
export class SelfMeasure {
  readonly #parts: SelfMeasureParts;
  readonly #closing = new AbortController();
  #begun = false;

  constructor(parts: SelfMeasureParts) {
    this.#parts = parts;
  }

  /** `bytes` is what it may take for that. */
  offer(model: Model, bytes: number): void {
    if (this.#begun || this.#parts.meter.speed()) return;
    this.#begun = true;
    void this.#measure(model, bytes);
  }

  /** The device is another one. */
  restart(): void {
    this.#begun = false;
  }

  close(): void {
    this.#closing.abort(new TabmeshError('cancelled', 'pod', 'This peer stops serving.'));
  }

  async #measure(model: Model, bytes: number): Promise<void> {
    try {
      await measureSpeed({ ...this.#parts, bytes }, model, this.#closing.signal);
    } catch {
      // Without it this peer counts as the median, until it has computed for somebody.
      return;
    }
    if (!this.#closing.signal.aborted) this.#parts.onChange();
  }
}
