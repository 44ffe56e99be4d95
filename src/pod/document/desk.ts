/** Where documents are kept and checked: in the state worker (connect-desk.ts). One desk serves all pods. */
import type { PeerId, PodId } from '../../base/brand.ts';
import { TabmeshError } from '../../base/error.ts';
import { DocumentKeeper, type Head, type Kept, type Loro, type Merged, type Place } from './keeper.ts';
import type { PublicKeyOf } from './sealed.ts';

/** One opened document; chosen by its owner. */
export type Handle = string;

/** Each call stands for itself, so that it may cross to a worker. */
export interface Desk {
  /** Begins with our own snapshot, or with nothing; whatever was open under this handle is forgotten. */
  open(handle: Handle, pod: PodId, self: PeerId, snapshot?: Uint8Array): Promise<Kept | undefined>;
  add(handle: Handle, sealed: Uint8Array): Promise<Kept>;
  merge(handle: Handle, update: Uint8Array): Promise<Merged>;
  updateFor(handle: Handle, heads: readonly Head[]): Promise<Uint8Array<ArrayBuffer> | undefined>;
  forksWith(handle: Handle, heads: readonly Head[]): Promise<Place[]>;
  sealedAt(handle: Handle, place: Place): Promise<Uint8Array<ArrayBuffer> | undefined>;
  close(handle: Handle): Promise<void>;
}

export function createDesk(load: () => Promise<Loro>, publicKeyOf: PublicKeyOf): Desk {
  const keepers = new Map<Handle, DocumentKeeper>();
  const of = (handle: Handle): DocumentKeeper => {
    const keeper = keepers.get(handle);
    if (!keeper) throw new TabmeshError('not-found', 'pod', 'This document is not open.');
    return keeper;
  };
  return {
    async open(handle, pod, self, snapshot) {
      const keeper = new DocumentKeeper(await load(), pod, self, publicKeyOf, snapshot);
      keepers.get(handle)?.free();
      keepers.set(handle, keeper);
      return snapshot && keeper.kept();
    },
    add: async (handle, sealed) => of(handle).add(sealed),
    merge: async (handle, update) => of(handle).merge(update),
    updateFor: async (handle, heads) => of(handle).updateFor(heads),
    forksWith: async (handle, heads) => of(handle).forksWith(heads),
    sealedAt: async (handle, place) => of(handle).sealedAt(place),
    async close(handle) {
      keepers.get(handle)?.free();
      keepers.delete(handle);
    },
  };
}
