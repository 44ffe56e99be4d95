/** What is remembered of a model that was opened, so that what is stored of it is known without opening it. */
import * as v from 'valibot';
import { isKind } from '../base/error.ts';
import {
  layerCountMax,
  modelRefCharactersMax,
  shardsMax,
  storedNoteBytesMax,
  tensorCountMax,
  textCharactersMax,
} from '../base/limits.ts';
import { type StoredChunk, storageKey } from './chunk-store.ts';
import { parseModelRef, siblingRef } from './model-ref.ts';
import type { OpenModel } from './open.ts';
import { parseShardName, partName } from './shards.ts';
import { chunksOf } from './slice.ts';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** Where chunks start in the file. */
const starts = v.pipe(v.array(count), v.maxLength(tensorCountMax));

const note = v.object({
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(modelRefCharactersMax)),
  name: v.pipe(v.string(), v.maxLength(textCharactersMax)),
  layers: v.pipe(v.array(starts), v.maxLength(layerCountMax)),
  head: starts,
  /** Of all chunks, each once. */
  bytes: count,
  /** What precedes the first tensor, and is kept with the model. */
  headerBytes: count,
  /** Storage keys of the headers: one for each file. */
  headers: v.pipe(v.array(v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/))), v.maxLength(shardsMax)),
  /** Milliseconds since 1970. */
  openedAt: count,
  /** Milliseconds since 1970; missing where it was only opened. */
  usedAt: v.optional(count),
});
export type StoredNote = v.InferOutput<typeof note>;

export async function noteOf({ model, source }: OpenModel, openedAt: number): Promise<StoredNote> {
  const layers = Array.from({ length: model.hyper.layers }, (_, first) =>
    chunksOf(model, { layers: { first, last: first + 1 } }),
  );
  const head = chunksOf(model, 'head');
  const sizes = new Map([...layers.flat(), ...head].map(({ start, end }) => [start, end - start]));
  return {
    id: model.id,
    name: model.name,
    layers: layers.map(chunks => chunks.map(({ start }) => start)),
    head: head.map(({ start }) => start),
    bytes: [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0),
    headerBytes: Math.min(...sizes.keys()),
    headers: await Promise.all(fileIds(model.id, source.name).map(storageKey)),
    openedAt,
  };
}

/** Ids of the files of a model, as they are kept: see KeptHeaders. */
function fileIds(id: string, name: string): string[] {
  const parts = parseShardName(name)?.parts ?? 1;
  if (parts === 1) return [id];
  try {
    return Array.from(
      { length: parts },
      (_, index) => parseModelRef(siblingRef(id, partName(name, index + 1))).id,
    );
  } catch (error) {
    if (isKind(error, 'invalid')) return [id];
    throw error;
  }
}

export const encodeNote = (value: StoredNote): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** Undefined for bytes that are no note. */
export function decodeNote(bytes: Uint8Array): StoredNote | undefined {
  if (bytes.length > storedNoteBytesMax) return undefined;
  try {
    const result = v.safeParse(note, JSON.parse(new TextDecoder().decode(bytes)));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}

/** What the chunks that are stored make of the model. */
export function coverage(known: StoredNote, chunks: readonly StoredChunk[]) {
  const here = new Set(chunks.map(({ start }) => start));
  const isHere = (starts: readonly number[]) => starts.every(start => here.has(start));
  return { layers: known.layers.map(isHere), head: isHere(known.head) };
}
