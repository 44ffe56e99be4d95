import type { Connection, Libp2p, Stream } from '@libp2p/interface';
import type { Clock } from '../../base/clock.ts';
import {
  channelCloseMs,
  stripeDialMs,
  stripeIdleMs,
  stripeRestMs,
  stripeRoundTripMs,
  stripesMax,
  stripesPerPeerMax,
} from '../../base/limits.ts';
import { untilAborted } from '../../base/until-aborted.ts';
import { transportOf } from './addresses.ts';
import { endConnection } from './end-connection.ts';

export interface StripesParts {
  readonly node: Pick<Libp2p, 'dial' | 'getConnections' | 'handle' | 'peerStore'>;
  readonly clock: Clock;
  readonly rttMs: (connection: Connection) => number | undefined;
  /** Whether anything at all is said on it, by whichever side. */
  readonly isUsed: (connection: Connection) => boolean;
}

/** Opened and closed at once by who dialled a stripe: what its other side says does not belong on it either. */
const stripeMark = '/tabmesh/stripe/1';

/** A connection for one channel. */
export interface Berth {
  readonly connection: Connection;
  /** Once the channel has ended, or was not opened. */
  leave(): void;
}

/**
 * Further WebRTC connections to a peer, for channels in bulk. One connection carries some 64 KiB a round trip and less where packets
 * are lost, however many streams it has, since they share one SCTP association; several are that many times as fast (measured in
 * bench/RESULTS.md). The first goes on as it was: what others say on it does not wait behind bulk.
 */
export class Stripes {
  readonly #parts: StripesParts;
  readonly #stripes = new Set<Connection>();
  readonly #taken = new Map<Connection, number>();
  /** libp2p makes one of two dials to the same peer, so each peer's berths are found one after the other. */
  readonly #turns = new Map<string, Promise<unknown>>();
  readonly #restUntil = new Map<string, number>();

  constructor(parts: StripesParts) {
    this.#parts = parts;
    const arrived = async (stream: Stream, connection: Connection) => {
      const isStripe = connection.direction === 'inbound' && isWebRtc(connection);
      // What has closed by now was told already, and would stay.
      if (isStripe && connection.status === 'open') this.#admit(connection);
      await stream.close({ signal: AbortSignal.timeout(channelCloseMs) });
    };
    // Rejects only where the node was stopped meanwhile.
    parts.node.handle(stripeMark, arrived, { maxInboundStreams: 1 }).catch(() => {});
  }

  has(connection: Connection): boolean {
    return this.#stripes.has(connection);
  }

  /** Those beside a connection. */
  beside(connection: Connection): Connection[] {
    return [...this.#stripes].filter(
      each => each !== connection && each.remotePeer.equals(connection.remotePeer),
    );
  }

  /** Where one more channel in bulk goes, `main` being the connection for all else: where there is none yet, if need be a new one. */
  berth(main: Connection, signal: AbortSignal): Promise<Berth> {
    const peer = main.remotePeer.toString();
    const before = this.#turns.get(peer) ?? Promise.resolve();
    const turn = before.then(async () => {
      signal.throwIfAborted();
      return this.#take(await this.#freest(main, signal));
    });
    const quiet = turn.catch(() => {});
    this.#turns.set(peer, quiet);
    void quiet.then(() => this.#turns.get(peer) === quiet && this.#turns.delete(peer));
    return untilAborted(turn, signal).catch(error => {
      turn.then(
        berth => berth.leave(),
        () => {},
      );
      throw error;
    });
  }

  closed(connection: Connection): void {
    this.#stripes.delete(connection);
    this.#taken.delete(connection);
  }

  /** So many are opened, and so many taken: those of others leave this peer its own. Who is sent away has its first connection still. */
  #admit(connection: Connection): void {
    const taken = this.#of('inbound');
    const alike = taken.filter(each => each.remotePeer.equals(connection.remotePeer));
    if (taken.length < stripesMax && alike.length < stripesPerPeerMax) this.#stripes.add(connection);
    else void endConnection(connection);
  }

  #of(direction: Connection['direction']): Connection[] {
    return [...this.#stripes].filter(each => each.direction === direction);
  }

  async #freest(main: Connection, signal: AbortSignal): Promise<Connection> {
    const { node, rttMs } = this.#parts;
    // On a shorter way one connection carries all that a page can take.
    if (!isWebRtc(main) || (rttMs(main) ?? 0) < stripeRoundTripMs) return main;
    const open = node
      .getConnections(main.remotePeer)
      .filter(each => each === main || (this.#stripes.has(each) && each.status === 'open'));
    const load = (each: Connection) => this.#taken.get(each) ?? 0;
    const freest = open.reduce((best, each) => (load(each) < load(best) ? each : best));
    const isFull = open.length > stripesPerPeerMax || this.#of('outbound').length >= stripesMax;
    return load(freest) === 0 || isFull ? freest : ((await this.#dial(main, signal)) ?? freest);
  }

  /** Undefined where that does not succeed, which then is not tried again for a while. */
  async #dial(main: Connection, signal: AbortSignal): Promise<Connection | undefined> {
    const { node, clock } = this.#parts;
    const peer = main.remotePeer.toString();
    if (clock.now() < (this.#restUntil.get(peer) ?? 0)) return undefined;
    this.#restUntil.delete(peer);
    let stripe: Connection | undefined;
    try {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(stripeDialMs)]);
      const known = await node.peerStore.get(main.remotePeer, { signal: limit });
      const suffix = `/p2p/${peer}`;
      const addresses = known.addresses
        .map(({ multiaddr }) => multiaddr)
        .filter(each => transportOf(each) === 'webrtc')
        .map(each => (`${each}`.endsWith(suffix) ? each : each.encapsulate(suffix)));
      stripe = await node.dial(addresses, { signal: limit, force: true });
      // Nobody may want this peer any more.
      if (main.status !== 'open' || stripe.status !== 'open') throw new Error('the connection has gone');
      this.#stripes.add(stripe);
      const mark = await stripe.newStream(stripeMark, { signal: limit });
      void mark.close({ signal: limit }).catch(error => mark.abort(error));
      return stripe;
    } catch {
      // An earlier version does not know the mark.
      if (stripe) void endConnection(stripe);
      if (!signal.aborted) this.#restUntil.set(peer, clock.now() + stripeRestMs);
      return undefined;
    }
  }

  #take(connection: Connection): Berth {
    this.#taken.set(connection, (this.#taken.get(connection) ?? 0) + 1);
    let left = false;
    const leave = () => {
      if (left) return;
      left = true;
      const rest = (this.#taken.get(connection) ?? 0) - 1;
      if (rest > 0) this.#taken.set(connection, rest);
      else this.#taken.delete(connection);
      this.#endOnceIdle(connection);
    };
    return { connection, leave };
  }

  /** Whoever opened a stripe closes it; one that stands alone by now is the peer's connection and stays. */
  #endOnceIdle(connection: Connection): void {
    if (!this.#stripes.has(connection) || connection.direction === 'inbound') return;
    this.#parts.clock.after(stripeIdleMs, () => {
      if (!this.#stripes.has(connection) || this.#taken.has(connection)) return;
      if (this.#parts.isUsed(connection)) return this.#endOnceIdle(connection);
      const others = this.#parts.node.getConnections(connection.remotePeer);
      if (others.some(each => isWebRtc(each) && !this.#stripes.has(each) && each.status === 'open'))
        void endConnection(connection);
      else this.#endOnceIdle(connection);
    });
  }
}

const isWebRtc = (connection: Connection): boolean => transportOf(connection.remoteAddr) === 'webrtc';
