/** What a wait looks like to people. */
import type { PeerId } from '../base/brand.ts';
import type { ErrorRecord } from '../base/error.ts';
import type { LayerRange, Model } from '../model/model.ts';
import { peerName } from '../network/peer-name.ts';
import type { ChainHop } from './chain.ts';
import type { Hop, PodState, Step } from './pod.ts';

export function routeOf(chain: readonly ChainHop[], { members }: PodState): Hop[] {
  return chain.map(({ peer, first, last }) => {
    const device = members.find(member => member.id === peer)?.device.name ?? 'unknown device';
    return { peer, name: peerName(peer), device, first, last };
  });
}

/** Undefined where nobody has to be called. */
export function peersStep(chain: readonly ChainHop[], self: PeerId): Step | undefined {
  const others = [...new Set(chain.map(hop => hop.peer))].filter(peer => peer !== self);
  return others.length > 0
    ? { name: 'peers', text: `Calling ${others.map(peerName).join(', ')}` }
    : undefined;
}

/** Bytes where somebody loads, else how many of the layers are held by now. */
export function loadStep(model: Model, { members }: PodState, failure: ErrorRecord | undefined): Step {
  const loading = members.flatMap(({ name, loading }) =>
    loading?.model === model.id ? [{ name, ...loading }] : [],
  );
  if (loading.length > 0) {
    const done = loading.reduce((sum, each) => sum + each.bytes, 0);
    const total = loading.reduce((sum, each) => sum + each.totalBytes, 0);
    const names = loading.map(each => each.name).join(', ');
    const text = `${names} ${loading.length === 1 ? 'loads its' : 'load their'} layers of ${model.name}`;
    return { name: 'load', text, done, total, unit: 'bytes' };
  }
  const total = model.hyper.layers;
  const ranges = members.flatMap(({ holds }) =>
    holds.filter(each => each.model === model.id).map(each => each.layers),
  );
  const text = failure
    ? `Loading failed and is tried again. ${failure.reason}`
    : `Waiting for the layers of ${model.name}`;
  return { name: 'load', text, done: covered(total, ranges), total, unit: 'layers' };
}

export function takeoverStep(failure: ErrorRecord, culprit: PeerId | undefined, produced: number): Step {
  const who = culprit ? `${peerName(culprit)} dropped out` : 'A stage dropped out';
  const kept = produced === 1 ? '1 token is' : `${produced} tokens are`;
  return { name: 'takeover', text: `${who}: ${failure.reason} ${kept} kept and others go on.` };
}

function covered(total: number, ranges: readonly LayerRange[]): number {
  let count = 0;
  for (let layer = 0; layer < total; layer++) {
    if (ranges.some(({ first, last }) => first <= layer && layer < last)) count += 1;
  }
  return count;
}
