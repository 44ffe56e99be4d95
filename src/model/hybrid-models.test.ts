/** What the headers of mixtures and of delta nets say, and what they must not say. */
import { openAsBlob } from 'node:fs';
import { expect, test } from 'vitest';
import {
  bytesSource,
  f32,
  flag,
  flags,
  ints,
  type MadeModel,
  text,
  tinyModel,
  u32,
  writeModel,
} from '../../tests/unit/model-maker.ts';
import { blobSource } from './blob-source.ts';
import { cacheBytes } from './cache-bytes.ts';
import { isRecurrentLayer } from './model.ts';
import { openModel } from './open.ts';
import { layerBytes, layerTensors } from './slice.ts';

const fixture = async (name: string) =>
  (await openModel(blobSource(await openAsBlob(`tests/fixtures/${name}.gguf`), name))).model;

const changed = async (architecture: string, change: (model: MadeModel) => unknown) => {
  const model = tinyModel(architecture, 4);
  change(model);
  return (await openModel(bytesSource(writeModel(model)))).model;
};

test('a mixture of experts', async () => {
  const { hyper } = await fixture('tiny-qwen3moe-q8_0');
  expect(hyper).toMatchObject({ feedForward: 64, experts: { count: 8, used: 3 }, keySize: 32 });
  expect(hyper.deltaNet).toBeUndefined();
});

test('experts without a width of their own share the width of the feed-forward', async () => {
  const { hyper } = await changed('qwen3moe', ({ metadata }) => {
    delete metadata['qwen3moe.expert_feed_forward_length'];
  });
  expect(hyper.feedForward).toBe(48 / 2);
});

test('delta nets with attention in every fourth layer', async () => {
  const model = await fixture('tiny-qwen35-q8_0');
  expect(model.hyper).toMatchObject({
    deltaNet: { every: 4, kernel: 4, keyHeads: 2, valueHeads: 4, headSize: 32 },
    gatedAttention: true,
    rope: { pairs: 'halves', dimensions: 32 },
    keySize: 64,
  });
  const layers = [0, 1, 2, 3];
  expect(layers.map(layer => isRecurrentLayer(model.hyper, layer))).toEqual([true, true, true, false]);
  for (const layer of layers) {
    const tensors = layerTensors(model, layer);
    expect(tensors).toHaveLength(layer === 3 ? 11 : 14);
    expect(layerBytes(model, layer)).toBe(tensors.reduce((sum, { bytes }) => sum + bytes, 0));
  }
  const caches = (positions: number) => layers.map(layer => cacheBytes(model.hyper, layer, positions));
  expect(caches(1000).slice(0, 3)).toEqual(caches(1).slice(0, 3));
  expect(caches(1000)[3]).toBe(1000 * caches(1)[3]!);
});

test('layers that draft are left out', async () => {
  const model = await changed('qwen35', ({ metadata, tensors }) => {
    metadata['qwen35.nextn_predict_layers'] = u32(1);
    tensors['blk.3.nextn.eh_proj.weight'] = { shape: [64, 32] };
  });
  expect(model.hyper.layers).toBe(3);
  expect([...model.tensors.keys()].filter(name => name.startsWith('blk.3.'))).toEqual([]);
});

test('a list of the recurrent layers is accepted where it says the same', async () => {
  const { hyper } = await changed('qwen35', ({ metadata }) => {
    metadata['qwen35.attention.recurrent_layers'] = flags([true, false, true, false]);
  });
  expect(hyper.deltaNet?.every).toBe(2);
});

type Fault = [what: string, kind: string, says: RegExp, change: (model: MadeModel) => unknown];

const mixtures: Fault[] = [
  [
    'no experts',
    'corrupt',
    /expert_count is missing/,
    ({ metadata }) => delete metadata['qwen3moe.expert_count'],
  ],
  [
    'one expert',
    'corrupt',
    /expert_count is 1/,
    ({ metadata }) => (metadata['qwen3moe.expert_count'] = u32(1)),
  ],
  [
    'more experts than the tensors have',
    'corrupt',
    /ffn_gate_inp\.weight is 32 x 4, not 32 x 8/,
    ({ metadata }) => (metadata['qwen3moe.expert_count'] = u32(8)),
  ],
  [
    'absurdly many experts',
    'corrupt',
    /expert_count is 4294967295/,
    ({ metadata }) => (metadata['qwen3moe.expert_count'] = u32(2 ** 32 - 1)),
  ],
  [
    'more experts used than there are',
    'corrupt',
    /expert_used_count is 5, not a whole number from 1 to 4/,
    ({ metadata }) => (metadata['qwen3moe.expert_used_count'] = u32(5)),
  ],
  [
    'no expert used',
    'corrupt',
    /expert_used_count is 0/,
    ({ metadata }) => (metadata['qwen3moe.expert_used_count'] = u32(0)),
  ],
  [
    'experts of another width',
    'corrupt',
    /ffn_gate_exps\.weight is 32 x 24 x 4, not 32 x 48 x 4/,
    ({ metadata }) => (metadata['qwen3moe.expert_feed_forward_length'] = u32(48)),
  ],
  [
    'experts as a plain matrix',
    'corrupt',
    /ffn_up_exps\.weight is 32 x 96, not/,
    ({ tensors }) => (tensors['blk.0.ffn_up_exps.weight'] = { shape: [32, 96] }),
  ],
  [
    'a shared expert',
    'unsupported',
    /ffn_up_shexp/,
    ({ tensors }) => (tensors['blk.0.ffn_up_shexp.weight'] = { shape: [32, 24] }),
  ],
  [
    'weights that are not renormalised',
    'unsupported',
    /renormalised/,
    ({ metadata }) => (metadata['qwen3moe.expert_weights_norm'] = flag(false)),
  ],
  [
    'a choice by sigmoid',
    'unsupported',
    /softmax/,
    ({ metadata }) => (metadata['qwen3moe.expert_gating_func'] = u32(2)),
  ],
  [
    'scaled weights',
    'unsupported',
    /Scaled expert weights/,
    ({ metadata }) => (metadata['qwen3moe.expert_weights_scale'] = f32(2.5)),
  ],
];

const deltaNets: Fault[] = [
  [
    'an interval of 0',
    'corrupt',
    /full_attention_interval is 0/,
    ({ metadata }) => (metadata['qwen35.full_attention_interval'] = u32(0)),
  ],
  [
    'another interval than the tensors have',
    'corrupt',
    /blk\.1\.\S+ is missing/,
    ({ metadata }) => (metadata['qwen35.full_attention_interval'] = u32(4)),
  ],
  [
    'a list of other layers',
    'unsupported',
    /recurrent_layers differs/,
    ({ metadata }) => (metadata['qwen35.attention.recurrent_layers'] = flags([true, true, true, false])),
  ],
  [
    'a list of too few layers',
    'unsupported',
    /recurrent_layers differs/,
    ({ metadata }) => (metadata['qwen35.attention.recurrent_layers'] = flags([true])),
  ],
  [
    'no convolution',
    'corrupt',
    /conv_kernel is 1/,
    ({ metadata }) => (metadata['qwen35.ssm.conv_kernel'] = u32(1)),
  ],
  [
    'an absurd convolution',
    'corrupt',
    /conv_kernel is 1000000/,
    ({ metadata }) => (metadata['qwen35.ssm.conv_kernel'] = u32(1_000_000)),
  ],
  [
    'an absurd state',
    'corrupt',
    /state_size is 4294967295/,
    ({ metadata }) => (metadata['qwen35.ssm.state_size'] = u32(2 ** 32 - 1)),
  ],
  [
    'a state that no device holds',
    'unsupported',
    /A state of 1024 heads of 1024 x 1024/,
    ({ metadata }) =>
      Object.assign(metadata, {
        'qwen35.ssm.state_size': u32(1024),
        'qwen35.ssm.time_step_rank': u32(1024),
        'qwen35.ssm.inner_size': u32(1024 * 1024),
      }),
  ],
  [
    'value heads that do not divide',
    'corrupt',
    /2 value heads cannot share 3 key heads/,
    ({ metadata }) => (metadata['qwen35.ssm.group_count'] = u32(3)),
  ],
  [
    'no value heads',
    'corrupt',
    /time_step_rank is 0/,
    ({ metadata }) => (metadata['qwen35.ssm.time_step_rank'] = u32(0)),
  ],
  [
    'values of another size than keys',
    'corrupt',
    /inner_size is 32, but 2 heads of 8 are not/,
    ({ metadata }) => (metadata['qwen35.ssm.inner_size'] = u32(32)),
  ],
  [
    'heads of another size in attention',
    'unsupported',
    /keys of 16 and values of 8/,
    ({ metadata }) => (metadata['qwen35.attention.value_length'] = u32(8)),
  ],
  [
    'sections that leave a pair',
    'unsupported',
    /dimension_sections/,
    ({ metadata }) => (metadata['qwen35.rope.dimension_sections'] = ints([1, 1, 1, 1])),
  ],
  [
    'sections of more pairs',
    'unsupported',
    /dimension_sections/,
    ({ metadata }) => (metadata['qwen35.rope.dimension_sections'] = ints([2 ** 31, 2 ** 31, 0, 0])),
  ],
  [
    'a rotation of an odd part',
    'corrupt',
    /7 rotated values/,
    ({ metadata }) => (metadata['qwen35.rope.dimension_count'] = u32(7)),
  ],
  [
    'only layers that draft',
    'corrupt',
    /nextn_predict_layers is 4/,
    ({ metadata }) => (metadata['qwen35.nextn_predict_layers'] = u32(4)),
  ],
  [
    'a convolution of another shape',
    'corrupt',
    /ssm_conv1d\.weight is 4 x 16, not 4 x 32/,
    ({ tensors }) => (tensors['blk.0.ssm_conv1d.weight'] = { shape: [4, 16] }),
  ],
  [
    'experts',
    'unsupported',
    /Mixtures of experts .* qwen35/,
    ({ metadata }) => (metadata['qwen35.expert_count'] = u32(4)),
  ],
  [
    'an interval as text',
    'corrupt',
    /interval/,
    ({ metadata }) => (metadata['qwen35.full_attention_interval'] = text('4')),
  ],
];

test.each([
  ...mixtures.map(fault => ['qwen3moe', ...fault] as const),
  ...deltaNets.map(fault => ['qwen35', ...fault] as const),
])('%s: %s is %s', async (architecture, _, kind, says, change) => {
  const error = await changed(architecture, change).catch(error => error);
  expect(error).toMatchObject({ name: 'TabmeshError', kind, origin: 'model' });
  expect(error.message).toMatch(says);
});

test.each(['qwen3moe', 'qwen35'])('%s as it should be is opened', async architecture => {
  expect((await changed(architecture, () => {})).hyper).toMatchObject({ architecture, layers: 4 });
});
