import { assert } from '../base/assert.ts';
import type { PeerId } from '../base/brand.ts';
import { toHex } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { TabmeshError, toError } from '../base/error.ts';
import { dialMs } from '../base/limits.ts';
import { LiveValue } from '../base/live.ts';
import type { Random } from '../base/random.ts';
import { DelayLine } from './delay-line.ts';
import { MemoryChannel } from './memory-channel.ts';
import type { Channel, Network, NetworkStatus, PeerConnection, Protocol } from './network.ts';

/** A whole network in one process, with faults on demand: the same seed and clock replay the same run. */
export interface MemoryWorld {
  /** Peer id and name are the same text; without a name it is drawn. */
  join(name?: string): Network;
  /** One way, for what is sent from now on. 0 delivers in the next microtask. */
  latency(ms: number, jitterMs?: number): void;
  /** Breaks the connection of two peers; they cannot dial each other until `mend`. */
  sever(a: PeerId, b: PeerId): void;
  mend(a: PeerId, b: PeerId): void;
  /** The peer is gone without a goodbye; the others see their channels break. */
  kill(peer: PeerId): void;
  /** A tab put to sleep: nothing leaves or reaches it and nothing breaks, until `thaw` lets it all through. */
  freeze(peer: PeerId): void;
  thaw(peer: PeerId): void;
}

export function createMemoryWorld(options: { clock: Clock; random: Random }): MemoryWorld {
  return new World(options.clock, options.random);
}

const pairOf = (a: PeerId, b: PeerId): string => [a, b].sort().join(' ');
const lost = (peer: PeerId) => new TabmeshError('lost', 'network', `The connection to ${peer} is gone.`);

class World implements MemoryWorld {
  readonly clock: Clock;
  readonly #random: Random;
  readonly peers = new Map<PeerId, MemoryNetwork>();
  readonly severed = new Set<string>();
  readonly #frozen = new Set<PeerId>();
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
    const network = new MemoryNetwork(id, this);
    this.peers.set(id, network);
    return network;
  }

  latency(ms: number, jitterMs = 0): void {
    this.#latencyMs = ms;
    this.#jitterMs = jitterMs;
  }

  sever(a: PeerId, b: PeerId): void {
    this.severed.add(pairOf(a, b));
    this.peers.get(a)?.drop(b);
    this.peers.get(b)?.drop(a);
  }

  mend(a: PeerId, b: PeerId): void {
    this.severed.delete(pairOf(a, b));
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
    const delay = () => this.#latencyMs + this.#jitterMs * (this.#jitterMs && this.#random.next());
    const frozen = () => this.#frozen.has(from) || this.#frozen.has(to);
    const line = this.#lines.get(key) ?? new DelayLine(this.clock, delay, frozen);
    this.#lines.set(key, line);
    return line;
  }
}

interface Link {
  readonly connection: PeerConnection;
  readonly channels: Set<{ break(reason: Error): void }>;
}

class MemoryNetwork implements Network {
  readonly self: PeerId;
  readonly status = new LiveValue<NetworkStatus>({ kind: 'relay-only' });
  readonly connections = new LiveValue<readonly PeerConnection[]>([]);
  readonly #world: World;
  readonly #links = new Map<PeerId, Link>();
  readonly #handlers = new Map<string, { protocol: Protocol; accept: (channel: Channel) => void }>();

  constructor(self: PeerId, world: World) {
    this.self = self;
    this.#world = world;
  }

  addresses(): readonly string[] {
    return [`/memory/${this.self}/p2p/${this.self}`];
  }

  async connect(addresses: readonly string[], signal?: AbortSignal): Promise<PeerId> {
    const peers = addresses.map(address => /^\/memory\/([\w.-]+)\/p2p\/\1$/.exec(address)?.[1] as PeerId);
    const peer = peers[0];
    if (!peer || peers.some(each => each !== peer)) {
      throw new TabmeshError('invalid', 'network', `Not addresses of one peer: ${addresses.join(', ')}`);
    }
    if (peer === this.self) throw new TabmeshError('invalid', 'network', 'This is the own address.');
    if (this.#links.has(peer)) return peer;
    return this.#limited(signal, (resolve, reject) => {
      this.#world.line(this.self, peer).put(() => {
        const other = this.#world.peers.get(peer);
        const reachable =
          other &&
          this.#world.peers.get(this.self) === this &&
          !this.#world.severed.has(pairOf(this.self, peer));
        if (!reachable) return reject(new TabmeshError('unavailable', 'network', `${peer} does not answer.`));
        other.#link(this.self);
        this.#world.line(peer, this.self).put(() => {
          // The other side may have gone while its answer was under way.
          if (!other.#links.has(this.self)) return reject(lost(peer));
          this.#link(peer);
          resolve(peer);
        });
      });
    });
  }

  async open(peer: PeerId, protocol: Protocol, signal?: AbortSignal): Promise<Channel> {
    const link = this.#links.get(peer);
    if (!link) throw new TabmeshError('unavailable', 'network', `There is no connection to ${peer}.`);
    const near = this.#channel(peer, protocol, link);
    const opening = this.#limited<Channel>(signal, (resolve, reject) => {
      const pending = { break: reject };
      link.channels.add(pending);
      this.#world.line(this.self, peer).put(() => {
        const far = this.#world.peers.get(peer)?.accept(this.self, protocol, near);
        this.#world.line(peer, this.self).put(() => {
          link.channels.delete(pending);
          if (far) return resolve(near);
          reject(new TabmeshError('unsupported', 'network', `${peer} does not speak ${protocol.name}.`));
        });
      });
    });
    opening.catch(error => near.abort(error));
    return opening;
  }

  handle(protocol: Protocol, accept: (channel: Channel) => void): void {
    assert(!this.#handlers.has(protocol.name), `${protocol.name} is handled already`);
    this.#handlers.set(protocol.name, { protocol, accept });
  }

  async disconnect(peer: PeerId): Promise<void> {
    this.#unlink(peer);
    this.#world.line(this.self, peer).put(() => this.#world.peers.get(peer)?.drop(this.self));
  }

  async stop(): Promise<void> {
    if (this.#world.peers.get(this.self) === this) this.#world.peers.delete(this.self);
    this.die('This peer was stopped.');
  }

  die(reason: string): void {
    for (const peer of [...this.#links.keys()]) void this.disconnect(peer);
    this.status.set({ kind: 'offline', reason });
  }

  drop(peer: PeerId): void {
    this.#unlink(peer);
  }

  accept(from: PeerId, protocol: Protocol, near: MemoryChannel): MemoryChannel | undefined {
    const link = this.#links.get(from);
    const handler = this.#handlers.get(protocol.name);
    if (!link || !handler) return undefined;
    const far = this.#channel(from, handler.protocol, link);
    MemoryChannel.join(near, far);
    handler.accept(far);
    return far;
  }

  #channel(peer: PeerId, protocol: Protocol, link: Link): MemoryChannel {
    const line = this.#world.line(this.self, peer);
    const channel = new MemoryChannel(peer, protocol, line, each => link.channels.delete(each));
    link.channels.add(channel);
    return channel;
  }

  #link(peer: PeerId): void {
    if (this.#links.has(peer)) return;
    const rttMs = this.#world.roundTripMs;
    const connection: PeerConnection = { peer, kind: 'direct', transport: 'memory', rttMs };
    this.#links.set(peer, { connection, channels: new Set() });
    this.#tell();
  }

  #unlink(peer: PeerId): void {
    const link = this.#links.get(peer);
    if (!link) return;
    this.#links.delete(peer);
    for (const channel of [...link.channels]) channel.break(lost(peer));
    this.#tell();
  }

  #tell(): void {
    const connections = [...this.#links.values()].map(link => link.connection);
    this.connections.set(connections);
    const peers = connections.length;
    if (this.status.peek().kind !== 'offline')
      this.status.set(peers ? { kind: 'connected', peers } : { kind: 'relay-only' });
  }

  #limited<T>(
    signal: AbortSignal | undefined,
    run: (resolve: (value: T) => void, reject: (error: Error) => void) => void,
  ): Promise<T> {
    if (signal?.aborted) return Promise.reject(toError(signal.reason, 'network'));
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const giveUp = () => reject(toError(signal?.reason, 'network'));
    signal?.addEventListener('abort', giveUp, { once: true });
    const late = () => reject(new TabmeshError('unavailable', 'network', 'The other peer does not answer.'));
    const cancel = this.#world.clock.after(dialMs, late);
    run(resolve, reject);
    return promise.finally(() => {
      cancel();
      signal?.removeEventListener('abort', giveUp);
    });
  }
}
