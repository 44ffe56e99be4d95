import type { LayerCache } from './layer-cache.ts';

/** Keys and values of one layer in one session, f32, one row per position. */
export class KvCache implements LayerCache {
  #keys: Float32Array<ArrayBuffer>;
  #values: Float32Array<ArrayBuffer>;
  readonly #keyRow: number;
  readonly #valueRow: number;
  readonly #capacity: number;
  #room = 0;

  /** Sizes of one row in values; `capacity` in positions. */
  constructor(keyRow: number, valueRow: number, capacity: number) {
    this.#keyRow = keyRow;
    this.#valueRow = valueRow;
    this.#capacity = capacity;
    this.#keys = new Float32Array(0);
    this.#values = new Float32Array(0);
  }

  get keys(): Float32Array {
    return this.#keys;
  }

  get values(): Float32Array {
    return this.#values;
  }

  get bytes(): number {
    return this.#keys.byteLength + this.#values.byteLength;
  }

  bytesFor(length: number): number {
    return this.#roomFor(length) * (this.#keyRow + this.#valueRow) * Float32Array.BYTES_PER_ELEMENT;
  }

  /** Makes room for `length` positions, which is at most the capacity. */
  reserve(length: number): void {
    const room = this.#roomFor(length);
    if (room === this.#room) return;
    const keys = new Float32Array(room * this.#keyRow);
    const values = new Float32Array(room * this.#valueRow);
    keys.set(this.#keys);
    values.set(this.#values);
    this.#keys = keys;
    this.#values = values;
    this.#room = room;
  }

  canRewind(): boolean {
    return true;
  }

  /** Nothing reads a row before it is written again. */
  rewind(): void {}

  write(position: number, key: Float32Array, value: Float32Array): void {
    this.#keys.set(key, position * this.#keyRow);
    this.#values.set(value, position * this.#valueRow);
  }

  /** Doubles, so that growing costs O(1) a row. */
  #roomFor(length: number): number {
    if (length <= this.#room) return this.#room;
    return Math.min(this.#capacity, Math.max(length, this.#room * 2, 64));
  }
}
