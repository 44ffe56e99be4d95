import { relayedBytesMax, relayedMs, relayReservationsMax } from '../../base/limits.ts';

/** Of libp2p's connection manager. The default of 5 a second for one address shuts out all who come through a proxy. */
export const relayConnections = {
  maxConnections: 2 * relayReservationsMax,
  maxIncomingPendingConnections: 100,
  inboundConnectionThreshold: 500,
};

/** Defaults are 15 reservations, and 128 KiB in 2 minutes: too little for the hidden states of one answer. */
export const relayLimits = {
  reservations: {
    maxReservations: relayReservationsMax,
    defaultDurationLimit: relayedMs,
    defaultDataLimit: BigInt(relayedBytesMax),
  },
  maxInboundHopStreams: relayReservationsMax,
  maxOutboundStopStreams: relayReservationsMax,
};
