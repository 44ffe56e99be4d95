import type { Libp2p } from '@libp2p/interface';
import type { Multiaddr } from '@multiformats/multiaddr';
import type { PeerId } from '../../base/brand.ts';
import type { Clock } from '../../base/clock.ts';
import { dialMs, pulseEveryMs, relayRetryMaxMs, relayRetryMinMs } from '../../base/limits.ts';
import type { Random } from '../../base/random.ts';
import { peerOf } from './addresses.ts';
import { endConnection } from './end-connection.ts';

export type RelayState =
  | { readonly kind: 'up' }
  | { readonly kind: 'connecting'; readonly step: string }
  | { readonly kind: 'offline'; readonly reason: string };

interface Relay {
  readonly peer: PeerId;
  readonly address: Multiaddr;
  /** Dials since it was last of use. */
  tries: number;
  failed: boolean;
  /** When it was first seen connected without a reservation. */
  bareSince: number | undefined;
  dialing: boolean;
  cancel: () => void;
}

/** How long libp2p may take to reserve on a relay that is connected, before the connection is made anew. */
const reserveMs = 10_000;

/**
 * Keeps a reservation on the relays. libp2p itself does not dial a relay again that was lost (measured: nothing
 * within 32 s), and never reserves again on one that was named in a listen address
 * (https://github.com/libp2p/js-libp2p/issues/3601), hence the plain `/p2p-circuit` and this.
 */
export class RelaySupervisor {
  readonly #node: Libp2p;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #wanted: number;
  readonly #onChange: () => void;
  readonly #relays: readonly Relay[];
  #stopped = false;

  constructor(options: {
    node: Libp2p;
    relays: readonly Multiaddr[];
    /** How many reservations are held at once. */
    wanted: number;
    clock: Clock;
    random: Random;
    onChange: () => void;
  }) {
    this.#node = options.node;
    this.#clock = options.clock;
    this.#random = options.random;
    this.#wanted = options.wanted;
    this.#onChange = options.onChange;
    this.#relays = options.relays.map(address => ({
      address,
      peer: peerOf(address) as PeerId,
      tries: 0,
      failed: false,
      bareSince: undefined,
      dialing: false,
      cancel: () => {},
    }));
  }

  get state(): RelayState {
    if (this.#relays.length === 0) return { kind: 'offline', reason: 'No relay is known.' };
    if (this.#relays.some(relay => this.#reserved(relay))) return { kind: 'up' };
    if (this.#relays.some(relay => this.#connected(relay))) {
      return { kind: 'connecting', step: 'Reserving a place on the relay' };
    }
    if (this.#relays.some(relay => !relay.failed)) return { kind: 'connecting', step: 'Dialing the relay' };
    return { kind: 'offline', reason: 'No relay answers. Trying again by itself.' };
  }

  knows(peer: PeerId): boolean {
    return this.#relays.some(relay => relay.peer === peer);
  }

  /** Looks at every relay now: at the start, and when the machine or the tab is back. */
  wake(): void {
    for (const relay of this.#relays) this.#look(relay);
  }

  /** A connection closed: not at once, since a relay that is full may close every one that it accepts. */
  lost(peer: PeerId): void {
    for (const relay of this.#relays) {
      if (relay.peer === peer && !relay.dialing) this.#lookAfter(relay, this.#backoffMs(relay));
    }
  }

  stop(): void {
    this.#stopped = true;
    for (const relay of this.#relays) relay.cancel();
  }

  #look(relay: Relay): void {
    if (this.#stopped || relay.dialing) return;
    relay.cancel();
    if (!this.#connected(relay)) void this.#dial(relay);
    else if (this.#reserved(relay) || this.#reservations() >= this.#wanted) {
      relay.tries = 0;
      relay.failed = false;
      relay.bareSince = undefined;
      this.#lookAfter(relay, pulseEveryMs);
    } else {
      relay.bareSince ??= this.#clock.now();
      const late = this.#clock.now() - relay.bareSince > reserveMs;
      if (late) this.#giveUp(relay);
      this.#lookAfter(relay, late ? this.#backoffMs(relay) : relayRetryMinMs);
    }
  }

  #giveUp(relay: Relay): void {
    relay.bareSince = undefined;
    relay.failed = true;
    for (const connection of this.#connections(relay)) void endConnection(connection);
    this.#onChange();
  }

  async #dial(relay: Relay): Promise<void> {
    relay.dialing = true;
    relay.tries += 1;
    relay.bareSince = undefined;
    try {
      await this.#node.dial(relay.address, { signal: AbortSignal.timeout(dialMs) });
    } catch {
      relay.failed = true;
    }
    relay.dialing = false;
    this.#onChange();
    this.#lookAfter(relay, this.#connected(relay) ? relayRetryMinMs : this.#backoffMs(relay));
  }

  #lookAfter(relay: Relay, ms: number): void {
    relay.cancel();
    if (!this.#stopped) relay.cancel = this.#clock.after(ms, () => this.#look(relay));
  }

  /** Doubles with every try; the jitter keeps the tabs of a restarted relay from coming all at once. */
  #backoffMs(relay: Relay): number {
    const ms = Math.min(relayRetryMaxMs, relayRetryMinMs * 2 ** Math.max(0, relay.tries - 1));
    return ms * (0.5 + this.#random.next());
  }

  #connections(relay: Relay) {
    return this.#node.getConnections().filter(each => each.remotePeer.toString() === relay.peer);
  }

  #connected(relay: Relay): boolean {
    return this.#connections(relay).some(each => each.status === 'open' && each.limits === undefined);
  }

  #reserved(relay: Relay): boolean {
    const part = `/p2p/${relay.peer}/p2p-circuit`;
    return this.#node.getMultiaddrs().some(address => address.toString().includes(part));
  }

  #reservations(): number {
    return this.#relays.filter(relay => this.#reserved(relay)).length;
  }
}
