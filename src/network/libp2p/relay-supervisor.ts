import type { Multiaddr } from '@multiformats/multiaddr';
import type { PeerId } from '../../base/brand.ts';
import { addressesPerPeerMax, relaysKnownMax } from '../../base/limits.ts';
import type { KnownRelay } from '../network.ts';
import { peerOf } from './addresses.ts';
import { RelayKeeper, type RelayKeeperParts } from './relay-keeper.ts';
import { placesOf } from './relay-places.ts';

export type RelayState =
  | { readonly kind: 'up' }
  | { readonly kind: 'connecting'; readonly step: string }
  | { readonly kind: 'offline'; readonly reason: string };

/**
 * Keeps reservations on relays. libp2p itself does not dial a relay again that was lost (measured: nothing within
 * 32 s), and never reserves again on one that was named in a listen address
 * (https://github.com/libp2p/js-libp2p/issues/3601), hence the plain `/p2p-circuit` and this. While places are free
 * libp2p reserves on every relay that it happens to be connected to, such as those in the addresses of an invite; what
 * holds a place for us is kept from then on, named or not, so that who came by another's relay can be reached there.
 */
export class RelaySupervisor {
  readonly #parts: RelayKeeperParts;
  #relays: RelayKeeper[] = [];
  #stopped = false;

  /** `wanted`: how many reservations are held at once. */
  constructor({ wanted, ...parts }: Omit<RelayKeeperParts, 'hasEnough'> & { readonly wanted: number }) {
    const hasEnough = () => this.#relays.filter(relay => relay.reserved).length >= wanted;
    this.#parts = { ...parts, hasEnough };
  }

  get state(): RelayState {
    if (this.#relays.length === 0) return { kind: 'offline', reason: 'No relay is known.' };
    if (this.#relays.some(relay => relay.reserved)) return { kind: 'up' };
    if (this.#relays.some(relay => relay.connected)) {
      return { kind: 'connecting', step: 'Reserving a place on the relay' };
    }
    if (this.#relays.some(relay => !relay.failed)) return { kind: 'connecting', step: 'Dialing the relay' };
    return { kind: 'offline', reason: 'No relay answers. Trying again by itself.' };
  }

  get known(): readonly KnownRelay[] {
    return this.#relays.map(relay => relay.known);
  }

  /** Those that are named no longer are kept while they hold a place. Several addresses of one relay count as one. */
  name(addresses: readonly Multiaddr[]): void {
    const named = byPeer(addresses);
    for (const relay of [...this.#relays]) {
      relay.named = named.has(relay.peer);
      if (!relay.named && !relay.reserved) this.#forget(relay);
    }
    for (const [peer, known] of named) {
      const relay = this.#relays.find(each => each.peer === peer);
      if (relay) relay.addresses = known;
      else this.#relays.push(new RelayKeeper(peer, known, true, this.#parts));
    }
    this.wake();
  }

  /** Takes on those that hold a place for us without being named: when our addresses have changed. */
  adopt(): void {
    if (this.#stopped) return;
    for (const [peer, addresses] of byPeer(placesOf(this.#parts.node))) {
      if (this.knows(peer)) continue;
      const adopted = this.#relays.filter(each => !each.named);
      const idle = adopted.find(each => !each.reserved);
      if (idle && adopted.length >= relaysKnownMax) this.#forget(idle);
      const relay = new RelayKeeper(peer, addresses.slice(0, addressesPerPeerMax), false, this.#parts);
      this.#relays.push(relay);
      relay.look();
    }
  }

  knows(peer: PeerId): boolean {
    return this.#relays.some(relay => relay.peer === peer);
  }

  /** Looks at every relay now: at the start, and when the machine or the tab is back. */
  wake(): void {
    for (const relay of this.#relays) relay.look();
  }

  lost(peer: PeerId): void {
    this.#relays.find(relay => relay.peer === peer)?.lost();
  }

  stop(): void {
    this.#stopped = true;
    for (const relay of this.#relays) relay.close();
  }

  #forget(relay: RelayKeeper): void {
    relay.close();
    this.#relays = this.#relays.filter(each => each !== relay);
  }
}

function byPeer(addresses: readonly Multiaddr[]): Map<PeerId, Multiaddr[]> {
  const known = new Map<PeerId, Multiaddr[]>();
  for (const address of addresses) {
    const peer = peerOf(address);
    if (peer) known.set(peer, [...(known.get(peer) ?? []), address]);
  }
  return known;
}
