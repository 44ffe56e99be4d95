import type { ModelId } from '../base/brand.ts';
import type { Clock } from '../base/clock.ts';
import { type ErrorRecord, toRecord } from '../base/error.ts';
import type { ModelLibrary } from '../model/library.ts';
import type { Model } from '../model/model.ts';
import { type Failure, failureOf } from './load-failures.ts';

const retryMs = 10_000;

/** A header that is being read, or could not be and is tried again. */
interface Reading {
  failure?: Failure;
  readonly abort: AbortController;
}

/** The headers of the served models, read as they become known. */
export class Headers {
  readonly #library: ModelLibrary;
  readonly #clock: Clock;
  readonly #onChange: () => void;
  readonly #reading = new Map<ModelId, Reading>();

  constructor(library: ModelLibrary, clock: Clock, onChange: () => void) {
    this.#library = library;
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** The header, why there is none, or undefined while it is being read. */
  get(id: ModelId): Model | ErrorRecord | undefined {
    const model = this.read(id);
    if (!model && !this.#reading.has(id)) {
      const reading: Reading = { abort: new AbortController() };
      this.#reading.set(id, reading);
      void this.#open(id, reading);
    }
    return model ?? this.failure(id)?.error;
  }

  /** Why it could not be read, while it is tried again. */
  failure(id: ModelId): Failure | undefined {
    return this.#reading.get(id)?.failure;
  }

  /** The header where it was read. */
  read(id: ModelId): Model | undefined {
    return this.#library.opened(id)?.model;
  }

  /** Gives up all but these. */
  keep(ids: ReadonlySet<ModelId>): void {
    for (const [id, { abort }] of this.#reading) {
      if (ids.has(id)) continue;
      this.#reading.delete(id);
      abort.abort();
    }
  }

  close(): void {
    this.keep(new Set());
  }

  async #open(id: ModelId, reading: Reading): Promise<void> {
    const { signal } = reading.abort;
    try {
      await this.#library.open(id, signal);
      if (signal.aborted) return;
      this.#reading.delete(id);
    } catch (error) {
      if (signal.aborted) return;
      reading.failure = failureOf(toRecord(error, 'model'), reading.failure, this.#clock.now());
      const again = () => {
        signal.removeEventListener('abort', cancel);
        void this.#open(id, reading);
      };
      const cancel = this.#clock.after(retryMs, again);
      signal.addEventListener('abort', cancel, { once: true });
    }
    this.#onChange();
  }
}
