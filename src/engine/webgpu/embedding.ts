import { MiB } from '../../base/bytes.ts';
import { rowsPerForwardMax } from '../../base/limits.ts';
import { type Matrix, readRow } from '../cpu/matrix.ts';
import { Recording } from './dispatch.ts';
import type { Gpu } from './gpu.ts';
import type { GpuMatrix } from './gpu-matrix.ts';
import { type PackedRow, packedRow, unpackRow } from './pack.ts';

/** Tokens to rows x columns, unscaled. */
export type Embedding = (tokens: readonly number[]) => Promise<Float32Array<ArrayBuffer>>;

/** Packed rows that came from the GPU along with something else, before anybody asked for them. */
export type TakeAhead = (rows: readonly (readonly [token: number, packed: Uint8Array])[]) => void;

/** On the CPU: a token needs one row of it, some KB. */
export const hostEmbedding =
  (matrix: Matrix): Embedding =>
  async tokens => {
    const rows = new Float32Array(tokens.length * matrix.columns);
    for (const [index, token] of tokens.entries()) readRow(matrix, token, rowAt(rows, index, matrix.columns));
    return rows;
  };

/** Of rows that came from the GPU, the latest; an answer repeats its words. */
const keptBytes = 8 * MiB;

/** Rows ahead kept: those of the latest steps of a few sessions. */
const aheadRows = 256;

/** The output matrix of a tied head, which is on the GPU: rows are copied out of it, and the latest stay. */
export function tiedEmbedding(gpu: Gpu, matrix: GpuMatrix): { embed: Embedding; takeAhead: TakeAhead } {
  const { columns } = matrix;
  const most = Math.ceil(keptBytes / (columns * Float32Array.BYTES_PER_ELEMENT));
  const kept = new Map<number, Float32Array>();
  const ahead = new Map<number, Uint8Array>();
  const takeAhead: TakeAhead = rows => {
    for (const [token, packed] of rows) {
      ahead.delete(token);
      ahead.set(token, packed);
    }
    for (const token of ahead.keys()) if (ahead.size > aheadRows) ahead.delete(token);
  };
  const embed: Embedding = async tokens => {
    const rows = new Float32Array(tokens.length * columns);
    for (let from = 0; from < tokens.length; from += rowsPerForwardMax) {
      const part = tokens.slice(from, from + rowsPerForwardMax);
      for (const token of new Set(part)) {
        const packed = ahead.get(token);
        if (packed && !kept.has(token)) kept.set(token, unpack(matrix, placeOf(matrix, token).place, packed));
        ahead.delete(token);
      }
      const missing = [...new Set(part)].filter(token => !kept.has(token));
      for (const [token, row] of await readRows(gpu, matrix, missing)) kept.set(token, row);
      for (const [index, token] of part.entries()) {
        const row = kept.get(token)!;
        rowAt(rows, from + index, columns).set(row);
        kept.delete(token);
        kept.set(token, row);
      }
      for (const token of kept.keys()) if (kept.size > most) kept.delete(token);
    }
    return rows;
  };
  return { embed, takeAhead };
}

function placeOf({ type, columns, parts }: GpuMatrix, token: number) {
  const part = parts.find(({ first, rows }) => token < first + rows)!;
  return { part, place: packedRow(type, columns, token - part.first) };
}

/** `packed` begins with the quants and then the scales that `place` names. */
function unpack({ type, columns }: GpuMatrix, place: PackedRow, packed: Uint8Array): Float32Array {
  const scales = packed.subarray(place.quants.bytes, place.quants.bytes + place.scales.bytes);
  const bytes = unpackRow(type, columns, place, packed.subarray(0, place.quants.bytes), scales);
  const row = new Float32Array(columns);
  readRow({ type, columns, rows: 1, bytes }, 0, row);
  return row;
}

async function readRows(
  gpu: Gpu,
  matrix: GpuMatrix,
  tokens: readonly number[],
): Promise<[token: number, row: Float32Array][]> {
  if (tokens.length === 0) return [];
  const places = tokens.map(token => placeOf(matrix, token));
  const total = places.reduce((sum, { place }) => sum + place.quants.bytes + place.scales.bytes, 0);
  const words = await gpu.read('embeddings', total, staging => {
    const recording = new Recording(gpu);
    let at = 0;
    const copy = (buffer: GPUBuffer, from: number, bytes: number) => {
      if (bytes > 0) recording.copy(buffer, from, staging, at, bytes);
      at += bytes;
    };
    for (const { part, place } of places) {
      copy(part.buffer, place.quants.at, place.quants.bytes);
      copy(part.buffer, part.scalesQuad * 16 + place.scales.at, place.scales.bytes);
    }
    recording.submit();
  });
  let at = 0;
  return places.map(({ place }, index) => {
    const packed = new Uint8Array(words.buffer, at);
    at += place.quants.bytes + place.scales.bytes;
    return [tokens[index]!, unpack(matrix, place, packed)];
  });
}

const rowAt = (rows: Float32Array, index: number, columns: number): Float32Array =>
  rows.subarray(index * columns, (index + 1) * columns);
