/**
 * A slice is what a peer fetches: the tensors of a range of layers, or of the head, as byte ranges of the file.
 * Ranges are cut into chunks whose borders depend on the file alone, so that whatever the plan gives, the same
 * bytes are the same chunk in the store.
 */
import { assert, must } from '../base/assert.ts';
import { chunkBytesMax } from '../base/limits.ts';
import type { LayerRange, Model, TensorInfo } from './model.ts';

/** What to fetch. */
export type SlicePart = { readonly layers: LayerRange } | 'head';

/** Bytes [start, end) of the file. */
export interface Chunk {
  readonly start: number;
  readonly end: number;
}

/** Tensors are padded to 32 bytes; a wider gap belongs to something else and is not fetched. */
const paddingBytesMax = 31;

/** In order of their place in the file. On Llama 3 `rope_freqs.weight` belongs to every layer. */
export function layerTensors(model: Model, layer: number): TensorInfo[] {
  return [...ownTensors(model, layer), ...sharedTensors(model)];
}

/** Embedding, last norm, output matrix (which is the embedding where the head is tied). */
export function headTensors(model: Model): TensorInfo[] {
  const names = ['token_embd.weight', 'output_norm.weight', 'output.weight'];
  return byOffset(names.flatMap(name => model.tensors.get(name) ?? []));
}

export const layerBytes = (model: Model, layer: number): number => sum(layerTensors(model, layer));

export const headBytes = (model: Model): number => sum(headTensors(model));

/** The chunks of a part, each once, in order of their place in the file. */
export function chunksOf(model: Model, part: SlicePart): Chunk[] {
  if (part === 'head') return cut(headTensors(model));
  const { first, last } = part.layers;
  assert(0 <= first && first <= last && last <= model.hyper.layers, `no layers [${first}, ${last})`);
  if (first === last) return [];
  const chunks = cut(sharedTensors(model));
  for (let layer = first; layer < last; layer++) chunks.push(...cut(ownTensors(model, layer)));
  return byStart(chunks);
}

/** The chunks that hold one tensor, in order. */
export function chunksOfTensor(model: Model, name: string): Chunk[] {
  const tensor = must(model.tensors.get(name), `no tensor ${name}`);
  const layer = /^blk\.(\d+)\./.exec(name)?.[1];
  const group =
    layer !== undefined
      ? ownTensors(model, Number(layer))
      : sharedTensors(model).includes(tensor)
        ? [tensor]
        : headTensors(model);
  return cut(group).filter(chunk => chunk.start < tensor.offset + tensor.bytes && tensor.offset < chunk.end);
}

function ownTensors(model: Model, layer: number): TensorInfo[] {
  const prefix = `blk.${layer}.`;
  return byOffset([...model.tensors.values()].filter(tensor => tensor.name.startsWith(prefix)));
}

const sharedTensors = (model: Model): TensorInfo[] => {
  const frequencies = model.tensors.get('rope_freqs.weight');
  return frequencies === undefined ? [] : [frequencies];
};

/** Merges neighbours, then cuts every run from its own beginning. */
function cut(tensors: readonly TensorInfo[]): Chunk[] {
  const runs: { start: number; end: number }[] = [];
  for (const { offset, bytes } of tensors) {
    const run = runs.at(-1);
    if (run !== undefined && offset - run.end <= paddingBytesMax) run.end = offset + bytes;
    else runs.push({ start: offset, end: offset + bytes });
  }
  const chunks: Chunk[] = [];
  for (const run of runs)
    for (let start = run.start; start < run.end; start += chunkBytesMax)
      chunks.push({ start, end: Math.min(run.end, start + chunkBytesMax) });
  return chunks;
}

const sum = (tensors: readonly TensorInfo[]) => tensors.reduce((total, tensor) => total + tensor.bytes, 0);
const byOffset = (tensors: TensorInfo[]) => tensors.sort((a, b) => a.offset - b.offset);
const byStart = (chunks: Chunk[]) => chunks.sort((a, b) => a.start - b.start);
