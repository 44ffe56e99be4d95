import { untilAborted } from '../base/until-aborted.ts';

interface Held<T> {
  users: number;
  readonly tensor: Promise<T>;
}

/**
 * Tensors on a device, held as long as somebody uses them: two stages that both have layer 3 hold its weights once.
 * T is how the device holds a tensor. Loads of one tensor that overlap are one load.
 */
export class SharedTensors<T> {
  readonly #held = new Map<string, Held<T>>();
  readonly #free: (tensor: T) => void;

  constructor(free: (tensor: T) => void) {
    this.#free = free;
  }

  has(key: string): boolean {
    return this.#held.has(key);
  }

  /**
   * `load` runs only where nobody holds `key`. Every call that resolves needs one `release`. Rejects at once when
   * `signal` aborts while somebody else's load of the same tensor is waited for.
   */
  async acquire(key: string, load: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    for (;;) {
      signal?.throwIfAborted();
      const held = this.#held.get(key);
      if (!held) return this.#load(key, load);
      held.users++;
      try {
        return await untilAborted(held.tensor, signal);
      } catch {
        // We were aborted, which ends the loop, or the other's load failed, which says nothing about ours.
        await this.#leave(key, held);
      }
    }
  }

  async release(key: string): Promise<void> {
    const held = this.#held.get(key);
    if (held) await this.#leave(key, held);
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

  async #leave(key: string, held: Held<T>): Promise<void> {
    if (--held.users > 0) return;
    // A failed load has left already, and another may be under way in its place.
    if (this.#held.get(key) === held) this.#held.delete(key);
    await held.tensor.then(this.#free, () => {
      // It left nothing to free.
    });
  }
}
