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

/** What fails comes first; then bytes where somebody loads, else how many of the layers are held by now. */
export function loadStep(model: Model, state: PodState): Step {
  const { members, self } = state;
  const nameOf = ({ id, name }: { id: PeerId; name: string }) => (id === self ? 'this peer' : name);
  const total = model.hyper.layers;
  const held = members.flatMap(({ holds }) =>
    holds.filter(each => each.model === model.id).map(each => each.layers),
  );
  const done = covered(total, held);
  const plan = state.models.find(each => each.id === model.id)?.plan;
  for (const member of members) {
    const problem = member.problems?.find(each => each.model === model.id);
    if (!problem || !plan?.assignments.some(each => each.peer === member.id)) continue;
    const text = capital(`${nameOf(member)} fails to load its layers and tries again. ${problem.reason}`);
    return { name: 'load', text, done, total, unit: 'layers' };
  }
  const loading = members.flatMap(member =>
    member.loading?.model === model.id ? [{ name: nameOf(member), ...member.loading }] : [],
  );
  if (loading.length > 0) {
    const names = new Intl.ListFormat('en').format(loading.map(each => each.name));
    const verb = loading.length === 1 ? 'loads its' : 'load their';
    const text = capital(`${names} ${verb} layers of ${model.name}`);
    const bytes = loading.reduce((sum, each) => sum + each.bytes, 0);
    const totalBytes = loading.reduce((sum, each) => sum + each.totalBytes, 0);
    return { name: 'load', text, done: bytes, total: totalBytes, unit: 'bytes' };
  }
  return { name: 'load', text: `Waiting for the layers of ${model.name}`, done, total, unit: 'layers' };
}

/** How a peer was lost to an answer, as its requester saw it. */
export interface Failed {
  readonly failure: ErrorRecord;
  readonly culprit: PeerId | undefined;
  /** The culprit said so itself: it is still there. */
  readonly confessed: boolean;
}

/** Nobody holds the layers of the lost peer yet. */
export function takeoverStep(lost: Failed, self: PeerId): Step {
  const { kind, reason } = lost.failure;
  if (lost.culprit === self && kind === 'lost') {
    const text = `${reason} Your answer goes on as soon as its layers are loaded again.`;
    return { name: 'takeover', text, cause: reason };
  }
  const cause = causeOf(lost, self);
  return { name: 'takeover', text: `${cause} Its layers are being taken over; your answer goes on.`, cause };
}

/** A standby has the layers of the lost peer. */
export function takenStep({ lost, by }: { lost: Failed; by: PeerId }, self: PeerId): Step {
  const cause = causeOf(lost, self);
  const who = by === self ? 'This peer' : peerName(by);
  return { name: 'takeover', text: `${cause} ${who} takes over its layers; your answer goes on.`, cause };
}

function causeOf({ failure: { kind, reason }, culprit, confessed }: Failed, self: PeerId): string {
  const who = culprit === self ? 'This peer' : culprit ? peerName(culprit) : 'A peer';
  const gone = culprit !== self && !confessed && (kind === 'lost' || kind === 'unavailable');
  return gone ? `${who} left.` : `${who} cannot go on: ${reason}`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function covered(total: number, ranges: readonly LayerRange[]): number {
  let count = 0;
  for (let layer = 0; layer < total; layer++) {
    if (ranges.some(({ first, last }) => first <= layer && layer < last)) count += 1;
  }
  return count;
}
