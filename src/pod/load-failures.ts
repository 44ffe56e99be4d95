import type { ModelId } from '../base/brand.ts';
import type { Clock } from '../base/clock.ts';
import { type ErrorKind, type ErrorRecord, toRecord } from '../base/error.ts';

const retryMs = 5_000;
/** Nobody waits for who is out, and every try may read a whole chunk again. */
const retryMsMax = 60_000;
/** Six tries; a server that restarts is back by then, and nobody waits for longer than this for one that is not. */
const passingMs = 30_000;
/** Failures that may be over at the next try; others would come again. */
const passing: ReadonlySet<ErrorKind> = new Set(['unavailable', 'timeout', 'lost', 'cancelled']);

export interface Failure {
  readonly error: ErrorRecord;
  /** The first of those that follow each other without a success, in ms. */
  readonly since: number;
  /** Others should hold what fails here. */
  readonly out: boolean;
}

/** A failure after `before`, at `now`. */
export function failureOf(error: ErrorRecord, before: Failure | undefined, now: number): Failure {
  const since = before?.since ?? now;
  return { error, since, out: !passing.has(error.kind) || now - since >= passingMs };
}

interface Paused {
  readonly failure: Failure;
  readonly pauseMs: number;
  readonly until: number;
  readonly cancel: () => void;
}

/** Models whose layers failed to load, each with a pause of its own before it is tried again. */
export class LoadFailures {
  readonly #clock: Clock;
  readonly #retry: () => void;
  readonly #failures = new Map<ModelId, Paused>();

  constructor(clock: Clock, retry: () => void) {
    this.#clock = clock;
    this.#retry = retry;
  }

  add(model: ModelId, error: unknown): void {
    const now = this.#clock.now();
    const failure = failureOf(toRecord(error, 'pod'), this.get(model), now);
    const before = this.#failures.get(model);
    const pauseMs = failure.out && before ? Math.min(2 * before.pauseMs, retryMsMax) : retryMs;
    this.forget(model);
    this.#failures.set(model, {
      failure,
      pauseMs,
      until: now + pauseMs,
      cancel: this.#clock.after(pauseMs, this.#retry),
    });
  }

  /** Why the last load failed, until one succeeds. */
  get(model: ModelId): Failure | undefined {
    return this.#failures.get(model)?.failure;
  }

  mustWait(model: ModelId): boolean {
    const paused = this.#failures.get(model);
    return paused !== undefined && this.#clock.now() < paused.until;
  }

  forget(model: ModelId): void {
    this.#failures.get(model)?.cancel();
    this.#failures.delete(model);
  }

  /** Drops those that nobody serves now. */
  keep(ids: ReadonlySet<ModelId>): void {
    for (const model of this.#failures.keys()) if (!ids.has(model)) this.forget(model);
  }

  close(): void {
    this.keep(new Set());
  }
}
