/** Chunks of hidden rows, f32 here, f16 in frames of at most 16 KiB on the wire. */

import { TabmeshError } from '../base/error.ts';
import { fromHalf, halfTable, toHalf } from '../base/half.ts';
import { frameBytesMax, partialBytesMax, partialChunksMax, prefillRows } from '../base/limits.ts';
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

export interface Chunk {
  readonly position: number;
  readonly count: number;
  readonly hidden: Float32Array<ArrayBuffer>;
  /** Its number in the session, from 1. */
  readonly step: number;
  /** The requester wants all rows back, not only the last. */
  readonly all: boolean;
  /** The hop that has had these rows and is not sent them again; 0: none. */
  readonly until: number;
}

/** Little-endian f16, each value divided by 2^shift. */
export interface Halves {
  readonly halves: Uint8Array<ArrayBuffer>;
  readonly shift: number;
}

/** Throws TabmeshError('corrupt', 'pod') for what is not finite. */
export function toHalves(hidden: Float32Array): Halves {
  const shift = shiftFor(hidden);
  const scale = 2 ** -shift;
  const halves = new Uint8Array(hidden.length * 2);
  const view = new DataView(halves.buffer);
  for (let index = 0; index < hidden.length; index++) {
    view.setUint16(2 * index, toHalf(hidden[index]! * scale), true);
  }
  return { halves, shift };
}

/** `wire`: the rows, where they were made ready already. */
export function* packRows({ hidden, ...chunk }: Chunk, wire?: Halves): Generator<RowsBody> {
  const { halves, shift } = wire ?? toHalves(hidden);
  for (let offset = 0; offset < halves.length; offset += partBytesMax) {
    const part = halves.subarray(offset, offset + partBytesMax);
    yield { ...chunk, bytes: halves.length, offset, part, shift };
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

interface Partial {
  readonly head: RowsBody;
  /** Grows as parts come: twice what is there, at most the whole chunk. */
  halves: Uint8Array<ArrayBuffer>;
  length: number;
}

/** Puts the parts of chunks together, for all sessions of one sender. Memory is taken as parts arrive, not as told. */
export class RowsAssembler {
  readonly #partial = new Map<string, Partial>();
  #heldBytes = 0;

  /** The chunk when this part completes it. Throws TabmeshError('corrupt' | 'full', 'pod'). */
  add(key: string, rows: RowsBody): Chunk | undefined {
    const begun = this.#partial.get(key) ?? { head: rows, halves: new Uint8Array(), length: 0 };
    if (!continues(begun, rows)) {
      throw new TabmeshError('corrupt', 'pod', 'The parts of a chunk of rows contradict each other.');
    }
    if (!this.#partial.has(key) && this.#partial.size >= partialChunksMax) {
      throw new TabmeshError('full', 'pod', `More than ${partialChunksMax} unfinished chunks.`);
    }
    this.#reserve(begun, begun.length + rows.part.length);
    begun.halves.set(rows.part, begun.length);
    begun.length += rows.part.length;
    this.#partial.set(key, begun);
    if (begun.length < rows.bytes) return undefined;
    this.drop(key);
    const { position, count, shift, step, all, until } = rows;
    return { position, count, hidden: fromHalves({ halves: begun.halves, shift }), step, all, until };
  }

  drop(key: string): void {
    this.#heldBytes -= this.#partial.get(key)?.halves.length ?? 0;
    this.#partial.delete(key);
  }

  /** A copy, since a part is a view that keeps its whole frame in memory. */
  #reserve(begun: Partial, length: number): void {
    const had = begun.halves.length;
    if (length <= had) return;
    const room = Math.min(begun.head.bytes, Math.max(length, 2 * had));
    if (this.#heldBytes + room - had > partialBytesMax) {
      throw new TabmeshError('full', 'pod', `More than ${partialBytesMax} bytes of unfinished chunks.`);
    }
    const halves = new Uint8Array(room);
    halves.set(begun.halves);
    begun.halves = halves;
    this.#heldBytes += room - had;
  }
}

const continues = ({ head, length }: Partial, rows: RowsBody): boolean =>
  rows.position === head.position &&
  rows.count === head.count &&
  rows.bytes === head.bytes &&
  rows.shift === head.shift &&
  rows.step === head.step &&
  rows.all === head.all &&
  rows.until === head.until &&
  rows.bytes % (2 * rows.count) === 0 &&
  rows.offset === length &&
  rows.offset + rows.part.length <= rows.bytes;

/** Throws TabmeshError('corrupt', 'pod') for what is not finite. */
export function fromHalves({ halves, shift }: Halves): Float32Array<ArrayBuffer> {
  const table = halfTable();
  const scale = 2 ** shift;
  const view = new DataView(halves.buffer);
  const hidden = new Float32Array(halves.length / 2);
  for (let index = 0; index < hidden.length; index++) {
    const half = view.getUint16(2 * index, true);
    if ((half & 0x7c00) === 0x7c00) throw broken(`holds ${fromHalf(half)}`);
    hidden[index] = table[half]! * scale;
  }
  return hidden;
}

/** What rows of `width` values are after one hop: in chunks, as requesters send them. Throws TabmeshError('corrupt', 'pod'). */
export function overWire(hidden: Float32Array, width: number): Float32Array<ArrayBuffer> {
  const carried = new Float32Array(hidden.length);
  const assembler = new RowsAssembler();
  for (let at = 0; at < hidden.length; at += prefillRows * width) {
    const rows = hidden.slice(at, at + prefillRows * width);
    const whole = { position: 0, count: rows.length / width, hidden: rows, step: 1, all: false, until: 0 };
    for (const part of packRows(whole)) {
      const chunk = assembler.add('', part);
      if (chunk) carried.set(chunk.hidden, at);
    }
  }
  return carried;
}
