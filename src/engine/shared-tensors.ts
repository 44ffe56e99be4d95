/**
 * Tensors on a device, held as long as somebody uses them: two stages that both have layer 3 hold its weights once.
 * T is how the device holds a tensor. Loads of one tensor that overlap are one load.
 */
export class SharedTensors<T> {
  readonly #held = new Map<string, { users: number; readonly tensor: Promise<T> }>();
  readonly #free: (tensor: T) => void;

  constructor(free: (tensor: T) => void) {
    this.#free = free;
  }

  /** Tensors held or being loaded. */
  get size(): number {
    return this.#held.size;
  }

  /** `load` runs only where nobody holds `key`. Every call that resolves needs one `release`. */
  async acquire(key: string, load: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    for (;;) {
      signal?.throwIfAborted();
      const held = this.#held.get(key);
      if (!held) return this.#load(key, load);
      held.users++;
      const outcome = await held.tensor.then(
        tensor => ({ tensor }),
        // Somebody else's load failed or was aborted, which says nothing about ours: try it ourselves.
        () => undefined,
      );
      if (!outcome) continue;
      if (!signal?.aborted) return outcome.tensor;
      await this.release(key);
    }
  }

  async #load(key: string, load: () => Promise<T>): Promise<T> {
    const tensor = load();
    this.#held.set(key, { users: 1, tensor });
    try {
      return await tensor;
    } catch (error) {
      this.#held.delete(key);
      throw error;
    }
  }

  async release(key: string): Promise<void> {
    const held = this.#held.get(key);
    if (!held || --held.users > 0) return;
    this.#held.delete(key);
    this.#free(await held.tensor);
  }
}
