import type { Clock } from '../base/clock.ts';
import { pressureSteadyMs } from '../base/limits.ts';
import { type Live, LiveValue } from '../base/live.ts';

/** How a device is pressed (https://www.w3.org/TR/compute-pressure/); undefined where the browser does not tell. */
export type Pressure = 'nominal' | 'fair' | 'serious' | 'critical' | undefined;

/**
 * Whether other programs keep the processor busy. What this peer computes itself presses it as much, so pressure counts only where
 * it lasts while nothing is computed here; once it counts, it has to be gone for as long.
 */
export class BusyDevice {
  readonly busy = new LiveValue(false);
  readonly #pressure: Live<Pressure>;
  readonly #clock: Clock;
  readonly #unsubscribe: () => void;
  #idle = true;
  #cancel: (() => void) | undefined;

  constructor(pressure: Live<Pressure>, clock: Clock) {
    this.#pressure = pressure;
    this.#clock = clock;
    this.#unsubscribe = pressure.subscribe(() => this.#look());
    this.#look();
  }

  /** Whether nothing is computed here, for nobody. */
  idle(idle: boolean): void {
    this.#idle = idle;
    this.#look();
  }

  close(): void {
    this.#unsubscribe();
    this.#stop();
  }

  #look(): void {
    const pressure = this.#pressure.peek();
    const relieved = pressure === undefined || pressure === 'nominal' || pressure === 'fair';
    const turns = this.busy.peek() ? relieved : this.#idle && pressure === 'critical';
    if (!turns) this.#stop();
    else this.#cancel ??= this.#clock.after(pressureSteadyMs, () => this.#turn());
  }

  #turn(): void {
    this.#cancel = undefined;
    this.busy.update(busy => !busy);
    this.#look();
  }

  #stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
