import { isKind } from '../base/error.ts';
import type { Pod } from '../pod/pod.ts';
import type { Store } from '../store/store.ts';

/**
 * The pod that a peer returns to after a reload: the one it is in, kept as its invite. The key holds the identity's
 * slot, since two tabs of one browser may be in two pods.
 */
export class Home {
  readonly #store: Store;
  readonly #key: string;

  constructor(store: Store, slot: number) {
    this.#store = store;
    this.#key = `pod-${slot}`;
  }

  async saved(): Promise<string | undefined> {
    const bytes = await this.#store.get('settings', this.#key);
    return bytes && new TextDecoder().decode(bytes);
  }

  /** Keeps up with the pod until the returned function is called. `page` is what invites link to. */
  follow(pod: Pod, page: string): () => void {
    let last = pod.state.peek().id;
    return pod.state.subscribe(({ id }) => {
      if (id === last) return;
      last = id;
      const write =
        id === undefined
          ? this.#store.delete('settings', this.#key)
          : this.#store.put('settings', this.#key, new TextEncoder().encode(pod.invite(page)));
      // A pod that cannot be remembered is still a pod; only the next reload starts alone.
      write.catch(() => {});
    });
  }
}

/** Tries the ways home in order until one works. Resolves to whether one did. */
export async function returnHome(
  pod: Pod,
  invites: readonly (string | undefined)[],
  signal: AbortSignal,
): Promise<boolean> {
  for (const invite of invites) {
    if (invite === undefined) continue;
    try {
      await pod.join(invite, signal);
      return true;
    } catch (error) {
      if (isKind(error, 'cancelled')) return false;
    }
  }
  return false;
}
