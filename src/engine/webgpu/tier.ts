/** What kernels use beyond portable WGSL, where a device has it and where it was measured to pay (choose-tier.ts). */
export interface Tier {
  /** Threads add up over their subgroup, without workgroup memory. Needs subgroups. */
  readonly subgroups: boolean;
  /** Tiles of prompts in f16: half the workgroup memory. Sums stay f32. Needs shader-f16. */
  readonly halves: boolean;
  /**
   * Prompts in integers, where the weights are: an activation is two bytes. Needs WGSL's
   * packed_4x8_integer_dot_product, which no adapter names: where it is missing, kernels do not compile.
   */
  readonly bytes: boolean;
}

export type TierPart = keyof Tier;

/** What runs on every device. */
export const portable: Tier = { subgroups: false, halves: false, bytes: false };

const names = { subgroups: 'subgroups', halves: 'f16', bytes: 'int8' } as const;
const parts = Object.keys(names) as TierPart[];

/** All that the device may run. */
export const offeredTier = ({ features }: Pick<GPUAdapter, 'features'>): Tier => ({
  subgroups: features.has('subgroups'),
  halves: features.has('shader-f16'),
  bytes: true,
});

/** What a device has to be asked for. */
export const tierFeatures = ({ subgroups, halves }: Tier): GPUFeatureName[] => [
  ...(subgroups ? (['subgroups'] as const) : []),
  ...(halves ? (['shader-f16'] as const) : []),
];

export const isOffered = (tier: Tier, offered: Tier): boolean =>
  parts.every(part => !tier[part] || offered[part]);

/** For people and bug reports: ", subgroups and f16", or nothing. */
export function tierSuffix(tier: Tier): string {
  const used = parts.filter(part => tier[part]).map(part => names[part]);
  return used.length > 0 ? `, ${used.join(' and ')}` : '';
}
