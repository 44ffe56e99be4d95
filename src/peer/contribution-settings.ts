/** How much a person lends, and when not. */
import * as v from 'valibot';
import { TabmeshError } from '../base/error.ts';
import { givingShareMin, lentBytesMax } from '../base/limits.ts';
import type { Store } from '../store/store.ts';

const hour = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(23));

const settings = v.strictObject({
  /** Of the device's time, for what others ask: see GivingLimits. */
  computeShare: v.pipe(v.number(), v.minValue(givingShareMin), v.maxValue(1)),
  /** For layers and caches; of all tabs of the browser together. */
  memoryBytes: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(lentBytesMax)),
  /** Of the disk, all models together: layers beyond it are fetched anew after a reload; no limit where missing. */
  diskBytes: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  /** Of chunks of models, a second; no limit where missing. */
  uploadBytesPerSecond: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  /** Also on battery, over a metered network, beside busy programs, while its person types, and while an answer of its own runs. */
  always: v.boolean(),
  /** See LendingHours; at any hour where missing. */
  hours: v.optional(v.strictObject({ from: hour, to: hour })),
});
export type ContributionSettings = Readonly<v.InferOutput<typeof settings>>;
/** What is to be otherwise; undefined takes a limit away. */
export type ContributionChange = {
  readonly [K in keyof ContributionSettings]?: ContributionSettings[K] | undefined;
};

export const presets = {
  gentle: { computeShare: 0.3, memoryBytes: 5e8, diskBytes: 2e9, uploadBytesPerSecond: 1e6, always: false },
  balanced: {
    computeShare: 0.6,
    memoryBytes: 2e9,
    diskBytes: 10e9,
    uploadBytesPerSecond: 5e6,
    always: false,
  },
  full: { computeShare: 1, memoryBytes: 4e9, always: true },
} as const satisfies Record<string, ContributionSettings>;
export type Preset = keyof typeof presets;

const key = 'contribution';

/** What was kept; undefined where nothing was, or nothing that can be read. */
export async function keptContribution(store: Store): Promise<ContributionSettings | undefined> {
  const bytes = await store.get('settings', key);
  if (!bytes) return undefined;
  try {
    return v.parse(settings, JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return undefined;
  }
}

/** Throws TabmeshError('invalid') for what it would not read again. */
export function changedContribution(
  from: ContributionSettings,
  change: ContributionChange,
): ContributionSettings {
  // JSON leaves out what has no limit.
  const read = v.safeParse(settings, JSON.parse(JSON.stringify({ ...from, ...change })));
  if (read.success) return read.output;
  throw new TabmeshError('invalid', 'peer', `That cannot be lent (${read.issues[0].message}).`);
}

export async function keepContribution(store: Store, wanted: ContributionSettings): Promise<void> {
  await store.put('settings', key, new TextEncoder().encode(JSON.stringify(wanted)));
}
