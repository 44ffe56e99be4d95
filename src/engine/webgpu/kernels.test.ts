import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { create, globals } from 'webgpu';
import { must } from '../../base/assert.ts';
import { tensorTypes } from '../../model/model.ts';
import { Kernels } from './kernels.ts';
import type { ProjectionKind } from './projection-source.ts';
import { portable, type Tier, type TierPart } from './tier.ts';

const folder = new URL('../../../shaders/', import.meta.url);
const shaders = Object.fromEntries(
  readdirSync(folder).map(name => [name.replace('.wgsl', ''), readFileSync(new URL(name, folder), 'utf8')]),
);

/** Dawn without a device behind it: it offers every feature and compiles, but computes nothing. */
let gpu: GPU;
let device: GPUDevice;

beforeAll(async () => {
  Object.assign(globalThis, globals);
  gpu = create(['backend=null']);
  const adapter = must(await gpu.requestAdapter());
  device = await adapter.requestDevice({ requiredFeatures: ['shader-f16', 'subgroups'] });
});

afterAll(() => {
  device.destroy();
  // Dawn crashes the process when this is collected before its end.
  expect(gpu).toBeDefined();
});

const parts: TierPart[] = ['subgroups', 'halves', 'bytes'];
const tiers: readonly Tier[] = [portable, ...parts.map(part => ({ ...portable, [part]: true }))];

test.each(tiers)('the kernels of %o are valid for every type of weights', async tier => {
  const kernels = new Kernels(device, shaders, tier);
  const kinds: ProjectionKind[] = [
    ...tensorTypes.map(type => ({ types: [type], normed: false, lanes: 64 })),
    { types: ['Q4_K', 'Q8_0'], normed: true, gated: 'silu', lanes: 16 },
    { types: ['Q4_K', 'F16', 'Q6_K'], normed: true, lanes: 32 },
  ];
  const grouped = { types: ['Q4_K', 'Q6_K'], normed: true, gated: 'silu', lanes: 64, grouped: true } as const;
  expect((await kernels.projection(grouped, 'many')).pipeline).toBeDefined();
  for (const kind of kinds)
    for (const tile of [8, 'many'] as const)
      expect((await kernels.projection(kind, tile)).pipeline).toBeDefined();
});

test('a kernel that is not valid is named', async () => {
  const broken = new Kernels(device, { ...shaders, 'keep-half': 'nonsense' }, { ...portable, halves: true });
  const kind = { types: ['F32'], normed: false, lanes: 1 } as const;
  await expect(broken.projection(kind, 'many')).rejects.toMatchObject({ kind: 'unsupported' });
});
