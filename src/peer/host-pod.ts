import type { PeerId, PodId } from '../base/brand.ts';
import type { Network } from '../network/network.ts';
import type { Pod } from '../pod/pod.ts';

const settleMs = 3_000;
const joinMs = 20_000;

export interface HostPodParts {
  readonly pod: Pod;
  readonly network: Pick<Network, 'connections'>;
  readonly host: PeerId;
  /** The host's present invite; undefined where it does not answer. */
  readonly invite: () => Promise<string | undefined>;
  /** Whether a person took this tab out of its pod. */
  readonly hasLeft: () => boolean;
}

/**
 * The pod of the process that served the page. That process opens a new pod each time it starts; a tab that outlived
 * it sees it connect again without being a member, and follows it into the new one; so does a tab that was opened while
 * it was away. A tab that a person has put elsewhere, or nowhere, is left where it is.
 */
export class HostPod {
  readonly #parts: HostPodParts;
  readonly #stop: () => void;
  #id: PodId | undefined;
  #waits = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: HostPodParts) {
    this.#parts = parts;
    this.#stop = parts.network.connections.subscribe(() => this.#look());
  }

  /** Resolves to whether it is in the host's pod now. Never rejects. */
  async join(): Promise<boolean> {
    this.#waits = false;
    const joined = await this.#tryInvite();
    this.#waits = !joined;
    if (joined) this.#id = this.#parts.pod.state.peek().id;
    return joined;
  }

  async #tryInvite(): Promise<boolean> {
    const { pod, invite } = this.#parts;
    const link = await invite();
    if (link === undefined) return false;
    try {
      await pod.join(link, AbortSignal.timeout(joinMs));
      return true;
    } catch {
      return false;
    }
  }

  has(id: PodId | undefined): boolean {
    return id !== undefined && id === this.#id;
  }

  stop(): void {
    this.#stop();
    clearTimeout(this.#timer);
  }

  #isStranded(): boolean {
    const { pod, network, host, hasLeft } = this.#parts;
    const { id, members } = pod.state.peek();
    const connected = network.connections.peek().some(({ peer }) => peer === host);
    if (id === undefined) return connected && this.#waits && !hasLeft();
    return connected && this.has(id) && !members.some(member => member.id === host);
  }

  #look(): void {
    if (!this.#isStranded()) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      return;
    }
    // A member that merely reconnects is one again within this.
    this.#timer ??= setTimeout(async () => {
      this.#timer = undefined;
      if (this.#isStranded()) await this.join();
      this.#look();
    }, settleMs);
  }
}
