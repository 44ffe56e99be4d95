/**
 * The kernels that a device may choose, forced. Chromium's software adapter has subgroups and packed integers and no
 * shader-f16: tiles in f16 are compiled by src/engine/webgpu/kernels.test.ts, and computed nowhere without a GPU.
 */
import type { Engine } from '../../src/engine/engine.ts';
import { type Case, engineContractCases, same } from '../../src/engine/engine-contract-cases.ts';
import { chooseTier } from '../../src/engine/webgpu/choose-tier.ts';
import { Kernels } from '../../src/engine/webgpu/kernels.ts';
import { offeredTier, portable, type TierPart } from '../../src/engine/webgpu/tier.ts';
import { createWebGpuEngine } from '../../src/engine/webgpu/webgpu-engine.ts';
import { tensorTypes } from '../../src/model/model.ts';
import { type GoldenFiles, goldenCases } from '../goldens/golden-cases.ts';
import { type WebGpuSurroundings, withGpu } from './around.ts';
import { decodes } from './webgpu-cases.ts';

/** What goes through other kernels, or in another order, than a session alone; experts and delta nets have one kernel each. */
const contract = /^(?!qwen3moe|qwen35).*(stages in a chain|share a pass|one by one|on trial|the head embeds)/;

export async function tierCases(around: WebGpuSurroundings, files: GoldenFiles): Promise<Case[]> {
  const { shaders, kept } = around;
  const shared = { ...around, adapter: () => kept };
  const offered = offeredTier(await kept);
  const forced = (part: TierPart, make: (create: () => Promise<Engine>) => Case[]): Case[] => {
    if (!offered[part]) return [];
    const tier = { ...portable, [part]: true };
    const create = async () =>
      createWebGpuEngine({ adapter: await kept, shaders, tier, stepsAwaitKernels: true });
    return make(create).map(({ name, run }) => ({ name: `${part}: ${name}`, run }));
  };
  return [
    ...forced('subgroups', create => [
      ...engineContractCases(create, 2e-5).filter(({ name }) => contract.test(name)),
      // Mixed types, norms in front, gates, one row and many.
      ...goldenCases(create, files, ['tiny-qwen3-q4_k_m', 'tiny-gemma3-q8_0', 'tiny-llama-q5_0']),
    ]),
    // f16 puts one row, which needs no tile, as far from many as it puts both from `exact`.
    ...forced('halves', create => [
      ...engineContractCases(create, 0.1).filter(({ name }) => contract.test(name)),
      ...goldenCases(create, files, ['tiny-qwen3-q4_k_m', 'tiny-gemma3-q8_0', 'tiny-qwen3-f32']),
    ]),
    ...forced('bytes', create => [
      ...tensorTypes
        .filter(type => type.startsWith('Q'))
        .map(type => ({
          name: `${type}: the kernel for many rows decodes every weight`,
          run: () =>
            withGpu(shared, gpu =>
              decodes(
                gpu,
                new Kernels(gpu.device, shaders, { ...portable, bytes: true }),
                type,
                around,
                1e-5,
              ),
            ),
        })),
      ...goldenCases(create, files, [
        'tiny-qwen3-q4_k_m',
        'tiny-qwen3-q5_k',
        'tiny-gemma3-q8_0',
        'tiny-qwen3moe-q8_0',
      ]),
    ]),
    {
      name: 'kernels that give something else than the portable ones are not chosen',
      run: () =>
        withGpu(shared, async gpu => {
          const broken = {
            ...shaders,
            'join-subgroup': shaders['join-alone']!.replace(/const.*/, ''),
            'fill-bytes': shaders['fill-bytes']!.replace(/bytes_0\(.*\)/, '0u'),
          };
          const { tier, multiplicationsPerSecond } = await chooseTier(gpu, broken);
          same(tier.subgroups, false, 'whether subgroups that do not add up are used');
          same(tier.bytes, false, 'whether integers that are none of the weights are used');
          same(multiplicationsPerSecond! > 0, true, `a rate, ${multiplicationsPerSecond}`);
        }),
    },
  ];
}
