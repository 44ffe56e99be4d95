/**
 * GGUF rows in the order that shaders/decode-*.wgsl read. Blocks of 18, 22, 34 or 210 bytes would be read unaligned, so
 * their quants and their scales go to two planes; the bits stay as they are.
 */
import { assert } from '../../base/assert.ts';
import type { TensorType } from '../../model/model.ts';
import { blockLayouts } from '../../model/tensor-type.ts';
import { runLength } from './kernels.ts';

/** A part of a block, in bytes. */
interface Field {
  readonly at: number;
  readonly bytes: number;
}

interface Packing {
  readonly quants: Field;
  /**
   * For every two blocks: the first field of both, then the next field of both. So f16 scales fill whole words.
   * Empty where the scales stay with the quants.
   */
  readonly scales: readonly Field[];
}

const packings: Readonly<Record<TensorType, Packing>> = {
  F32: { quants: { at: 0, bytes: 4 }, scales: [] },
  F16: { quants: { at: 0, bytes: 2 }, scales: [] },
  BF16: { quants: { at: 0, bytes: 2 }, scales: [] },
  Q8_0: { quants: { at: 2, bytes: 32 }, scales: [{ at: 0, bytes: 2 }] },
  Q4_0: { quants: { at: 2, bytes: 16 }, scales: [{ at: 0, bytes: 2 }] },
  Q4_1: { quants: { at: 4, bytes: 16 }, scales: [{ at: 0, bytes: 4 }] },
  Q5_0: {
    quants: { at: 6, bytes: 16 },
    scales: [
      { at: 2, bytes: 4 },
      { at: 0, bytes: 2 },
    ],
  },
  Q5_1: { quants: { at: 8, bytes: 16 }, scales: [{ at: 0, bytes: 8 }] },
  Q4_K: { quants: { at: 0, bytes: 144 }, scales: [] },
  Q5_K: { quants: { at: 0, bytes: 176 }, scales: [] },
  Q6_K: { quants: { at: 0, bytes: 208 }, scales: [{ at: 208, bytes: 2 }] },
};

/** Runs of 32 weights in a row, the last one padded. */
export const runsOf = (columns: number): number => Math.ceil(columns / runLength);

/** Bytes of `rows` packed rows of `columns` weights in each plane. */
export function packedBytes(
  type: TensorType,
  columns: number,
  rows: number,
): { quants: number; scales: number } {
  const { weights } = blockLayouts[type];
  const blocks = rows * ((runsOf(columns) * runLength) / weights);
  assert(Number.isInteger(blocks), `rows of ${columns} are no whole blocks of ${type}`);
  const scaleBytes = packings[type].scales.reduce((sum, { bytes }) => sum + bytes, 0);
  return { quants: blocks * packings[type].quants.bytes, scales: Math.ceil(blocks / 2) * 2 * scaleBytes };
}

/** `bytes` are whole rows; an even number of them, unless they are the last, so that what follows begins a pair. */
export function packRows(
  type: TensorType,
  columns: number,
  bytes: Uint8Array<ArrayBuffer>,
): { quants: Uint8Array<ArrayBuffer>; scales: Uint8Array<ArrayBuffer> } {
  const { weights, bytes: blockBytes } = blockLayouts[type];
  const { quants, scales } = packings[type];
  if (scales.length === 0) {
    const row = (columns / weights) * blockBytes;
    return { quants: padRows(bytes, row, packedBytes(type, columns, 1).quants), scales: new Uint8Array(0) };
  }
  const size = packedBytes(type, columns, bytes.length / ((columns / weights) * blockBytes));
  // Pairs of bytes halve the time of this loop over every weight; block sizes and fields are all even.
  const source = new Uint16Array(
    bytes.byteOffset % 2 === 0 ? bytes.buffer : bytes.slice().buffer,
    bytes.byteOffset % 2 === 0 ? bytes.byteOffset : 0,
    bytes.length / 2,
  );
  const quantPlane = new Uint16Array(size.quants / 2);
  const scalePlane = new Uint16Array(size.scales / 2);
  const copy = (from: number, { at, bytes: length }: Field, to: Uint16Array, place: number): number => {
    const start = (from + at) / 2;
    for (let i = 0; i < length / 2; i++) to[place + i] = source[start + i]!;
    return place + length / 2;
  };
  let quantPlace = 0;
  let scalePlace = 0;
  for (let at = 0; at < bytes.length; at += 2 * blockBytes) {
    const second = at + blockBytes < bytes.length ? at + blockBytes : undefined;
    quantPlace = copy(at, quants, quantPlane, quantPlace);
    if (second !== undefined) quantPlace = copy(second, quants, quantPlane, quantPlace);
    for (const field of scales) {
      scalePlace = copy(at, field, scalePlane, scalePlace);
      if (second !== undefined) copy(second, field, scalePlane, scalePlace);
      scalePlace += field.bytes / 2;
    }
  }
  return { quants: new Uint8Array(quantPlane.buffer), scales: new Uint8Array(scalePlane.buffer) };
}

function padRows(bytes: Uint8Array<ArrayBuffer>, from: number, to: number): Uint8Array<ArrayBuffer> {
  if (from === to) return bytes;
  const rows = bytes.length / from;
  const padded = new Uint8Array(rows * to);
  for (let row = 0; row < rows; row++) padded.set(bytes.subarray(row * from, (row + 1) * from), row * to);
  return padded;
}

/** Where one packed row stands in each plane, in bytes. */
export interface PackedRow {
  readonly quants: Field;
  /** Whole pairs of blocks; the first of them may belong to the row before. */
  readonly scales: Field;
  readonly startsInPair: boolean;
}

/** Of every packed row: bytes of quants, blocks, and bytes of scales of two blocks. */
export function packedShape(
  type: TensorType,
  columns: number,
): { quantBytes: number; blocks: number; pairBytes: number } {
  const { quants, scales } = packedBytes(type, columns, 2);
  const blocks = (runsOf(columns) * runLength) / blockLayouts[type].weights;
  return { quantBytes: quants / 2, blocks, pairBytes: scales / blocks };
}

/** The most that `packedRow` names of any row: one that begins in the midst of a pair of blocks has scales of a pair more. */
export function packedRowBytes(type: TensorType, columns: number): number {
  const { quantBytes, blocks, pairBytes } = packedShape(type, columns);
  return quantBytes + (Math.floor(blocks / 2) + 1) * pairBytes;
}

export function packedRow(type: TensorType, columns: number, row: number): PackedRow {
  const { quantBytes, blocks, pairBytes } = packedShape(type, columns);
  const firstPair = Math.floor((row * blocks) / 2);
  const lastPair = Math.ceil(((row + 1) * blocks) / 2);
  return {
    quants: { at: row * quantBytes, bytes: quantBytes },
    scales: { at: firstPair * pairBytes, bytes: (lastPair - firstPair) * pairBytes },
    startsInPair: (row * blocks) % 2 === 1,
  };
}

/** The row as it stands in the file, of what `packedRow` names. */
export function unpackRow(
  type: TensorType,
  columns: number,
  { startsInPair }: PackedRow,
  quantPlane: Uint8Array,
  scalePlane: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const { weights, bytes: blockBytes } = blockLayouts[type];
  const { quants, scales } = packings[type];
  const row = new Uint8Array((columns / weights) * blockBytes);
  const pairBytes = 2 * scales.reduce((sum, { bytes }) => sum + bytes, 0);
  for (let block = 0; block * blockBytes < row.length; block++) {
    const to = block * blockBytes;
    row.set(quantPlane.subarray(block * quants.bytes, (block + 1) * quants.bytes), to + quants.at);
    const inPlane = block + (startsInPair ? 1 : 0);
    let from = Math.floor(inPlane / 2) * pairBytes;
    for (const { at, bytes } of scales) {
      const own = from + (inPlane % 2) * bytes;
      row.set(scalePlane.subarray(own, own + bytes), to + at);
      from += 2 * bytes;
    }
  }
  return row;
}
