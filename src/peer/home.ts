import type { PodId } from '../base/brand.ts';
import type { Pod } from '../pod/pod.ts';
import type { Store } from '../store/store.ts';

const enterMs = 20_000;

/**
 * The pod that a person put this peer in, and that it returns to after a reload. The key holds the identity's slot,
 * since two tabs of one browser may be in two pods.
 */
export class Home {
  readonly #store: Store;
  readonly #key: string;

  constructor(store: Store, slot: number) {
    this.#store = store;
    this.#key = `pod-${slot}`;
  }

  /** Resolves to whether the peer is in the pod that was kept, be it alone for now. Never rejects. */
  async enter(pod: Pod): Promise<boolean> {
    const bytes = await this.#store.get('settings', this.#key);
    if (!bytes) return false;
    try {
      await pod.restore(new TextDecoder().decode(bytes) as PodId, AbortSignal.timeout(enterMs));
      return true;
    } catch {
      return false;
    }
  }

  /**
   * Keeps up with where the peer is until the returned function is called. A pod of which `isHosts` is true is found
   * again without.
   */
  follow(pod: Pod, isHosts: (id: PodId) => boolean): () => void {
    let last = pod.state.peek().id;
    return pod.state.subscribe(({ id }) => {
      if (id === last) return;
      last = id;
      const write =
        id === undefined || isHosts(id)
          ? this.#store.delete('settings', this.#key)
          : this.#store.put('settings', this.#key, new TextEncoder().encode(id));
      // A pod that cannot be remembered is still a pod; only the next reload starts alone.
      write.catch(() => {});
    });
  }
}
