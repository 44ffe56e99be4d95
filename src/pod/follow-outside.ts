import type { Live } from '../base/live.ts';
import type { LastingEngine } from '../engine/lasting-engine.ts';
import type { Network } from '../network/network.ts';
import type { Giving, GivingLimits } from './giving.ts';
import type { Losses } from './losses.ts';

export interface OutsideParts {
  readonly network: Pick<Network, 'connections' | 'status'>;
  readonly engine: Pick<LastingEngine, 'device' | 'lost'>;
  readonly memoryBytes: Live<number>;
  readonly limits?: Live<GivingLimits>;
  readonly hidden?: Live<boolean>;
  readonly giving: Pick<Giving, 'limit'>;
  readonly losses: Pick<Losses, 'device'>;
  readonly onChange: () => void;
}

/** Follows what changes at this peer's person, tab, device and network, until the returned function is called. */
export function followOutside(parts: OutsideParts): () => void {
  const { network, engine, memoryBytes, limits, hidden, giving, losses, onChange } = parts;
  const ends = [
    memoryBytes.subscribe(onChange),
    limits?.subscribe(each => {
      giving.limit(each);
      onChange();
    }),
    hidden?.subscribe(onChange),
    network.connections.subscribe(onChange),
    network.status.subscribe(onChange),
    engine.device.subscribe(onChange),
    engine.lost.subscribe(reason => {
      if (reason !== undefined) losses.device(reason);
    }),
  ];
  return () => {
    for (const end of ends) end?.();
  };
}
