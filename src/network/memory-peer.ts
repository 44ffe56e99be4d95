import { assert } from '../base/assert.ts';
import type { PeerId } from '../base/brand.ts';
import { concatBytes, equalBytes } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { TabmeshError, toError } from '../base/error.ts';
import { dialMs } from '../base/limits.ts';
import { LiveValue } from '../base/live.ts';
import type { DelayLine } from './delay-line.ts';
import { MemoryChannel } from './memory-channel.ts';
import type { Channel, Network, NetworkStatus, PeerConnection, Protocol } from './network.ts';
import { namesOf, noCommonVersion } from './versions.ts';

/** What a simulated peer sees of the world around it. */
export interface Surroundings {
  readonly clock: Clock;
  readonly roundTripMs: number;
  readonly peers: Map<PeerId, MemoryPeer>;
  isSevered(a: PeerId, b: PeerId): boolean;
  line(from: PeerId, to: PeerId): DelayLine;
}

const lost = (peer: PeerId) => new TabmeshError('lost', 'network', `The connection to ${peer} is gone.`);

interface Link {
  readonly connection: PeerConnection;
  readonly channels: Set<{ break(reason: Error): void }>;
}

export class MemoryPeer implements Network {
  readonly self: PeerId;
  readonly status = new LiveValue<NetworkStatus>({ kind: 'relay-only' });
  readonly connections = new LiveValue<readonly PeerConnection[]>([]);
  readonly #world: Surroundings;
  readonly #links = new Map<PeerId, Link>();
  readonly #handlers = new Map<string, { protocol: Protocol; accept: (channel: Channel) => void }>();

  constructor(self: PeerId, world: Surroundings) {
    this.self = self;
    this.#world = world;
  }

  /** Nobody in the simulation knows how to forge it: a hash of name and bytes, twice, for its length. */
  async sign(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    return simulatedSignature(this.self, bytes);
  }

  async verify(peer: PeerId, bytes: Uint8Array<ArrayBuffer>, signature: Uint8Array): Promise<boolean> {
    return equalBytes(signature, await simulatedSignature(peer, bytes));
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
          other && this.#world.peers.get(this.self) === this && !this.#world.isSevered(this.self, peer);
        if (!reachable) return reject(new TabmeshError('unavailable', 'network', `${peer} does not answer.`));
        other.#link(this.self);
        this.#world.line(peer, this.self).put(() => {
          // The other side may have gone while its answer was under way.
          if (!other.#links.has(this.self)) return reject(lost(peer));
          // So may this one: the other side has a connection to nobody, which breaks.
          if (this.#world.peers.get(this.self) !== this) {
            this.#tellGone(peer);
            return reject(lost(peer));
          }
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
          reject(noCommonVersion(peer, protocol, this.#world.peers.get(peer)?.spoken() ?? []));
        });
      });
    });
    opening.catch(error => near.abort(error));
    return opening;
  }

  handle(protocol: Protocol, accept: (channel: Channel) => void): void {
    for (const name of namesOf(protocol)) {
      assert(!this.#handlers.has(name), `${name} is handled already`);
      this.#handlers.set(name, { protocol, accept });
    }
  }

  spoken(): Iterable<string> {
    return this.#handlers.keys();
  }

  async disconnect(peer: PeerId): Promise<void> {
    // One that was killed ends nothing of another who has come back under its name.
    if (!this.#links.has(peer)) return;
    this.#unlink(peer);
    this.#tellGone(peer);
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
    const name = namesOf(protocol).find(each => this.#handlers.has(each));
    const handler = name && this.#handlers.get(name);
    if (!link || !handler) return undefined;
    const far = this.#channel(from, handler.protocol, link);
    MemoryChannel.join(near, far, name);
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

  #tellGone(peer: PeerId): void {
    this.#world.line(this.self, peer).put(() => this.#world.peers.get(peer)?.drop(this.self));
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

async function simulatedSignature(peer: PeerId, bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const signed = concatBytes([new TextEncoder().encode(peer), bytes]);
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', signed));
  return concatBytes([hash, hash]);
}
