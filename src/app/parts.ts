import type { PeerId } from '../base/brand.ts';
import type { Member } from '../pod/member.ts';
import type { Hop, PodModel } from '../pod/pod.ts';
import type { StripPart } from './strip.ts';

export const isLoaded = (member: Member | undefined, model: string, first: number, last: number): boolean =>
  member?.holds.some(
    held => held.model === model && held.layers.first <= first && last <= held.layers.last,
  ) ?? false;

/** A model's plan as a strip; parts whose member has not loaded them are marked so. */
export function planParts(model: PodModel | undefined, members: readonly Member[]): StripPart[] {
  return (model?.plan?.assignments ?? []).map(({ peer, first, last }) => {
    const member = members.find(({ id }) => id === peer);
    return {
      peer,
      name: nameOf(peer, members),
      first,
      last,
      loaded: isLoaded(member, model!.id, first, last),
    };
  });
}

export const hopParts = (hops: readonly Hop[]): StripPart[] =>
  hops.map(({ peer, name, first, last }) => ({ peer, name, first, last, loaded: true }));

/** A peer that has just left is still in the plan for a moment: the end of its id stands for its name. */
export const nameOf = (peer: PeerId, members: readonly Member[]): string =>
  members.find(({ id }) => id === peer)?.name ?? peer.slice(-6);
