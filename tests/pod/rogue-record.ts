import type { WireRecord } from '../../src/pod/pod-message.ts';

/** What a peer that speaks by hand says of itself. */
export const record: WireRecord = {
  deviceKind: 'cpu',
  deviceName: 'CPU',
  deviceNote: '',
  memoryBytes: 0,
  addresses: ['/memory/rogue/p2p/rogue'],
  holds: [],
  models: [],
  problems: [],
  hidden: false,
  roundTrips: [],
};
