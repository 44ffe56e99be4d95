import { isIPv4 } from 'node:net';
import {
  type ComponentLogger,
  type CreateListenerOptions,
  type Listener,
  type ListenerEvents,
  type Logger,
  type Metrics,
  type PeerId,
  type PrivateKey,
  type Transport,
  TypedEventEmitter,
  transportSymbol,
  type Upgrader,
} from '@libp2p/interface';
import { noise } from '@libp2p/noise';
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr';
import { whenAborted } from '../../base/deadline.ts';
import { TabmeshError } from '../../base/error.ts';
import { handshakeMs } from '../../base/limits.ts';
import { announcedUdp } from '../announced.ts';
import type { Certificates } from './certificates.ts';
import { WebTransportStream } from './libp2p-stream.ts';
import { muxerProtocol, SessionConnection, SessionMuxer } from './muxer.ts';
import type { QuicConnection } from './quic-connection.ts';
import { QuicServer } from './quic-server.ts';
import type { Quiche } from './quiche.ts';
import { WebTransportSession } from './session.ts';

export interface WebTransportListening {
  readonly quiche: Quiche;
  readonly certificates: Certificates;
  /** Takes in who comes from there; the returned function gives its share back. Undefined refuses it. */
  readonly admit: (address: string) => (() => void) | undefined;
  readonly onClosed: (connection: QuicConnection) => void;
}

interface Components {
  readonly peerId: PeerId;
  readonly privateKey: PrivateKey;
  readonly logger: ComponentLogger;
  readonly upgrader: Upgrader;
  readonly metrics?: Metrics;
}

/** Streams that come while a connection is still made ready. */
const earlyStreamsMax = 10;

/** WebTransport for libp2p (https://github.com/libp2p/specs/tree/master/webtransport), the side that listens. */
export const webTransportListener =
  (listening: WebTransportListening) =>
  (components: Components): Transport => ({
    [Symbol.toStringTag]: 'tabmesh/webtransport',
    [transportSymbol]: true,
    dial: () => Promise.reject(new TabmeshError('unsupported', 'network', 'Node dials no WebTransport.')),
    dialFilter: () => [],
    listenFilter: addresses => addresses.filter(isWebTransport),
    createListener: options => new WebTransportListener(listening, components, options),
  });

class WebTransportListener extends TypedEventEmitter<ListenerEvents> implements Listener {
  readonly #listening: WebTransportListening;
  readonly #components: Components;
  readonly #upgrader: Upgrader;
  readonly #log: Logger;
  readonly #server: QuicServer;
  readonly #closing = new AbortController();
  #host = '';

  constructor(listening: WebTransportListening, components: Components, { upgrader }: CreateListenerOptions) {
    super();
    this.#listening = listening;
    this.#components = components;
    this.#upgrader = upgrader;
    this.#log = components.logger.forComponent('tabmesh:webtransport');
    const { quiche, certificates, admit } = listening;
    this.#server = new QuicServer({
      quiche,
      certificate: certificates.present,
      admit,
      onConnection: connection => void this.#take(connection),
    });
    certificates.onChange = () => {
      this.#server.present(certificates.present);
      this.safeDispatchEvent('listening');
    };
  }

  async listen(address: Multiaddr): Promise<void> {
    const [host, port] = address.getComponents().map(({ value }) => value);
    this.#host = host!;
    await this.#server.listen(this.#host, Number(port));
    this.safeDispatchEvent('listening');
  }

  getAddrs(): Multiaddr[] {
    if (this.#server.port === 0) return [];
    return announcedUdp(this.#host, this.#server.port).map(each => this.#hashed(multiaddr(each)));
  }

  updateAnnounceAddrs(addresses: Multiaddr[]): void {
    for (const [index, address] of addresses.entries())
      if (isWebTransport(address)) addresses[index] = this.#hashed(address);
  }

  async close(): Promise<void> {
    this.#closing.abort(new TabmeshError('cancelled', 'network', 'WebTransport stops.'));
    await this.#server.close();
    this.safeDispatchEvent('close');
  }

  #hashed(address: Multiaddr): Multiaddr {
    const told = address.getComponents().some(({ name }) => name === 'certhash');
    if (told) return address;
    const hashes = this.#listening.certificates.announced.map(
      hash => `/certhash/u${Buffer.from(multihash(hash)).toString('base64url')}`,
    );
    return address.encapsulate(hashes.join(''));
  }

  async #take(connection: QuicConnection): Promise<void> {
    const session = new WebTransportSession(connection);
    const signal = AbortSignal.any([AbortSignal.timeout(handshakeMs), this.#closing.signal]);
    try {
      await this.#upgrade(session, signal);
    } catch (error) {
      this.#log('gave up on %s - %e', connection.remote.host, error);
      session.close();
    }
  }

  /** The client's first stream is for Noise, and proves who is at both ends; the others are libp2p's. */
  async #upgrade(session: WebTransportSession, signal: AbortSignal): Promise<void> {
    const { remote } = session.connection;
    const first = Promise.withResolvers<WebTransportStream>();
    let early: WebTransportStream[] | undefined = [];
    let count = 0;
    let deliver = (stream: WebTransportStream): void => {
      if (count++ === 0) first.resolve(stream);
      else if (early!.length < earlyStreamsMax) early!.push(stream);
      else stream.abort(new Error('too early'));
    };
    session.onStream = raw => {
      const init = { id: String(raw.stream.id), direction: 'inbound' as const, log: this.#log };
      deliver(new WebTransportStream(init, raw));
    };
    const connection = new SessionConnection(
      { remoteAddr: multiaddrOf(remote.host, remote.port), log: this.#log },
      session,
    );
    const gone = Promise.withResolvers<never>();
    gone.promise.catch(() => {});
    session.onClose = () => {
      gone.reject(new Error('The client went away.'));
      connection.onTransportClosed();
      this.#listening.onClosed(session.connection);
    };

    const stream = await Promise.race([first.promise, gone.promise, whenAborted(signal)]);
    const certhashes = this.#listening.certificates.own.map(multihash);
    const secure = noise({ extensions: { webtransportCerthashes: certhashes } })(this.#components);
    const { remotePeer } = await Promise.race([
      secure.secureInbound(stream, { signal, skipStreamMuxerNegotiation: true }),
      gone.promise,
    ]);
    stream.close({ signal }).catch(error => stream.abort(error));

    await this.#upgrader.upgradeInbound(connection, {
      skipEncryption: true,
      skipProtection: true,
      remotePeer,
      signal,
      muxerFactory: {
        protocol: muxerProtocol,
        createStreamMuxer: () => {
          const muxer = new SessionMuxer(connection, session);
          deliver = each => muxer.onRemoteStream(each);
          for (const each of early ?? []) deliver(each);
          early = undefined;
          return muxer;
        },
      },
    });
  }
}

const isWebTransport = (address: Multiaddr): boolean =>
  address.getComponents().some(({ name }) => name === 'webtransport');

/** 0x12: SHA-256, of 0x20 bytes. */
const multihash = (hash: Uint8Array): Uint8Array => Uint8Array.from([0x12, 0x20, ...hash]);

function multiaddrOf(host: string, port: number): Multiaddr {
  const plain = host.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  return multiaddr(`/${isIPv4(plain) ? 'ip4' : 'ip6'}/${plain}/udp/${port}/quic-v1/webtransport`);
}
