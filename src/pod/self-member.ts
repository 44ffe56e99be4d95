import type { LastingEngine } from '../engine/lasting-engine.ts';
import type { Network } from '../network/network.ts';
import { peerName } from '../network/peer-name.ts';
import type { Headers } from './headers.ts';
import type { Holdings } from './holdings.ts';
import type { Member, ModelProblem } from './member.ts';
import type { RoundTrip } from './round-trips.ts';
import type { ServedModels } from './served-models.ts';
import type { Speed } from './speed.ts';

export interface SelfParts {
  readonly network: Network;
  readonly engine: LastingEngine;
  readonly headers: Headers;
  readonly holdings: Holdings;
  readonly served: ServedModels;
  /** In bytes. */
  readonly lent: number;
  readonly speed: Speed | undefined;
  readonly hidden: boolean;
  readonly roundTrips: readonly RoundTrip[];
}

/** What this peer is to itself, and says of itself to the others. */
export function selfMember(parts: SelfParts): Member {
  const { network, engine, holdings, lent, speed, hidden, roundTrips } = parts;
  const loading = holdings.loading();
  const problems = problemsOf(parts);
  return {
    id: network.self,
    name: peerName(network.self),
    device: engine.device.peek(),
    memoryBytes: lent,
    link: { kind: 'self' },
    holds: holdings.holds(),
    ...(loading ? { loading } : {}),
    ...(problems.length > 0 ? { problems } : {}),
    ...(speed ? { speed } : {}),
    ...(hidden ? { hidden } : {}),
    ...(roundTrips.length > 0 ? { roundTrips } : {}),
  };
}

function problemsOf({ headers, holdings, served }: SelfParts): ModelProblem[] {
  return served.all().flatMap(({ model }) => {
    const failure = headers.failure(model) ?? holdings.failure(model);
    if (!failure) return [];
    const { kind, reason } = failure.error;
    return [{ model, kind, reason, out: failure.out }];
  });
}
