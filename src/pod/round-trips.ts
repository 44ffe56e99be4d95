import type { PeerId } from '../base/brand.ts';
import { roundTripMsMax } from '../base/limits.ts';
import type { PeerConnection } from '../network/network.ts';
import { steady } from './steady.ts';

export interface RoundTrip {
  readonly peer: PeerId;
  readonly ms: number;
}

/** Loopback and a good local network take 0.3 to 3 ms with the load of the machine: all the same for a plan. */
export const nearMs = 2;

/**
 * What this peer tells the others of its ways to them. Near ones are not told, so that a large pod in one house says nothing
 * when somebody comes.
 */
export class RoundTrips {
  #told = new Map<PeerId, number>();

  /** In the order of their ids. */
  of(members: readonly PeerId[], connections: readonly PeerConnection[]): RoundTrip[] {
    const told = new Map<PeerId, number>();
    for (const peer of [...members].sort()) {
      const rttMs = connections.find(each => each.peer === peer)?.rttMs;
      const before = this.#told.get(peer);
      const ms = rttMs === undefined ? before : steady(Math.min(rttMs, roundTripMsMax), before, nearMs);
      if (ms !== undefined) told.set(peer, ms);
    }
    this.#told = told;
    return [...told].filter(([, ms]) => ms > nearMs).map(([peer, ms]) => ({ peer, ms }));
  }
}
