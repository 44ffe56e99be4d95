import type { ModelId } from '../base/brand.ts';
import type { Clock } from '../base/clock.ts';
import { type ErrorRecord, toRecord } from '../base/error.ts';
import type { LayerRange } from '../model/model.ts';

const retryMs = 5_000;

const keyOf = (model: ModelId, { first, last }: LayerRange): string => `${first}-${last} ${model}`;

interface Failure {
  readonly error: ErrorRecord;
  readonly until: number;
  readonly cancel: () => void;
}

/** Loads that failed, each with a pause of its own before it is tried again. */
export class LoadFailures {
  readonly #clock: Clock;
  readonly #retry: () => void;
  readonly #failures = new Map<string, Failure>();

  constructor(clock: Clock, retry: () => void) {
    this.#clock = clock;
    this.#retry = retry;
  }

  add(model: ModelId, layers: LayerRange, error: unknown): void {
    this.forget(model, layers);
    const cancel = this.#clock.after(retryMs, this.#retry);
    const until = this.#clock.now() + retryMs;
    this.#failures.set(keyOf(model, layers), { error: toRecord(error, 'pod'), until, cancel });
  }

  /** Why the last load failed, until one succeeds. */
  get(model: ModelId, layers: LayerRange): ErrorRecord | undefined {
    return this.#failures.get(keyOf(model, layers))?.error;
  }

  mustWait(model: ModelId, layers: LayerRange): boolean {
    const failure = this.#failures.get(keyOf(model, layers));
    return failure !== undefined && this.#clock.now() < failure.until;
  }

  forget(model: ModelId, layers: LayerRange): void {
    const key = keyOf(model, layers);
    this.#failures.get(key)?.cancel();
    this.#failures.delete(key);
  }

  /** Drops what nobody wants now; a pause that is not over stays, since a plan may come back to it at once. */
  keep(wanted: readonly { readonly model: ModelId; readonly layers: LayerRange }[]): void {
    const keys = new Set(wanted.map(({ model, layers }) => keyOf(model, layers)));
    for (const [key, { until }] of this.#failures) {
      if (!keys.has(key) && until <= this.#clock.now()) this.#failures.delete(key);
    }
  }

  close(): void {
    for (const { cancel } of this.#failures.values()) cancel();
    this.#failures.clear();
  }
}
