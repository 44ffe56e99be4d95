import { Joining, type JoinStep } from '../network/joining.ts';
import { peers } from './peer.svelte.ts';

const nobody = { members: [] };

/** Follows the steps of joining from the start of the page, whether somebody looks or not. */
class JoiningStore {
  steps = $state.raw<readonly JoinStep[]>([]);
  readonly #joining = new Joining();

  follow(): void {
    $effect.root(() => {
      $effect(() => {
        const { status, relays, pod, peer, networkStarted } = peers;
        // Until the peer is there it is on its way into its pod.
        const joined = peer ? (pod?.id === undefined ? undefined : pod) : nobody;
        const seen = { started: networkStarted, status, relays, pod: joined };
        const look = () => {
          const steps = this.#joining.see(seen, performance.now());
          this.steps = steps;
          return steps;
        };
        // Time goes on where nothing else changes.
        if (look().every(({ state }) => state === 'done')) return;
        const timer = setInterval(look, 1000);
        return () => clearInterval(timer);
      });
    });
  }
}

export const joining = new JoiningStore();
