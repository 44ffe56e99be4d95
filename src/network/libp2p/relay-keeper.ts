import type { Connection, Libp2p } from '@libp2p/interface';
import type { Multiaddr } from '@multiformats/multiaddr';
import type { PeerId } from '../../base/brand.ts';
import type { Clock } from '../../base/clock.ts';
import { dialMs, pulseEveryMs, relayRetryMaxMs, relayRetryMinMs } from '../../base/limits.ts';
import type { Random } from '../../base/random.ts';
import type { KnownRelay } from '../network.ts';
import { peerName } from '../peer-name.ts';
import { peerOf } from './addresses.ts';
import { endConnection } from './end-connection.ts';
import { placesOf } from './relay-places.ts';

/** How long libp2p may take to reserve on a relay that is connected, before the connection is made anew. */
const reserveMs = 10_000;

export interface RelayKeeperParts {
  readonly node: Libp2p;
  readonly clock: Clock;
  readonly random: Random;
  /** Whether other relays hold all the places that are wanted, so that this one need only stay connected. */
  readonly hasEnough: () => boolean;
  readonly onChange: () => void;
}

/** Keeps one relay connected, and a place on it reserved, until it is closed. */
export class RelayKeeper {
  readonly peer: PeerId;
  addresses: readonly Multiaddr[];
  /** A person or the page named it; others came with the addresses of peers. */
  named: boolean;
  readonly #parts: RelayKeeperParts;
  /** Dials since it was last of use. */
  #tries = 0;
  #failed = false;
  /** When it was first seen connected without a reservation. */
  #bareSince: number | undefined;
  #dialing = false;
  #closed = false;
  #cancel = () => {};

  constructor(peer: PeerId, addresses: readonly Multiaddr[], named: boolean, parts: RelayKeeperParts) {
    this.peer = peer;
    this.addresses = addresses;
    this.named = named;
    this.#parts = parts;
  }

  get failed(): boolean {
    return this.#failed;
  }

  get connected(): boolean {
    return this.#connections().some(each => each.status === 'open' && each.limits === undefined);
  }

  get reserved(): boolean {
    return placesOf(this.#parts.node).some(address => peerOf(address) === this.peer);
  }

  get known(): KnownRelay {
    const state = this.reserved
      ? 'reserved'
      : this.connected
        ? 'connected'
        : this.#failed
          ? 'silent'
          : 'dialing';
    return {
      peer: this.peer,
      name: peerName(this.peer),
      addresses: this.addresses.map(String),
      named: this.named,
      state,
    };
  }

  /** Does now what has to be done. */
  look(): void {
    if (this.#closed || this.#dialing) return;
    this.#cancel();
    if (!this.connected) void this.#dial();
    else if (this.reserved || this.#parts.hasEnough()) {
      this.#tries = 0;
      this.#failed = false;
      this.#bareSince = undefined;
      this.#lookAfter(pulseEveryMs);
    } else {
      const { clock } = this.#parts;
      this.#bareSince ??= clock.now();
      const late = clock.now() - this.#bareSince > reserveMs;
      if (late) this.#giveUp();
      this.#lookAfter(late ? this.#backoffMs() : relayRetryMinMs);
    }
  }

  /** A connection closed: not at once, since a relay that is full may close every one that it accepts. */
  lost(): void {
    if (!this.#dialing) this.#lookAfter(this.#backoffMs());
  }

  /** Leaves the connection as it is. */
  close(): void {
    this.#closed = true;
    this.#cancel();
  }

  #giveUp(): void {
    this.#bareSince = undefined;
    this.#failed = true;
    for (const connection of this.#connections()) void endConnection(connection);
    this.#parts.onChange();
  }

  async #dial(): Promise<void> {
    this.#dialing = true;
    this.#tries += 1;
    this.#bareSince = undefined;
    try {
      await this.#parts.node.dial([...this.addresses], { signal: AbortSignal.timeout(dialMs) });
    } catch {
      this.#failed = true;
    }
    this.#dialing = false;
    this.#parts.onChange();
    this.#lookAfter(this.connected ? relayRetryMinMs : this.#backoffMs());
  }

  #lookAfter(ms: number): void {
    this.#cancel();
    if (!this.#closed) this.#cancel = this.#parts.clock.after(ms, () => this.look());
  }

  /** Doubles with every try; the jitter keeps the tabs of a restarted relay from coming all at once. */
  #backoffMs(): number {
    const ms = Math.min(relayRetryMaxMs, relayRetryMinMs * 2 ** Math.max(0, this.#tries - 1));
    return ms * (0.5 + this.#parts.random.next());
  }

  #connections(): Connection[] {
    return this.#parts.node.getConnections().filter(each => each.remotePeer.toString() === this.peer);
  }
}
