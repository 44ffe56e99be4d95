import * as v from 'valibot';
import { tierMs } from '../../base/limits.ts';
import { untilAborted } from '../../base/until-aborted.ts';
import type { Store } from '../../store/store.ts';
import { chooseTier, type TierChoice } from './choose-tier.ts';
import type { Gpu } from './gpu.ts';
import type { Shaders } from './kernels.ts';
import { isOffered, portable } from './tier.ts';

/** Where choices outlast the page or the process. */
export type TierStore = Pick<Store, 'get' | 'put'>;

/** Raise it when kernels change: every device is measured anew then. A new browser or driver package does the same. */
const kernelsVersion = 2;
const keyCharactersMax = 512;

const choiceSchema = v.object({
  tier: v.object({ subgroups: v.boolean(), halves: v.boolean(), bytes: v.boolean() }),
  multiplicationsPerSecond: v.optional(v.pipe(v.number(), v.minValue(1))),
});

/**
 * The kernels for this adapter, as they were chosen at an earlier start or else by measuring now. Portable ones where that
 * fails or takes longer than `tierMs`. Throws TabmeshError('lost', 'engine') where the device does not survive it.
 */
export async function tierFor(
  gpu: Gpu,
  { vendor, architecture, device, description }: GPUAdapterInfo,
  shaders: Shaders,
  openStore: (() => Promise<TierStore>) | undefined,
): Promise<TierChoice> {
  const signal = AbortSignal.timeout(tierMs);
  // A store that fails or hangs costs no more than the next measuring.
  const quietly = <T>(work: Promise<T> | undefined) =>
    untilAborted(Promise.resolve(work), signal).catch(() => undefined);
  const parts = [kernelsVersion, vendor, architecture, device, description, navigator.userAgent];
  const key = `gpu/${parts.join('/')}`.slice(0, keyCharactersMax);
  const store = await quietly(openStore?.());
  const known = parse(await quietly(store?.get('settings', key)));
  if (known && isOffered(known.tier, gpu.offered)) return known;
  const keep = (choice: TierChoice) =>
    quietly(store?.put('settings', key, new TextEncoder().encode(JSON.stringify(choice))));
  const careful = { tier: portable };
  // First of all, so that a driver which dies of the measuring is not asked a second time.
  await keep(careful);
  try {
    const choice = await untilAborted(chooseTier(gpu, shaders), signal);
    await keep(choice);
    return choice;
  } catch {
    gpu.assertAlive();
    return careful;
  }
}

function parse(bytes: Uint8Array | undefined): TierChoice | undefined {
  if (!bytes) return undefined;
  try {
    return v.parse(choiceSchema, JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return undefined;
  }
}
