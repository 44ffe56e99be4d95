import { openAsBlob } from 'node:fs';
import { expect, test } from 'vitest';
import {
  bytesSource,
  f32,
  text,
  tinyModel,
  u32,
  type Value,
  writeModel,
} from '../../tests/unit/model-maker.ts';
import { blobSource } from './blob-source.ts';
import { isSlidingLayer } from './model.ts';
import { openModel } from './open.ts';

const fixture = async (name: string) =>
  (await openModel(blobSource(await openAsBlob(`tests/fixtures/${name}.gguf`), name))).model.hyper;

const made = async (architecture: string, metadata: Record<string, Value>, layers = 1) => {
  const model = tinyModel(architecture, layers);
  return (
    await openModel(bytesSource(writeModel({ ...model, metadata: { ...model.metadata, ...metadata } })))
  ).model.hyper;
};

test('qwen3 with heads unlike width / heads', async () => {
  expect(await fixture('tiny-qwen3-f32')).toEqual({
    architecture: 'qwen3',
    layers: 3,
    width: 64,
    heads: 2,
    kvHeads: 1,
    keySize: 48,
    valueSize: 48,
    feedForward: 172,
    vocabulary: 448,
    context: 512,
    normEpsilon: expect.closeTo(1e-6, 12),
    rope: { pairs: 'halves', dimensions: 48, base: 1e6, baseLocal: 1e6, scale: 1 },
    activation: 'silu',
    attentionScale: 1 / Math.sqrt(48),
    embeddingScale: 1,
  });
});

test('llama rotates neighbours, also with rope_freqs', async () => {
  expect((await fixture('tiny-llama-q4_0')).rope).toEqual({
    pairs: 'interleaved',
    dimensions: 64,
    base: 1e4,
    baseLocal: 1e4,
    scale: 1,
  });
  expect((await fixture('tiny-llama3-f16')).rope).toMatchObject({ pairs: 'interleaved', base: 5e5 });
});

test('gemma3: scales, window, local base', async () => {
  const hyper = await fixture('tiny-gemma3-q8_0');
  expect(hyper).toMatchObject({
    activation: 'gelu',
    embeddingScale: Math.sqrt(128),
    attentionScale: 1 / 8,
    sliding: { window: 24, every: 6 },
    rope: { pairs: 'halves', base: 1e6, baseLocal: 1e4, scale: 1 },
  });
  expect(Array.from({ length: 7 }, (_, layer) => isSlidingLayer(hyper, layer))).toEqual([
    true,
    true,
    true,
    true,
    true,
    false,
    true,
  ]);
});

test('gemma3 27B scales by width / heads and not by the size of a head', async () => {
  expect((await made('gemma3', { 'gemma3.attention.key_length': u32(16) }, 62)).attentionScale).toBe(
    Math.sqrt(2 / 32),
  );
  const other = tinyModel('gemma3', 2);
  expect((await openModel(bytesSource(writeModel(other)))).model.hyper.attentionScale).toBe(1 / 4);
});

test('linear scaling of positions, by either key, and none', async () => {
  expect((await made('gemma3', { 'gemma3.rope.scaling.factor': f32(8) })).rope.scale).toBe(8);
  expect((await made('llama', { 'llama.rope.scale_linear': f32(4) })).rope.scale).toBe(4);
  const none = { 'llama.rope.scaling.type': text('none'), 'llama.rope.scaling.factor': f32(4) };
  expect((await made('llama', none)).rope.scale).toBe(1);
});

test('heads without a count of their own are all key heads', async () => {
  const model = tinyModel('llama');
  delete model.metadata['llama.attention.head_count_kv'];
  model.tensors['blk.0.attn_k.weight'] = { shape: [32, 32] };
  model.tensors['blk.0.attn_v.weight'] = { shape: [32, 32] };
  expect((await openModel(bytesSource(writeModel(model)))).model.hyper.kvHeads).toBe(2);
});
