import type { PeerId } from '../base/brand.ts';
import type { Member } from '../pod/member.ts';
import type { Plan } from '../pod/plan.ts';
import type { Hop, PodModel } from '../pod/pod.ts';
import type { StripPart } from './strip.ts';

/** Whoever has just left is still in the plan for a moment. */
export interface Crew {
  readonly members: readonly Member[];
  nameOf(peer: PeerId): string;
}

export const isLoaded = (member: Member | undefined, model: string, first: number, last: number): boolean =>
  member?.holds.some(
    held => held.model === model && held.layers.first <= first && last <= held.layers.last,
  ) ?? false;

/** A model's plan as a strip; parts whose member has not loaded them are marked so. */
export const planParts = (model: PodModel | undefined, crew: Crew): StripPart[] =>
  partsOf(model?.plan?.assignments ?? [], crew, model?.id);

/** The copies of what others hold, in the same way. */
export const copyParts = (plan: Plan | undefined, model: string | undefined, crew: Crew): StripPart[] =>
  partsOf(plan?.standbys ?? [], crew, model);

/** Without a `model` all count as loaded: nothing is, but none is waited for. */
export const partsOf = (
  ranges: readonly { peer: PeerId; first: number; last: number }[],
  crew: Crew,
  model?: string,
): StripPart[] =>
  ranges.map(({ peer, first, last }) => {
    const member = crew.members.find(({ id }) => id === peer);
    const loaded = model === undefined || isLoaded(member, model, first, last);
    return { peer, name: crew.nameOf(peer), first, last, loaded };
  });

/** Neighbouring hops of one peer are one: a chain may be put together of what was held before. */
export function mergeHops(hops: readonly Hop[]): Hop[] {
  const merged: Hop[] = [];
  for (const hop of hops) {
    const before = merged.at(-1);
    if (before?.peer === hop.peer && before.last === hop.first)
      merged[merged.length - 1] = { ...before, last: hop.last };
    else merged.push(hop);
  }
  return merged;
}

export const hopParts = (hops: readonly Hop[]): StripPart[] =>
  hops.map(({ peer, name, first, last }) => ({ peer, name, first, last, loaded: true }));

/** What a member holds of each model, in layer order; while layers move it holds some of them twice. */
export function mergeHolds({
  holds,
}: Pick<Member, 'holds'>): { model: string; first: number; last: number }[] {
  const merged: { model: string; first: number; last: number }[] = [];
  for (const { model, layers } of [...holds].sort((a, b) => a.layers.first - b.layers.first)) {
    const before = merged.findLast(range => range.model === model);
    if (before && layers.first <= before.last) before.last = Math.max(before.last, layers.last);
    else merged.push({ model, first: layers.first, last: layers.last });
  }
  return merged;
}
