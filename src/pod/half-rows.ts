/** Chunks of hidden rows, f32 here, f16 in frames of at most 16 KiB on the wire. */

import { TabmeshError } from '../base/error.ts';
import { fromHalf, halfTable, toHalf } from '../base/half.ts';
import { frameBytesMax, partialBytesMax } from '../base/limits.ts';
import type { RowsBody } from './activation-frame.ts';

/** Room for the session, the hop, the numbers and the tags around `part` in one frame. */
const aroundBytes = 64;
export const partBytesMax = frameBytesMax - aroundBytes;

const broken = (what: string): TabmeshError =>
  new TabmeshError(
    'corrupt',
    'pod',
    `A hidden state ${what}; the device that made it cannot be relied upon. Ask again.`,
  );

export function* packRows(position: number, count: number, hidden: Float32Array): Generator<RowsBody> {
  const shift = shiftFor(hidden);
  const scale = 2 ** -shift;
  const halves = new Uint8Array(hidden.length * 2);
  const view = new DataView(halves.buffer);
  for (let index = 0; index < hidden.length; index++) {
    view.setUint16(2 * index, toHalf(hidden[index]! * scale), true);
  }
  for (let offset = 0; offset < halves.length; offset += partBytesMax) {
    const part = halves.subarray(offset, offset + partBytesMax);
    yield { position, count, bytes: halves.length, offset, part, shift };
  }
}

/** 0 for values below 2^15, else what brings the largest below it. */
function shiftFor(hidden: Float32Array): number {
  let largest = 0;
  for (const value of hidden) {
    const size = Math.abs(value);
    if (!(size <= 1e38)) throw broken(`holds ${value}`);
    if (size > largest) largest = size;
  }
  return largest < 2 ** 15 ? 0 : Math.floor(Math.log2(largest)) - 14;
}

export interface Chunk {
  readonly position: number;
  readonly count: number;
  readonly hidden: Float32Array<ArrayBuffer>;
}

/** Puts the parts of chunks together, for all sessions of one sender. Memory is taken as parts arrive, not as told. */
export class RowsAssembler {
  readonly #partial = new Map<string, { head: RowsBody; parts: Uint8Array[]; length: number }>();
  #heldBytes = 0;

  /** The chunk when this part completes it. Throws TabmeshError('corrupt' | 'full', 'pod'). */
  add(key: string, rows: RowsBody): Chunk | undefined {
    const begun = this.#partial.get(key) ?? { head: rows, parts: [], length: 0 };
    const { head } = begun;
    const fits =
      rows.position === head.position &&
      rows.count === head.count &&
      rows.bytes === head.bytes &&
      rows.shift === head.shift &&
      rows.bytes % (2 * rows.count) === 0 &&
      rows.offset === begun.length &&
      rows.offset + rows.part.length <= rows.bytes;
    if (!fits)
      throw new TabmeshError('corrupt', 'pod', 'The parts of a chunk of rows contradict each other.');
    if (this.#heldBytes + rows.part.length > partialBytesMax) {
      throw new TabmeshError('full', 'pod', `More than ${partialBytesMax} bytes of unfinished chunks.`);
    }
    begun.parts.push(rows.part);
    begun.length += rows.part.length;
    this.#heldBytes += rows.part.length;
    this.#partial.set(key, begun);
    if (begun.length < rows.bytes) return undefined;
    this.drop(key);
    return { position: rows.position, count: rows.count, hidden: unpack(begun.parts, rows) };
  }

  drop(key: string): void {
    this.#heldBytes -= this.#partial.get(key)?.length ?? 0;
    this.#partial.delete(key);
  }
}

function unpack(parts: readonly Uint8Array[], { bytes, shift }: RowsBody): Float32Array<ArrayBuffer> {
  const table = halfTable();
  const scale = 2 ** shift;
  const hidden = new Float32Array(bytes / 2);
  let at = 0;
  let low = -1;
  for (const part of parts) {
    for (const byte of part) {
      if (low < 0) {
        low = byte;
        continue;
      }
      const half = low | (byte << 8);
      if ((half & 0x7c00) === 0x7c00) throw broken(`holds ${fromHalf(half)}`);
      hidden[at++] = table[half]! * scale;
      low = -1;
    }
  }
  return hidden;
}
