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
