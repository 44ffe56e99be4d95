import type { Hop, PodState } from '../pod/pod.ts';
import type { Route } from './request.ts';

/** One sentence says why; peers are named in the order in which the answer passes them, layers counted from 1. */
export function describeRoute(hops: readonly Hop[], state: PodState, model: string): Route {
  const others = state.members.filter(member => member.id !== state.self).length;
  if (hops.every(hop => hop.peer === state.self)) {
    const reason =
      others === 0
        ? `On this device: nobody else is in the pod, and it has room for all layers of ${model}.`
        : `On this device: it has room for all layers of ${model}, so no hop to the ${others === 1 ? 'other member' : `${others} other members`} is needed.`;
    return { kind: 'device', hops, reason };
  }
  const stages = hops.map(hop => `${hop.name} (layers ${hop.first + 1} to ${hop.last})`);
  const reason =
    stages.length === 1
      ? `In the pod: ${stages[0]} holds ${model}.`
      : `In the pod: the layers of ${model} are divided between ${stages.slice(0, -1).join(', ')} and ${stages.at(-1)}.`;
  return { kind: 'pod', hops, reason };
}
