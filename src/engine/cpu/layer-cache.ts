/** What one layer remembers of one session. */
export interface LayerCache {
  readonly bytes: number;
  /** What `bytes` will be after `reserve`. */
  bytesFor(length: number): number;
  /** Makes room for `length` positions; throws RangeError where there is no memory. */
  reserve(length: number): void;
  canRewind(length: number): boolean;
  /** Forgets positions from `length` on; `canRewind` has to hold. */
  rewind(length: number): void;
}

/** One row of the batch: where it stands and in which cache. */
export interface Place {
  readonly position: number;
  readonly cache: LayerCache;
}

/** The part of a layer in which rows see those before them. `input` is normed and stays as it is. */
export interface Mixer {
  newCache(capacity: number): LayerCache;
  forward(input: Float32Array, places: readonly Place[]): Float32Array;
}
