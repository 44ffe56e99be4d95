import type { ModelId, PeerId } from '../base/brand.ts';
import type { LayerRange } from '../model/model.ts';
import type { Member } from './member.ts';
import type { Plan } from './plan.ts';

export interface ChainHop extends LayerRange {
  readonly peer: PeerId;
}

/**
 * The hops of one answer: the plan's, where its peers hold what it gives them; else any cover of all the layers by what
 * is held; else undefined. Peers in `avoid` failed this answer before and come last.
 */
export function chooseChain(
  model: ModelId,
  layers: number,
  plan: Plan | undefined,
  members: readonly Member[],
  avoid: ReadonlySet<PeerId> = new Set(),
): ChainHop[] | undefined {
  const held = members.flatMap(member =>
    member.holds
      .filter(each => each.model === model && each.layers.last <= layers)
      .map(({ layers: { first, last } }) => ({ peer: member.id, first, last })),
  );
  const trusted = held.filter(each => !avoid.has(each.peer));
  return planned(plan, trusted) ?? cover(layers, trusted) ?? planned(plan, held) ?? cover(layers, held);
}

function planned(plan: Plan | undefined, held: readonly ChainHop[]): ChainHop[] | undefined {
  const ready = plan?.assignments.every(({ peer, first, last }) =>
    held.some(each => each.peer === peer && each.first <= first && last <= each.last),
  );
  return ready ? plan?.assignments.map(({ peer, first, last }) => ({ peer, first, last })) : undefined;
}

/** Fewest hops: from each layer on, whoever goes furthest. */
function cover(layers: number, held: readonly ChainHop[]): ChainHop[] | undefined {
  const chain: ChainHop[] = [];
  for (let first = 0; first < layers; ) {
    const able = held.filter(each => each.first <= first && first < each.last);
    const furthest = able.reduce<ChainHop | undefined>(
      (best, each) => (!best || each.last > best.last ? each : best),
      undefined,
    );
    if (!furthest) return undefined;
    chain.push({ peer: furthest.peer, first, last: furthest.last });
    first = furthest.last;
  }
  return chain;
}

/**
 * Who can take the place of a hop in mid-session: a member outside of `not` that holds its layers. Rather one that holds
 * just these, does not work in the chain already and is near.
 */
export function chooseStandby(
  model: ModelId,
  { first, last }: ChainHop,
  chain: readonly ChainHop[],
  members: readonly Member[],
  not: ReadonlySet<PeerId>,
): PeerId | undefined {
  const rank = ({ id, link, holds }: Member): number[] => {
    const exact = holds.some(
      ({ model: of, layers }) => of === model && layers.first === first && layers.last === last,
    );
    const busy = chain.some(hop => hop.peer === id);
    const rttMs = link.kind === 'self' ? 0 : 'rttMs' in link ? (link.rttMs ?? 1000) : 1000;
    return [exact ? 0 : 1, busy ? 1 : 0, rttMs];
  };
  const able = members.filter(
    ({ id, holds }) =>
      !not.has(id) &&
      holds.some(({ model: of, layers }) => of === model && layers.first <= first && last <= layers.last),
  );
  const ranked = able.map(member => ({ member, rank: rank(member) }));
  ranked.sort((a, b) => a.rank.map((value, index) => value - b.rank[index]!).find(each => each !== 0) ?? 0);
  return ranked[0]?.member.id;
}
