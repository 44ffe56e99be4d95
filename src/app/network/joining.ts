/** The way of a tab into its pod, step by step, with times: what a page shows while nobody is there yet. */
import type { KnownRelay, NetworkStatus } from '../../network/network.ts';
import type { Member } from '../../pod/member.ts';

export const stepNames = ['start', 'relay', 'place', 'peers', 'pod'] as const;
export type StepName = (typeof stepNames)[number];

export interface JoinStep {
  readonly name: StepName;
  readonly state: 'done' | 'now' | 'waiting' | 'failed';
  /** What it took, or how long it has been under way. */
  readonly ms?: number;
  /** What to do about it, where it is under way for long or failed. */
  readonly cure?: Cure;
}
export type Cure = 'start' | 'noRelay' | 'silentRelay' | 'noPlace' | 'nobody' | 'nobodyOfPod';

export interface Seen {
  readonly started: boolean;
  readonly status: NetworkStatus;
  readonly relays: readonly KnownRelay[];
  /** Only where the tab is in one. */
  readonly pod?: { readonly members: readonly Pick<Member, 'link'>[] } | undefined;
}

/** A step that takes longer than this is worth a word; joining on one machine takes a second or two. */
const longMs = 8_000;

export class Joining {
  readonly #began = new Map<StepName, number>();
  readonly #took = new Map<StepName, number>();

  /** `now` in ms since the page began; steps in the order in which they come. */
  see(seen: Seen, now: number): readonly JoinStep[] {
    const reached = reachedBy(seen);
    let before = true;
    return stepNames.flatMap((name): JoinStep[] => {
      if (name === 'pod' && !seen.pod) return [];
      const current = before && !reached[name];
      before &&= reached[name];
      if (reached[name]) {
        if (!this.#took.has(name)) this.#took.set(name, now - (this.#began.get(name) ?? now));
        this.#began.delete(name);
        return [{ name, state: 'done', ms: this.#took.get(name)! }];
      }
      this.#took.delete(name);
      if (!current) return [{ name, state: 'waiting' }];
      // The page itself began at 0.
      if (!this.#began.has(name)) this.#began.set(name, name === 'start' ? 0 : now);
      const ms = now - this.#began.get(name)!;
      const failed = seen.status.kind === 'offline';
      const cure = failed || ms > longMs ? cureOf(name, seen.relays) : undefined;
      return [{ name, state: failed ? 'failed' : 'now', ms, ...(cure ? { cure } : {}) }];
    });
  }
}

function reachedBy({ started, status, relays, pod }: Seen): Record<StepName, boolean> {
  const connected = status.kind === 'connected';
  // A peer that others dial itself needs no relay.
  const reachable = connected || status.kind === 'relay-only';
  return {
    start: started,
    relay:
      started && (reachable || relays.some(({ state }) => state === 'connected' || state === 'reserved')),
    place: started && (reachable || relays.some(({ state }) => state === 'reserved')),
    peers: started && connected,
    pod:
      started &&
      (pod?.members.some(({ link }) => link.kind === 'direct' || link.kind === 'relayed') ?? false),
  };
}

function cureOf(name: StepName, relays: readonly KnownRelay[]): Cure {
  if (name === 'start') return 'start';
  if (name === 'relay') return relays.length === 0 ? 'noRelay' : 'silentRelay';
  if (name === 'place') return 'noPlace';
  return name === 'peers' ? 'nobody' : 'nobodyOfPod';
}
