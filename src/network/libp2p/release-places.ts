import type { CircuitRelayService } from '@libp2p/circuit-relay-v2';
import type { Libp2p } from '@libp2p/interface';

interface Store {
  removeReservation(peer: Parameters<CircuitRelayService['reservations']['get']>[0]): void;
}

/**
 * A relay of @libp2p/circuit-relay-v2 4.2.13 keeps the place of a peer that has gone for its 2 hours, so that as many
 * visits as there are places shut it (https://github.com/libp2p/js-libp2p/issues/2833). Here a place ends with its
 * peer's last connection, through a private field. Remove when create-relay.test.ts passes without it.
 */
export function releasePlaces(node: Libp2p, relay: CircuitRelayService): void {
  const { reservationStore } = relay as unknown as { readonly reservationStore: Store };
  node.addEventListener('connection:close', ({ detail: { remotePeer } }) => {
    if (node.getConnections(remotePeer).length === 0) reservationStore.removeReservation(remotePeer);
  });
}
