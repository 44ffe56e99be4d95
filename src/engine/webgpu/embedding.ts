import { MiB } from '../../base/bytes.ts';
import { rowsPerForwardMax } from '../../base/limits.ts';
import { type Matrix, readRow } from '../cpu/matrix.ts';
import { Recording } from './dispatch.ts';
import type { Gpu } from './gpu.ts';
import type { GpuMatrix } from './gpu-matrix.ts';
import { packedRow, unpackRow } from './pack.ts';

/** Tokens to rows x columns, unscaled. */
export type Embedding = (tokens: readonly number[]) => Promise<Float32Array<ArrayBuffer>>;

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

/** The output matrix of a tied head, which is on the GPU: rows are copied out of it, and the latest stay. */
export function tiedEmbedding(gpu: Gpu, matrix: GpuMatrix): Embedding {
  const { columns } = matrix;
  const most = Math.ceil(keptBytes / (columns * Float32Array.BYTES_PER_ELEMENT));
  const kept = new Map<number, Float32Array>();
  return async tokens => {
    const rows = new Float32Array(tokens.length * columns);
    for (let from = 0; from < tokens.length; from += rowsPerForwardMax) {
      const part = tokens.slice(from, from + rowsPerForwardMax);
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
}

async function readRows(
  gpu: Gpu,
  matrix: GpuMatrix,
  tokens: readonly number[],
): Promise<[token: number, row: Float32Array][]> {
  if (tokens.length === 0) return [];
  const { type, columns } = matrix;
  const places = tokens.map(token => {
    const part = matrix.parts.find(({ first, rows }) => token < first + rows)!;
    return { part, place: packedRow(type, columns, token - part.first) };
  });
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
  const take = (count: number) => {
    at += count;
    return new Uint8Array(words.buffer, at - count, count);
  };
  return places.map(({ place }, index) => {
    const bytes = unpackRow(type, columns, place, take(place.quants.bytes), take(place.scales.bytes));
    const row = new Float32Array(columns);
    readRow({ type, columns, rows: 1, bytes }, 0, row);
    return [tokens[index]!, row];
  });
}

const rowAt = (rows: Float32Array, index: number, columns: number): Float32Array =>
  rows.subarray(index * columns, (index + 1) * columns);
