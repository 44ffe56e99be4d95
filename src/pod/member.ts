import type { ModelId, PeerId } from '../base/brand.ts';
import type { ErrorKind } from '../base/error.ts';
import type { DeviceInfo } from '../engine/engine.ts';
import type { LayerRange } from '../model/model.ts';
import type { RoundTrip } from './round-trips.ts';
import type { Speed } from './speed.ts';

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
  /** Layers that are loaded and answer at once, standbys among them. */
  readonly holds: readonly { readonly model: ModelId; readonly layers: LayerRange }[];
  readonly loading?: { readonly model: ModelId; readonly bytes: number; readonly totalBytes: number };
  readonly problems?: readonly ModelProblem[];
  /** As it measured itself; undefined until it has. */
  readonly speed?: Speed;
  /** Its tab has been hidden for long, so that its browser gives it less. */
  readonly hidden?: boolean;
  /** Its ways to those members that are not near, as it measured them. */
  readonly roundTrips?: readonly RoundTrip[];
}

/** Why a member cannot load layers of a model, or not even read its header. It goes on trying. */
export interface ModelProblem {
  readonly model: ModelId;
  readonly kind: ErrorKind;
  readonly reason: string;
  /** Plans give it no layers of this model until it says otherwise. */
  readonly out: boolean;
}
