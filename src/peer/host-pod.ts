import type { PodId } from '../base/brand.ts';
import type { Network } from '../network/network.ts';
import type { Pod } from '../pod/pod.ts';
import { type Bootstrap, fetchBootstrap } from './bootstrap.ts';

const settleMs = 3_000;
const joinMs = 20_000;

export interface HostPodParts {
  readonly pod: Pod;
  readonly network: Pick<Network, 'connections'>;
  readonly page: URL;
  readonly bootstrap: Bootstrap;
}

/**
 * The process that served the page opens a new pod each time it starts. A tab that outlived it sees it connect again
 * without being a member, and follows it into the new one, unless a person has put the tab into another pod meanwhile.
 */
export function followHost({ pod, network, page, bootstrap }: HostPodParts): () => void {
  let hostPod: PodId | undefined = pod.state.peek().id;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const isStranded = () => {
    const { id, members } = pod.state.peek();
    const connected = network.connections.peek().some(({ peer }) => peer === bootstrap.peer);
    return connected && id === hostPod && !members.some(member => member.id === bootstrap.peer);
  };
  const look = () => {
    if (!isStranded()) {
      clearTimeout(timer);
      timer = undefined;
      return;
    }
    // A member that merely reconnects is one again within this.
    timer ??= setTimeout(async () => {
      timer = undefined;
      const fresh = isStranded() ? await fetchBootstrap(page) : undefined;
      if (fresh) {
        await pod.join(fresh.invite, AbortSignal.timeout(joinMs)).catch(() => {});
        hostPod = pod.state.peek().id;
      }
      if (isStranded()) look();
    }, settleMs);
  };
  const unsubscribe = network.connections.subscribe(look);
  return () => {
    unsubscribe();
    clearTimeout(timer);
  };
}
