import { readdirSync, readFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { create, globals } from 'webgpu';
import { must } from '../../base/assert.ts';
import { createMemoryStore } from '../../store/memory-store.ts';
import { Gpu } from './gpu.ts';
import { portable } from './tier.ts';
import { tierFor } from './tier-memory.ts';

const folder = new URL('../../../shaders/', import.meta.url);
const shaders = Object.fromEntries(
  readdirSync(folder).map(name => [name.replace('.wgsl', ''), readFileSync(new URL(name, folder), 'utf8')]),
);

Object.assign(globalThis, globals);
/** Dawn without a device behind it: it compiles, and answers zeros. Dawn crashes the process when this is collected. */
const dawn = create(['backend=null']);

let gpu: Gpu;
let info: GPUAdapterInfo;
/** Pipelines that were compiled. */
let compiled = 0;

beforeEach(async () => {
  const adapter = must(await dawn.requestAdapter());
  info = adapter.info;
  gpu = await Gpu.request(adapter);
  compiled = 0;
  const compile = gpu.device.createComputePipelineAsync.bind(gpu.device);
  gpu.device.createComputePipelineAsync = descriptor => {
    compiled++;
    return compile(descriptor);
  };
});

test('what was chosen at one start is taken at the next', async () => {
  const store = createMemoryStore();
  const first = await tierFor(gpu, info, shaders, async () => store);
  expect(first.multiplicationsPerSecond).toBeGreaterThan(0);
  expect(compiled).toBeGreaterThan(0);
  compiled = 0;
  expect(await tierFor(gpu, info, shaders, async () => store)).toEqual(first);
  expect(compiled).toBe(0);
  await tierFor(gpu, { ...info, description: 'another' } as GPUAdapterInfo, shaders, async () => store);
  expect(compiled).toBeGreaterThan(0);
});

test('while it is measured, portable kernels are remembered', async () => {
  const store = createMemoryStore();
  const choosing = tierFor(gpu, info, shaders, async () => store);
  const dead = expect(choosing).rejects.toMatchObject({ kind: 'lost' });
  while ((await store.keys('settings')).length === 0) await new Promise(resolve => setTimeout(resolve, 1));
  gpu.device.destroy();
  await dead;
  const [key] = await store.keys('settings');
  expect(JSON.parse(new TextDecoder().decode(await store.get('settings', key!)))).toEqual({ tier: portable });
});

test('what lies in the store is measured anew where it is garbage or more than the device offers', async () => {
  const store = createMemoryStore();
  await tierFor(gpu, info, shaders, async () => store);
  const [key] = await store.keys('settings');
  for (const garbage of ['', 'null', '{"tier":{}}', '{"tier":{"subgroups":1,"halves":true,"bytes":true}}']) {
    compiled = 0;
    await store.put('settings', key!, new TextEncoder().encode(garbage));
    await tierFor(gpu, info, shaders, async () => store);
    expect(compiled).toBeGreaterThan(0);
  }
  const more = { tier: { subgroups: true, halves: true, bytes: false }, multiplicationsPerSecond: 1e9 };
  await store.put('settings', key!, new TextEncoder().encode(JSON.stringify(more)));
  const adapter = must(await dawn.requestAdapter());
  const bare = {
    limits: adapter.limits,
    features: new Set(),
    requestDevice: adapter.requestDevice.bind(adapter),
  };
  const poor = await Gpu.request(bare as unknown as GPUAdapter);
  expect((await tierFor(poor, info, shaders, async () => store)).tier).toMatchObject({
    subgroups: false,
    halves: false,
  });
});

test('a store that fails, or kernels that do not compile, leave portable kernels or a measured choice', async () => {
  const failing = () => Promise.reject(new Error('no store'));
  expect((await tierFor(gpu, info, shaders, failing)).multiplicationsPerSecond).toBeGreaterThan(0);
  const broken = {
    ...shaders,
    'join-subgroup': 'nonsense',
    'keep-half': 'nonsense',
    'fill-bytes': 'nonsense',
  };
  expect((await tierFor(gpu, info, broken, undefined)).tier).toEqual(portable);
  expect(await tierFor(gpu, info, { ...shaders, projection: 'nonsense' }, undefined)).toEqual({
    tier: portable,
  });
});
