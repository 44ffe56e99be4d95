import type { PodId } from '../base/brand.ts';
import type { Pod, PodState } from '../pod/pod.ts';
import type { Store } from '../store/store.ts';

/** Members come in bursts; one write a burst is enough. */
const settleMs = 1_000;
const enterMs = 20_000;

/**
 * The pod that a person put this peer in, and that it returns to after a reload, kept as its invite. The key holds
 * the identity's slot, since two tabs of one browser may be in two pods.
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
      await pod.restore(new TextDecoder().decode(bytes), AbortSignal.timeout(enterMs));
      return true;
    } catch {
      return false;
    }
  }

  /**
   * Keeps up with the pod and its members until the returned function is called, so that whoever of them is there
   * later can let us in. `page` is what invites link to; a pod of which `isHosts` is true is found again without.
   */
  follow(pod: Pod, page: string, isHosts: (id: PodId) => boolean): () => void {
    let last = pod.state.peek();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const save = () => {
      const { id } = pod.state.peek();
      const write =
        id === undefined || isHosts(id)
          ? this.#store.delete('settings', this.#key)
          : this.#store.put('settings', this.#key, new TextEncoder().encode(pod.invite(page)));
      // A pod that cannot be remembered is still a pod; only the next reload starts alone.
      write.catch(() => {});
    };
    const unsubscribe = pod.state.subscribe(state => {
      const moved = state.id !== last.id;
      if (!moved && present(state) === present(last)) return;
      last = state;
      clearTimeout(timer);
      if (moved) save();
      else timer = setTimeout(save, settleMs);
    });
    return () => {
      unsubscribe();
      clearTimeout(timer);
    };
  }
}

const present = ({ members }: PodState): string => members.map(member => member.id).join(' ');
