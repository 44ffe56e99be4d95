/**
 * A value that changes and tells. It meets Svelte's store contract: `subscribe` calls back at once with the
 * present value and returns the function that ends it.
 */
export interface Live<T> {
  peek(): T;
  subscribe(listener: (value: T) => void): () => void;
}

export class LiveValue<T> implements Live<T> {
  #value: T;
  readonly #listeners = new Set<(value: T) => void>();

  constructor(value: T) {
    this.#value = value;
  }

  peek(): T {
    return this.#value;
  }

  set(value: T): void {
    this.#value = value;
    for (const listener of [...this.#listeners]) listener(value);
  }

  update(change: (value: T) => T): void {
    this.set(change(this.#value));
  }

  subscribe(listener: (value: T) => void): () => void {
    this.#listeners.add(listener);
    listener(this.#value);
    return () => this.#listeners.delete(listener);
  }
}

/** Resolves with the first value that `wanted` accepts; rejects with the signal's reason. */
export function until<T>(live: Live<T>, wanted: (value: T) => boolean, signal?: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    let end = () => {};
    const abort = () => {
      end();
      reject(signal?.reason);
    };
    if (signal?.aborted) return abort();
    let done = false;
    const unsubscribe = live.subscribe(value => {
      if (done || !wanted(value)) return;
      done = true;
      end();
      resolve(value);
    });
    end = () => {
      unsubscribe();
      signal?.removeEventListener('abort', abort);
    };
    if (done) end();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}
