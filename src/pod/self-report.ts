import type { Live } from '../base/live.ts';
import type { LastingEngine } from '../engine/lasting-engine.ts';
import type { Network } from '../network/network.ts';
import { peerName } from '../network/peer-name.ts';
import type { Giving } from './giving.ts';
import type { Headers } from './headers.ts';
import type { Holdings } from './holdings.ts';
import type { LentMemory } from './lent-memory.ts';
import type { Member, ModelProblem } from './member.ts';
import { recordOf } from './member-record.ts';
import type { Membership } from './membership.ts';
import type { WireRecord } from './pod-message.ts';
import { RoundTrips } from './round-trips.ts';
import type { ServedModels } from './served-models.ts';
import { atShare, type SpeedMeter } from './speed.ts';

export interface SelfReportParts {
  readonly network: Network;
  readonly engine: Pick<LastingEngine, 'device'>;
  readonly membership: Pick<Membership, 'members' | 'announce'>;
  readonly headers: Headers;
  readonly holdings: Holdings;
  readonly served: ServedModels;
  readonly memory: LentMemory;
  readonly meter: SpeedMeter;
  readonly giving: Pick<Giving, 'computeShare'>;
  /** Missing where there is no tab. */
  readonly hidden?: Live<boolean> | undefined;
}

/** What this peer is to itself, and says of itself to the others. */
export class SelfReport {
  readonly #parts: SelfReportParts;
  readonly #roundTrips = new RoundTrips();
  #announced = '';

  constructor(parts: SelfReportParts) {
    this.#parts = parts;
  }

  member(): Member {
    const { network, engine, membership, holdings, memory, meter, giving } = this.#parts;
    const others = membership.members().map(({ peer }) => peer);
    const loading = holdings.loading();
    const problems = this.#problems();
    const speed = atShare(meter.speed(), giving.computeShare);
    const hidden = this.#parts.hidden?.peek() ?? false;
    const roundTrips = this.#roundTrips.of(others, network.connections.peek());
    return {
      id: network.self,
      name: peerName(network.self),
      device: engine.device.peek(),
      memoryBytes: memory.bytes(),
      link: { kind: 'self' },
      holds: holdings.holds(),
      ...(loading ? { loading } : {}),
      ...(problems.length > 0 ? { problems } : {}),
      ...(speed ? { speed } : {}),
      ...(hidden ? { hidden } : {}),
      ...(roundTrips.length > 0 ? { roundTrips } : {}),
    };
  }

  record(): WireRecord {
    const { network, served } = this.#parts;
    return recordOf(this.member(), network.addresses(), served.announced());
  }

  /** Tells the others, where it has something new to say. */
  announce(): void {
    const told = JSON.stringify(this.record());
    if (told !== this.#announced) this.#parts.membership.announce();
    this.#announced = told;
  }

  #problems(): ModelProblem[] {
    const { headers, holdings, served } = this.#parts;
    return served.all().flatMap(({ model }) => {
      const failure = headers.failure(model) ?? holdings.failure(model);
      if (!failure) return [];
      const { kind, reason } = failure.error;
      return [{ model, kind, reason, out: failure.out }];
    });
  }
}
