import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { TabmeshError } from '../../base/error.ts';
import {
  quicConnectionWindowBytes,
  quicIdleMs,
  quicStreamsMax,
  quicStreamWindowBytes,
  relayReservationsMax,
} from '../../base/limits.ts';
import type { Certificate } from './certificate.ts';
import { QuicConnection } from './quic-connection.ts';
import type { Quiche, QuicheConfig, QuicheHeader, QuicheHost } from './quiche.ts';
import { RetryTokens } from './retry-token.ts';

const idBytes = 20;
const connectionsMax = 2 * relayReservationsMax;
const refused = 2;

export interface QuicServerOptions {
  readonly quiche: Quiche;
  readonly certificate: Certificate;
  /** Takes a client in from an address that it has proved; the returned function gives its share back. */
  readonly admit: (address: string) => (() => void) | undefined;
  readonly onConnection: (connection: QuicConnection) => void;
}

/** QUIC over one UDP port, for HTTP/3. A client stays where it was when it came: what comes from elsewhere in its name is left out. */
export class QuicServer {
  readonly #options: QuicServerOptions;
  readonly #tokens = new RetryTokens(() => performance.now());
  readonly #connections = new Map<string, QuicConnection>();
  #config: QuicheConfig;
  #socket: Socket | undefined;
  #local: QuicheHost = { host: '0.0.0.0', port: 0 };

  constructor(options: QuicServerOptions) {
    this.#options = options;
    this.#config = configure(options.quiche, options.certificate);
  }

  get port(): number {
    return this.#local.port;
  }

  /** Those who are here keep theirs. */
  present(certificate: Certificate): void {
    this.#config = configure(this.#options.quiche, certificate);
  }

  /** Rejects with TabmeshError('unavailable', 'network') where the port is taken. */
  async listen(host: string, port: number): Promise<void> {
    const socket = createSocket({ type: isIPv6(host) ? 'udp6' : 'udp4', recvBufferSize: 1 << 20 });
    await new Promise<void>((resolve, reject) => {
      socket.once('error', cause => {
        const reason = `UDP port ${port} of ${host} cannot be listened on: ${cause.message}.`;
        reject(new TabmeshError('unavailable', 'network', reason, { cause }));
      });
      socket.bind(port, host, resolve);
    });
    // Somebody who went away is told by ICMP, which is no reason to stop.
    socket.removeAllListeners('error').on('error', () => {});
    this.#local = { host, port: socket.address().port };
    this.#socket = socket;
    socket.on('message', (datagram, from) => this.#receive(datagram, from));
  }

  async close(): Promise<void> {
    for (const connection of [...this.#connections.values()]) connection.close(0x100);
    const socket = this.#socket;
    this.#socket = undefined;
    if (!socket) return;
    socket.removeAllListeners('message');
    await new Promise<void>(resolve => setImmediate(() => socket.close(resolve)));
  }

  #receive(datagram: Buffer, { address, port }: RemoteInfo): void {
    const { quiche } = this.#options;
    const from = { host: address, port };
    let header: QuicheHeader;
    try {
      header = quiche.Header.fromSlice(datagram, idBytes);
    } catch {
      return;
    }
    const connection = this.#connections.get(keyOf(header.dcid));
    if (connection) {
      const { remote } = connection;
      // quiche 0.18 can be led around in a circle by a connection that has two paths (CVE-2025-7054).
      if (remote.host === address && remote.port === port) connection.receive(datagram);
      return;
    }
    if (header.ty !== quiche.Type.Initial) return;
    try {
      this.#meet(datagram, header, from);
    } catch {
      // What quiche cannot answer of a stranger's first packet must not end the relay.
    }
  }

  #meet(datagram: Buffer, header: QuicheHeader, from: QuicheHost): void {
    const { quiche, admit, onConnection } = this.#options;
    // An answer to less would be more than was asked, to a place that may not have asked at all.
    if (datagram.length < 1200) return;
    const out = Buffer.alloc(1200);
    if (!quiche.versionIsSupported(header.version)) {
      this.#transmit(out.subarray(0, quiche.negotiateVersion(header.scid, header.dcid, out)), from);
      return;
    }
    if (!header.token?.length) {
      const { token, newId } = this.#tokens.make(header.dcid, from);
      const bytes = quiche.retry(header.scid, header.dcid, newId, token, header.version, out);
      this.#transmit(out.subarray(0, bytes), from);
      return;
    }
    const firstId = this.#tokens.read(header.token, header.dcid, from);
    if (!firstId) return;
    const inner = quiche.Connection.accept(header.dcid, firstId, this.#local, from, this.#config);
    const connection = new QuicConnection({
      quiche,
      connection: inner,
      remote: from,
      local: this.#local,
      transmit: bytes => this.#transmit(bytes, from),
    });
    const leave = this.#connections.size < connectionsMax ? admit(from.host) : undefined;
    if (!leave) {
      connection.receive(datagram);
      connection.close(refused);
      return;
    }
    const key = keyOf(header.dcid);
    this.#connections.set(key, connection);
    connection.onClose = () => {
      this.#connections.delete(key);
      leave();
    };
    onConnection(connection);
    connection.receive(datagram);
  }

  #transmit(datagram: Uint8Array, { host, port }: QuicheHost): void {
    this.#socket?.send(datagram, port, host, () => {});
  }
}

const keyOf = (id: Uint8Array): string => Buffer.from(id).toString('base64');

function configure(quiche: Quiche, { key, certificate }: Certificate): QuicheConfig {
  const config = quiche.Config.withBoringSslCtx(
    false,
    false,
    null,
    [Buffer.from(key)],
    [Buffer.from(certificate)],
    'ecdsa_secp256r1_sha256',
  );
  config.setApplicationProtos(['h3']);
  config.setMaxIdleTimeout(quicIdleMs);
  config.setMaxRecvUdpPayloadSize(1500);
  // What every network carries; nothing here looks for more.
  config.setMaxSendUdpPayloadSize(1200);
  config.setInitialMaxData(quicConnectionWindowBytes);
  config.setMaxConnectionWindow(quicConnectionWindowBytes);
  config.setInitialMaxStreamDataBidiLocal(quicStreamWindowBytes);
  config.setInitialMaxStreamDataBidiRemote(quicStreamWindowBytes);
  config.setInitialMaxStreamDataUni(quicStreamWindowBytes);
  config.setMaxStreamWindow(quicStreamWindowBytes);
  config.setInitialMaxStreamsBidi(quicStreamsMax);
  // A control stream, two of QPACK, and some that test whether unknown ones are left alone.
  config.setInitialMaxStreamsUni(8);
  config.setDisableActiveMigration(true);
  // Chromium asks for datagrams, which nobody sends.
  config.enableDgram(true, 1, 1);
  return config;
}
