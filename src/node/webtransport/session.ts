import {
  acceptanceBytes,
  controlStreamBytes,
  errorCodes,
  StreamHeadReader,
  sessionStreamBytes,
} from './http3.ts';
import type { QuicConnection } from './quic-connection.ts';
import type { QuicStream, QuicStreamUser } from './quic-stream.ts';

/** A stream of a session, of which `early` came already with its first packet. */
export interface SessionStream {
  readonly stream: QuicStream;
  readonly early: Uint8Array;
}

const nothing = () => {};
const deaf: QuicStreamUser = { onData: nothing, onEnd: nothing, onReset: nothing, onDrain: nothing };

/** The one WebTransport session of a connection: whoever comes asks for it first, and opens its streams then. */
export class WebTransportSession {
  readonly connection: QuicConnection;
  /** A stream that the client opened; it must be given to somebody at once. */
  onStream: (stream: SessionStream) => void = ({ stream }) => stream.reset(errorCodes.requestRejected);
  onClose: () => void = nothing;
  /** The stream that asked for it. */
  #id: number | undefined;
  #greeted = false;

  constructor(connection: QuicConnection) {
    this.connection = connection;
    connection.onStream = stream => this.#take(stream);
    const { onClose } = connection;
    connection.onClose = () => {
      onClose();
      this.onClose();
    };
  }

  /** Undefined where the client lets no more be opened, or is gone. */
  open(): QuicStream | undefined {
    if (this.#id === undefined) return undefined;
    const stream = this.connection.open('bidi');
    stream?.write(sessionStreamBytes(this.#id));
    return stream;
  }

  close(): void {
    this.connection.close(errorCodes.none);
  }

  #take(stream: QuicStream): void {
    this.#greet();
    // What the client's control stream says changes nothing here, QPACK has no table, and libp2p opens no such streams.
    if (stream.id & 2) stream.give(deaf);
    else this.#listen(stream);
  }

  #listen(stream: QuicStream): void {
    const head = new StreamHeadReader();
    stream.give({
      ...deaf,
      onData: bytes => {
        try {
          const read = head.push(bytes);
          if (read?.kind === 'request') this.#accept(stream);
          if (read?.kind === 'session') this.#enter(stream, read.session, read.rest);
        } catch {
          this.connection.close(errorCodes.protocol);
        }
      },
      onEnd: () => stream.reset(errorCodes.protocol),
    });
  }

  #greet(): void {
    if (this.#greeted) return;
    this.#greeted = true;
    const control = this.connection.open('uni');
    if (control) control.write(controlStreamBytes());
    else this.connection.close(errorCodes.streamCreation);
  }

  #accept(stream: QuicStream): void {
    if (this.#id !== undefined) {
      stream.reset(errorCodes.requestRejected);
      return;
    }
    this.#id = stream.id;
    stream.write(acceptanceBytes);
    // It says no more but that the session ends.
    stream.give({ ...deaf, onEnd: () => this.close(), onReset: () => this.close() });
  }

  #enter(stream: QuicStream, session: number, early: Uint8Array): void {
    if (session === this.#id) this.onStream({ stream, early });
    else stream.reset(errorCodes.sessionGone);
  }
}
