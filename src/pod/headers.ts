import type { ModelId } from '../base/brand.ts';
import type { Clock } from '../base/clock.ts';
import { type ErrorRecord, toRecord } from '../base/error.ts';
import type { ModelLibrary } from '../model/library.ts';
import type { Model } from '../model/model.ts';

const retryMs = 10_000;

/** The headers of the served models, read as they become known; one that cannot be read is tried again. */
export class Headers {
  readonly #library: ModelLibrary;
  readonly #clock: Clock;
  readonly #onChange: () => void;
  readonly #known = new Map<ModelId, Model | ErrorRecord | undefined>();
  readonly #closing = new AbortController();

  constructor(library: ModelLibrary, clock: Clock, onChange: () => void) {
    this.#library = library;
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** The header, why there is none, or undefined while it is being read. */
  get(id: ModelId): Model | ErrorRecord | undefined {
    if (!this.#known.has(id)) {
      this.#known.set(id, undefined);
      void this.#open(id);
    }
    return this.#known.get(id);
  }

  /** The header where it was read. */
  read(id: ModelId): Model | undefined {
    const known = this.#known.get(id);
    return known && 'hyper' in known ? known : undefined;
  }

  close(): void {
    this.#closing.abort();
  }

  async #open(id: ModelId): Promise<void> {
    const { signal } = this.#closing;
    try {
      this.#known.set(id, (await this.#library.open(id, signal)).model);
    } catch (error) {
      if (signal.aborted) return;
      this.#known.set(id, toRecord(error, 'model'));
      const cancel = this.#clock.after(retryMs, () => void this.#open(id));
      signal.addEventListener('abort', cancel, { once: true });
    }
    this.#onChange();
  }
}
