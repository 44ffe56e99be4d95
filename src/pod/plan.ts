import type { PeerId } from '../base/brand.ts';

export interface PlanPeer {
  readonly id: PeerId;
  /** Bytes free for this model's layers and their caches. */
  readonly freeBytes: number;
}

export interface PlanLayer {
  /** Exact bytes of the layer's tensors. */
  readonly weightBytes: number;
  /** Bytes of its key-value cache at the chosen context. */
  readonly cacheBytes: number;
}

export interface Assignment {
  readonly peer: PeerId;
  readonly first: number;
  readonly last: number;
  readonly bytes: number;
}

export interface Plan {
  readonly assignments: readonly Assignment[];
  /** Peers that hold nothing, each with its reason. */
  readonly spare: readonly { readonly peer: PeerId; readonly reason: string }[];
  /** Sentences that say why it is so. */
  readonly explanation: readonly string[];
}
