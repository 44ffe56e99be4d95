import { quicStreamsMax, quicUnusedBytesMax } from '../../base/limits.ts';
import { errorCodes } from './http3.ts';
import { QuicStream, type QuicStreamWays } from './quic-stream.ts';
import type { Quiche, QuicheConnection, QuicheHost } from './quiche.ts';

/** What is read at once. */
const chunk = new Uint8Array(64 * 1024);

export interface QuicConnectionParts {
  readonly quiche: Quiche;
  readonly connection: QuicheConnection;
  readonly remote: QuicheHost;
  readonly local: QuicheHost;
  readonly transmit: (datagram: Uint8Array) => void;
}

/** One client. Its methods throw nothing: whatever breaks the rules of QUIC ends the connection. */
export class QuicConnection implements QuicStreamWays {
  readonly remote: QuicheHost;
  /** A stream that the client opened; it must be given to somebody at once. */
  onStream: (stream: QuicStream) => void = () => {};
  onClose: () => void = () => {};
  bytesIn = 0;
  bytesOut = 0;
  readonly #parts: QuicConnectionParts;
  readonly #streams = new Map<number, QuicStream>();
  #delivered = 0;
  #nextBidi = 1;
  #nextUni = 3;
  #timer: NodeJS.Timeout | undefined;
  #scheduled = false;
  #closed = false;

  constructor(parts: QuicConnectionParts) {
    this.#parts = parts;
    this.remote = parts.remote;
  }

  get closed(): boolean {
    return this.#closed;
  }

  get established(): boolean {
    return this.#parts.connection.isEstablished();
  }

  /** `datagram` is decrypted in its place. */
  receive(datagram: Uint8Array): void {
    if (this.#closed) return;
    const { connection, remote, local } = this.#parts;
    this.bytesIn += datagram.length;
    try {
      connection.recv(datagram, { from: remote, to: local });
    } catch {
      // What cannot be read ends the connection, or is left out; `isClosed` and `send` below tell which.
    }
    // quiche 0.18 keeps whatever comes outside of streams (CVE-2024-1765, CVE-2024-1410).
    if (this.bytesIn - this.#delivered * 1.25 - this.bytesOut > quicUnusedBytesMax) {
      this.close(errorCodes.excessiveLoad);
      return;
    }
    this.#readAll();
    for (const stream of this.#streams.values()) if (stream.blocked) stream.flush();
    this.#transmit();
  }

  /** Undefined where the client lets no more be opened. */
  open(kind: 'bidi' | 'uni'): QuicStream | undefined {
    const id = kind === 'bidi' ? this.#nextBidi : this.#nextUni;
    if (this.#closed || this.#streams.size >= 2 * quicStreamsMax) return undefined;
    try {
      this.#parts.connection.streamSend(id, new Uint8Array(), false);
    } catch {
      return undefined;
    }
    if (kind === 'bidi') this.#nextBidi += 4;
    else this.#nextUni += 4;
    const stream = new QuicStream(id, this, { readable: kind === 'bidi' });
    this.#streams.set(id, stream);
    return stream;
  }

  close(code: number): void {
    if (this.#closed) return;
    try {
      this.#parts.connection.close(true, code, new Uint8Array());
    } catch {
      // It is closing already.
    }
    this.#transmit();
    this.#end();
  }

  send(id: number, bytes: Uint8Array, end: boolean): number {
    const sent = this.#parts.connection.streamSend(id, bytes, end) ?? 0;
    this.#schedule();
    return sent;
  }

  stopReading(id: number, code: number): void {
    this.#shutdown(id, this.#parts.quiche.Shutdown.Read, code);
  }

  stopWriting(id: number, code: number): void {
    this.#shutdown(id, this.#parts.quiche.Shutdown.Write, code);
  }

  wake(id: number): void {
    const stream = this.#streams.get(id);
    if (!stream || this.#closed) return;
    queueMicrotask(() => {
      if (this.#closed) return;
      this.#read(stream);
      this.#schedule();
    });
  }

  forget(id: number): void {
    this.#streams.delete(id);
  }

  #shutdown(id: number, direction: number, code: number): void {
    if (this.#closed) return;
    try {
      this.#parts.connection.streamShutdown(id, direction, code);
    } catch {
      // It is shut already.
    }
    this.#schedule();
  }

  #readAll(): void {
    if (!this.established) return;
    for (const id of [...this.#parts.connection.readable()]) {
      this.#read(this.#streams.get(id) ?? this.#admit(id));
    }
  }

  #admit(id: number): QuicStream {
    const stream = new QuicStream(id, this, { writable: (id & 2) === 0 });
    this.#streams.set(id, stream);
    this.onStream(stream);
    return stream;
  }

  #read(stream: QuicStream): void {
    while (!stream.paused && !this.#closed && this.#streams.has(stream.id)) {
      try {
        const result = this.#parts.connection.streamRecv(stream.id, chunk);
        if (!result) return;
        const [bytes, end] = result;
        this.#delivered += bytes;
        stream.take(chunk.slice(0, bytes), end);
      } catch {
        stream.lose();
      }
    }
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#transmit();
    });
  }

  #transmit(): void {
    if (this.#closed) return;
    const { connection, transmit } = this.#parts;
    try {
      for (;;) {
        const datagram = Buffer.allocUnsafe(1500);
        const sent = connection.send(datagram);
        if (!sent) break;
        this.bytesOut += sent[0];
        transmit(datagram.subarray(0, sent[0]));
      }
    } catch {
      this.#end();
    }
    if (connection.isClosed() || connection.isDraining()) this.#end();
    clearTimeout(this.#timer);
    const ms = connection.timeout();
    if (ms !== null && !this.#closed) this.#timer = setTimeout(() => this.#tick(), ms + 1).unref();
  }

  #tick(): void {
    if (this.#closed) return;
    this.#parts.connection.onTimeout();
    this.#transmit();
  }

  #end(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const stream of [...this.#streams.values()]) stream.lose();
    this.#streams.clear();
    this.onClose();
  }
}
