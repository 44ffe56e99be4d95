/**
 * The kernels that a device may choose, forced. Chromium's software adapter has subgroups and no shader-f16: tiles in f16 are
 * compiled by src/engine/webgpu/kernels.test.ts and computed nowhere without a GPU.
 */
import { type Case, engineContractCases, same } from '../../src/engine/engine-contract-cases.ts';
import { chooseTier } from '../../src/engine/webgpu/choose-tier.ts';
import { offeredTier, portable, type Tier } from '../../src/engine/webgpu/tier.ts';
import { createWebGpuEngine } from '../../src/engine/webgpu/webgpu-engine.ts';
import { type GoldenFiles, goldenCases } from '../goldens/golden-cases.ts';
import { type WebGpuSurroundings, withGpu } from './around.ts';

/** Mixed types, norms in front, gates, one row and many. */
const goldens = ['tiny-qwen3-q4_k_m', 'tiny-gemma3-q8_0', 'tiny-llama-q5_0'] as const;
/** What goes through other kernels, or in another order, than a session alone; experts and delta nets have one kernel each. */
const contract = /^(?!qwen3moe|qwen35).*(stages in a chain|share a pass|one by one|on trial|the head embeds)/;
/** f16 puts one row, which needs no tile, as far from many as it puts both from `exact`. */
const tolerances = { halves: 0.1, subgroups: 2e-5 } as const;

export async function tierCases(around: WebGpuSurroundings, files: GoldenFiles): Promise<Case[]> {
  const { shaders, kept } = around;
  const offered = offeredTier(await kept);
  const forced = (['subgroups', 'halves'] as const)
    .filter(part => offered[part])
    .flatMap(part => {
      const tier: Tier = { ...portable, [part]: true };
      const create = async () => createWebGpuEngine({ adapter: await kept, shaders, tier });
      return [
        ...engineContractCases(create, tolerances[part]).filter(({ name }) => contract.test(name)),
        ...goldenCases(create, files, goldens),
      ].map(({ name, run }) => ({ name: `${part}: ${name}`, run }));
    });
  return [
    ...forced,
    {
      name: 'kernels that give something else than the portable ones are not chosen',
      run: () =>
        withGpu({ ...around, adapter: () => kept }, async gpu => {
          const broken = { ...shaders, 'join-subgroup': shaders['join-alone']!.replace(/const.*/, '') };
          const { tier, multiplicationsPerSecond } = await chooseTier(gpu, broken);
          same(tier.subgroups, false, 'whether subgroups that do not add up are used');
          same(multiplicationsPerSecond! > 0, true, `a rate, ${multiplicationsPerSecond}`);
        }),
    },
  ];
}
