import { assert } from '../base/assert.ts';
import type { PeerId } from '../base/brand.ts';
import { toHex } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import { DelayLine } from './delay-line.ts';
import { MemoryPeer, type Surroundings } from './memory-peer.ts';
import type { Network } from './network.ts';

/** A whole network in one process, with faults on demand: the same seed and clock replay the same run. */
export interface MemoryWorld {
  /** Peer id and name are the same text; without a name it is drawn. */
  join(name?: string): Network;
  /** One way, for what is sent from now on. 0 delivers in the next microtask. */
  latency(ms: number, jitterMs?: number): void;
  /** Breaks the connection of two peers; they cannot dial each other until `mend`. */
  sever(a: PeerId, b: PeerId): void;
  mend(a: PeerId, b: PeerId): void;
  /**
   * How many packets of these two are lost, 0 to 1. Channels are reliable, as WebRTC's and WebSockets' are, so no message of theirs is
   * ever missing: what is lost is repeated, each time later, all behind it waits, and a connection whose repeats are lost too breaks.
   */
  lose(a: PeerId, b: PeerId, share: number): void;
  /** The peer is gone without a goodbye; the others see their channels break. */
  kill(peer: PeerId): void;
  /** A tab put to sleep: nothing leaves or reaches it and nothing breaks, until `thaw` lets it all through. */
  freeze(peer: PeerId): void;
  thaw(peer: PeerId): void;
}

export function createMemoryWorld(options: { clock: Clock; random: Random }): MemoryWorld {
  return new World(options.clock, options.random);
}

/** SCTP's first wait for a repeat (RTO.Min as Chrome has it, see ARCHITECTURE.md); each further one is twice as long (RFC 9260, 6.3.3). */
const repeatMs = 400;
/** Fewer than SCTP's ten, so that short runs see connections break. */
const repeatsMax = 3;

const pairOf = (a: PeerId, b: PeerId): string => [a, b].sort().join(' ');

class World implements MemoryWorld, Surroundings {
  readonly clock: Clock;
  readonly #random: Random;
  readonly peers = new Map<PeerId, MemoryPeer>();
  readonly #severed = new Set<string>();
  readonly #frozen = new Set<PeerId>();
  readonly #lost = new Map<string, number>();
  readonly #lines = new Map<string, DelayLine>();
  #latencyMs = 0;
  #jitterMs = 0;

  constructor(clock: Clock, random: Random) {
    this.clock = clock;
    this.#random = random;
  }

  get roundTripMs(): number {
    return 2 * this.#latencyMs;
  }

  join(name: string = toHex(this.#random.bytes(8))): Network {
    const id = name as PeerId;
    assert(/^[\w.-]+$/.test(name) && !this.peers.has(id), `${name} cannot join`);
    const network = new MemoryPeer(id, this);
    this.peers.set(id, network);
    return network;
  }

  latency(ms: number, jitterMs = 0): void {
    this.#latencyMs = ms;
    this.#jitterMs = jitterMs;
  }

  sever(a: PeerId, b: PeerId): void {
    this.#severed.add(pairOf(a, b));
    this.#breakOff(a, b);
  }

  mend(a: PeerId, b: PeerId): void {
    this.#severed.delete(pairOf(a, b));
  }

  lose(a: PeerId, b: PeerId, share: number): void {
    this.#lost.set(pairOf(a, b), share);
  }

  isSevered(a: PeerId, b: PeerId): boolean {
    return this.#severed.has(pairOf(a, b));
  }

  kill(peer: PeerId): void {
    const network = this.peers.get(peer);
    this.peers.delete(peer);
    network?.die('This peer was killed.');
  }

  freeze(peer: PeerId): void {
    this.#frozen.add(peer);
  }

  thaw(peer: PeerId): void {
    this.#frozen.delete(peer);
    for (const line of this.#lines.values()) line.flush();
  }

  /** What `from` sends to `to` stays in order even over two connections, as behind one cable. */
  line(from: PeerId, to: PeerId): DelayLine {
    const key = `${from} ${to}`;
    const delay = () =>
      this.#latencyMs + this.#jitterMs * (this.#jitterMs && this.#random.next()) + this.#repeatsMs(from, to);
    const frozen = () => this.#frozen.has(from) || this.#frozen.has(to);
    const line = this.#lines.get(key) ?? new DelayLine(this.clock, delay, frozen);
    this.#lines.set(key, line);
    return line;
  }

  /** How much later a message comes because it and its repeats are lost. */
  #repeatsMs(from: PeerId, to: PeerId): number {
    const share = this.#lost.get(pairOf(from, to)) ?? 0;
    let ms = 0;
    for (let repeats = 0; share > 0 && this.#random.next() < share; repeats++) {
      if (repeats === repeatsMax) {
        this.clock.after(ms, () => this.#breakOff(from, to));
        break;
      }
      ms += repeatMs * 2 ** repeats;
    }
    return ms;
  }

  #breakOff(a: PeerId, b: PeerId): void {
    this.peers.get(a)?.drop(b);
    this.peers.get(b)?.drop(a);
  }
}
