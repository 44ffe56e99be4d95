import { openAsBlob } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { MiB } from '../base/bytes.ts';
import { chunkBytesMax } from '../base/limits.ts';
import { blobSource } from './blob-source.ts';
import type { Model, TensorInfo } from './model.ts';
import { openModel } from './open.ts';
import {
  type Chunk,
  chunksOf,
  chunksOfTensor,
  headBytes,
  headTensors,
  layerBytes,
  layerTensors,
} from './slice.ts';

vi.setConfig({ testTimeout: 60_000 });

const open = async (path: string) => (await openModel(blobSource(await openAsBlob(path), path))).model;
const sum = (chunks: readonly Chunk[]) => chunks.reduce((total, { start, end }) => total + end - start, 0);

test('a slice is the bytes of its tensors and no others', async () => {
  const model = await open('public/models/guide.gguf');
  const all = [...model.tensors.values()].reduce((total, { bytes }) => total + bytes, 0);
  const layers = Array.from({ length: model.hyper.layers }, (_, layer) => layerBytes(model, layer));
  expect(layers.reduce((a, b) => a + b) + headBytes(model)).toBe(all);
  expect(sum(chunksOf(model, { layers: { first: 1, last: 3 } }))).toBe(layers[1]! + layers[2]!);
  expect(sum(chunksOf(model, 'head'))).toBe(headBytes(model));
  expect(headTensors(model).map(tensor => tensor.name)).toEqual(['token_embd.weight', 'output_norm.weight']);
  expect(chunksOf(model, { layers: { first: 2, last: 2 } })).toEqual([]);
});

test('rope_freqs belongs to every layer range and is stored once', async () => {
  const model = await open('tests/fixtures/tiny-llama3-f16.gguf');
  const frequencies = model.tensors.get('rope_freqs.weight')!;
  for (const layer of [0, 1]) expect(layerTensors(model, layer)).toContain(frequencies);
  const chunk = { start: frequencies.offset, end: frequencies.offset + frequencies.bytes };
  for (const layers of [
    { first: 0, last: 1 },
    { first: 1, last: 2 },
    { first: 0, last: 2 },
  ])
    expect(chunksOf(model, { layers }).filter(({ start }) => start === chunk.start)).toEqual([chunk]);
  expect(chunksOfTensor(model, 'rope_freqs.weight')).toEqual([chunk]);
  expect(headTensors(model)).toHaveLength(3);
});

test('borders of chunks depend on the file alone, and every tensor lies in its chunks', () => {
  const model = large();
  const whole = chunksOf(model, { layers: { first: 0, last: 3 } });
  const parts = [0, 1, 2].flatMap(first => chunksOf(model, { layers: { first, last: first + 1 } }));
  expect(whole).toEqual(parts);
  for (const { start, end } of whole) {
    expect(end - start).toBeGreaterThan(0);
    expect(end - start).toBeLessThanOrEqual(chunkBytesMax);
  }
  for (const tensor of model.tensors.values()) {
    const chunks = chunksOfTensor(model, tensor.name);
    expect(chunks[0]!.start).toBeLessThanOrEqual(tensor.offset);
    expect(chunks.at(-1)!.end).toBeGreaterThanOrEqual(tensor.offset + tensor.bytes);
    for (const [index, chunk] of chunks.slice(1).entries()) expect(chunk.start).toBe(chunks[index]!.end);
    for (const chunk of chunks) expect(whole).toContainEqual(chunk);
  }
});

/** Three layers of 20 and 5 MiB, the second of them in two places with something else between. */
function large(): Model {
  const tensors = new Map<string, TensorInfo>();
  let offset = 4096;
  const add = (name: string, bytes: number) => {
    tensors.set(name, { name, type: 'F32', shape: [bytes / 4], offset, bytes });
    offset += Math.ceil(bytes / 32) * 32;
  };
  for (let layer = 0; layer < 3; layer++) {
    add(`blk.${layer}.a`, 20 * MiB);
    if (layer === 1) offset += 1024;
    add(`blk.${layer}.b`, 5 * MiB + 4);
  }
  return { tensors, hyper: { layers: 3 } } as unknown as Model;
}
