import type { ModelId, PeerId } from '../base/brand.ts';
import type { ErrorKind } from '../base/error.ts';
import type { DeviceInfo } from '../engine/engine.ts';
import type { LayerRange } from '../model/model.ts';

export type Link =
  | { readonly kind: 'self' }
  | { readonly kind: 'direct' | 'relayed'; readonly transport: string; readonly rttMs?: number }
  | { readonly kind: 'none' };

/** What a member says about itself over its own authenticated connection, plus what we see of it. */
export interface Member {
  readonly id: PeerId;
  /** Two words derived from the id. */
  readonly name: string;
  readonly device: DeviceInfo;
  /** Bytes that it lends to layers and caches, all told; 0 asks but holds nothing. */
  readonly memoryBytes: number;
  readonly link: Link;
  /** Layers that are loaded and answer at once. */
  readonly holds: readonly { readonly model: ModelId; readonly layers: LayerRange }[];
  readonly loading?: { readonly model: ModelId; readonly bytes: number; readonly totalBytes: number };
  readonly problems?: readonly ModelProblem[];
}

/** Why a member cannot load layers of a model, or not even read its header. It goes on trying. */
export interface ModelProblem {
  readonly model: ModelId;
  readonly kind: ErrorKind;
  readonly reason: string;
  /** Plans give it no layers of this model until it says otherwise. */
  readonly out: boolean;
}
