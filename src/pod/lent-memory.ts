import type { PeerId } from '../base/brand.ts';
import type { Live } from '../base/live.ts';
import { type DocumentView, roleOf } from './document/view.ts';
import type { Holdings } from './holdings.ts';
import type { Membership } from './membership.ts';
import { sum } from './plan.ts';
import type { PodModel } from './pod.ts';

export interface LentMemoryParts {
  readonly self: PeerId;
  readonly membership: Pick<Membership, 'group'>;
  readonly holdings: Pick<Holdings, 'weightBytes'>;
  /** What its person lets it lend, in bytes. */
  readonly memoryBytes: Live<number>;
}

/** The memory that this peer lends to its pod, and what layers leave of it. */
export class LentMemory {
  readonly #parts: LentMemoryParts;

  constructor(parts: LentMemoryParts) {
    this.#parts = parts;
  }

  /** All told; 0 for a viewer. */
  bytes(): number {
    const { self, membership, memoryBytes } = this.#parts;
    if (!mayLend(membership.group?.document.view, self)) return 0;
    const lent = memoryBytes.peek();
    return lent > 0 ? Math.floor(lent) : 0;
  }

  /**
   * What is left beside what the plans of `models` give this peer or, where that is more, the layers that it holds.
   * Less than 0 where these do not fit.
   */
  spareBytes(models: readonly PodModel[]): number {
    const { self, holdings } = this.#parts;
    return this.bytes() - Math.max(plannedBytes(models, self), holdings.weightBytes());
  }
}

/** Viewers lend nothing; who is alone, or reads no document yet, is none. */
export const mayLend = (view: DocumentView | undefined, peer: PeerId): boolean =>
  view === undefined || roleOf(view, peer) !== 'viewer';

/** Of layers with their caches, and of copies, that a peer is to hold. */
function plannedBytes(models: readonly PodModel[], peer: PeerId): number {
  const parts = models.flatMap(({ plan }) => [...(plan?.assignments ?? []), ...(plan?.standbys ?? [])]);
  return sum(parts.map(part => (part.peer === peer ? part.bytes : 0)));
}
