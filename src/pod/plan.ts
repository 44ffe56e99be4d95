/** Who holds which layers of a model, and why. Made by make-plan.ts. */
import type { PeerId } from '../base/brand.ts';
import type { ErrorRecord } from '../base/error.ts';
import type { LayerRange } from '../model/model.ts';
import { peerName } from '../network/peer-name.ts';
import type { Speed } from './speed.ts';

/** What a member says of itself, as far as plans go by it. */
export interface PlanPeer {
  readonly id: PeerId;
  /** What the plan calls it; where missing, the two words of its id. */
  readonly name?: string;
  /** Bytes free for this model's layers and their caches. */
  readonly freeBytes: number;
  /** Where missing, the median of the others. */
  readonly speed?: Speed;
  /** Its tab has been hidden for long. */
  readonly hidden?: boolean;
  /** In ms, as it measured them; those that are missing are near. */
  readonly roundTrips?: readonly { readonly peer: PeerId; readonly ms: number }[];
  /** Layers of this model that it has loaded. */
  readonly holds?: readonly LayerRange[];
  /** Why it cannot load this model and is left out. */
  readonly problem?: Pick<ErrorRecord, 'kind' | 'reason'>;
}

export interface PlanLayer {
  /** Exact bytes of the layer's tensors. */
  readonly weightBytes: number;
  /** Those that one row goes through: of experts, only the ones that it uses. */
  readonly readBytes: number;
  /** Bytes of its key-value cache at the chosen context. */
  readonly cacheBytes: number;
}

/**
 * `fast`: what takes a token the least time, which is few peers unless others are faster or memory is short. `wide`: as many peers
 * as can, each with layers in proportion to what it lends, for those who want to see all of them at work.
 */
export type Spread = 'fast' | 'wide';

export interface PlanOptions {
  readonly spread: Spread;
  /** Of the embedding and the output matrix, which whoever asks holds. */
  readonly headBytes: number;
}

/** Half-open, as LayerRange: layers first ... last - 1. */
export interface Assignment {
  readonly peer: PeerId;
  readonly first: number;
  readonly last: number;
  readonly bytes: number;
  /** What it takes of a token, in ms; undefined where nobody has measured. */
  readonly ms?: number;
}

/** A copy of layers that are another's in the plan. */
export interface Standby {
  readonly peer: PeerId;
  readonly first: number;
  readonly last: number;
  /** With caches for a conversation. */
  readonly bytes: number;
  readonly reason: string;
}

/** Of one token, for the mean of the members as those who ask. */
export interface Forecast {
  readonly tokenMs: number;
  readonly layersMs: number;
  readonly waysMs: number;
  readonly headMs: number;
  /** Tokens of a prompt in a second, where all have measured. */
  readonly promptPerSecond?: number;
}

export interface Plan {
  readonly spread: Spread;
  readonly assignments: readonly Assignment[];
  /** Peers that have no part of their own, each with its reason; they may be standbys. */
  readonly spare: readonly { readonly peer: PeerId; readonly reason: string }[];
  readonly standbys: readonly Standby[];
  /** Undefined where nobody has measured. */
  readonly forecast?: Forecast;
  /** Sentences that say why it is so. */
  readonly explanation: readonly string[];
}

export const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
export const nameOf = ({ id, name }: PlanPeer): string => name ?? peerName(id);
export const layerSizes = (layers: readonly PlanLayer[]): number[] =>
  layers.map(layer => layer.weightBytes + layer.cacheBytes);
