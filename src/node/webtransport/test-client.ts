/** A QUIC client for tests, out of the same library. */
import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import type { Quiche, QuicheConfig, QuicheConnection, QuicheHost } from './quiche.ts';

interface Connecting {
  connect(
    name: string,
    scid: Uint8Array,
    local: QuicheHost,
    remote: QuicheHost,
    config: QuicheConfig,
  ): QuicheConnection & { peerError(): { errorCode: number } | null; destinationId(): Uint8Array };
}

const host = '127.0.0.1';

export class TestClient {
  readonly connection: ReturnType<Connecting['connect']>;
  readonly #socket: Socket;
  readonly #remote: QuicheHost;

  static async open(quiche: Quiche, port: number): Promise<TestClient> {
    const socket = createSocket('udp4');
    await new Promise<void>(resolve => socket.bind(0, host, resolve));
    return new TestClient(quiche, socket, port);
  }

  private constructor(quiche: Quiche, socket: Socket, port: number) {
    this.#socket = socket;
    this.#remote = { host, port };
    const config = quiche.Config.withBoringSslCtx(
      false,
      false,
      null,
      null as never,
      null as never,
      null as never,
    );
    config.setApplicationProtos(['h3']);
    config.setMaxIdleTimeout(30_000);
    config.setInitialMaxData(1 << 20);
    config.setInitialMaxStreamDataBidiLocal(1 << 18);
    config.setInitialMaxStreamDataBidiRemote(1 << 18);
    config.setInitialMaxStreamDataUni(1 << 18);
    config.setInitialMaxStreamsBidi(8);
    config.setInitialMaxStreamsUni(8);
    const local = { host, port: socket.address().port };
    const connecting = quiche.Connection as unknown as Connecting;
    this.connection = connecting.connect('relay', randomBytes(20), local, this.#remote, config);
    socket.on('message', datagram => {
      try {
        this.connection.recv(datagram, { from: this.#remote, to: local });
      } catch {
        // Ends the connection, which a test looks at.
      }
      this.pump();
    });
    this.pump();
  }

  pump(): void {
    for (;;) {
      const datagram = Buffer.alloc(1500);
      const sent = this.connection.send(datagram);
      if (!sent) return;
      this.raw(datagram.subarray(0, sent[0]));
    }
  }

  raw(datagram: Uint8Array): void {
    this.#socket.send(datagram, this.#remote.port, host);
  }

  /** How many bytes were taken. */
  send(stream: number, bytes: Uint8Array): number {
    const sent = this.connection.streamSend(stream, bytes, false) ?? 0;
    this.pump();
    return sent;
  }

  /** What is there; throws where the stream was reset. */
  read(stream: number): Buffer {
    const out = Buffer.alloc(1 << 18);
    const bytes = this.connection.streamRecv(stream, out)?.[0] ?? 0;
    this.pump();
    return out.subarray(0, bytes);
  }

  close(): void {
    this.#socket.close();
  }
}
