/** What kernels use beyond portable WGSL, where a device has it and where it was measured to pay (choose-tier.ts). */
export interface Tier {
  /** Tiles of prompts in f16: half the workgroup memory. Sums stay f32. Needs shader-f16. */
  readonly halves: boolean;
  /** Threads add up over their subgroup, without workgroup memory. Needs subgroups. */
  readonly subgroups: boolean;
}

/** What runs on every device. */
export const portable: Tier = { halves: false, subgroups: false };

const features = { halves: 'shader-f16', subgroups: 'subgroups' } as const;
const names = { halves: 'f16', subgroups: 'subgroups' } as const;
const parts = ['halves', 'subgroups'] as const;

/** All that the device could run; also what a device has to be asked for. */
export const offeredTier = ({ features: has }: Pick<GPUAdapter, 'features'>): Tier => ({
  halves: has.has(features.halves),
  subgroups: has.has(features.subgroups),
});

export const tierFeatures = (tier: Tier): GPUFeatureName[] =>
  parts.filter(part => tier[part]).map(part => features[part]);

/** For people and bug reports: ", f16 and subgroups", or nothing. */
export function tierSuffix(tier: Tier): string {
  const used = parts.filter(part => tier[part]).map(part => names[part]);
  return used.length > 0 ? `, ${used.join(' and ')}` : '';
}
