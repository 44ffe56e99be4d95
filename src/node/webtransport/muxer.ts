import type { MultiaddrConnection } from '@libp2p/interface';
import {
  AbstractMultiaddrConnection,
  type AbstractMultiaddrConnectionInit,
  AbstractStreamMuxer,
} from '@libp2p/utils';
import { TabmeshError } from '../../base/error.ts';
import { WebTransportStream } from './libp2p-stream.ts';
import type { WebTransportSession } from './session.ts';

export const muxerProtocol = '/webtransport';

/** A session as a connection of libp2p: nothing is sent on it but in its streams. */
export class SessionConnection extends AbstractMultiaddrConnection {
  readonly #session: WebTransportSession;

  constructor(init: Omit<AbstractMultiaddrConnectionInit, 'direction'>, session: WebTransportSession) {
    super({ ...init, direction: 'inbound' });
    this.#session = session;
  }

  override sendData(): never {
    throw new Error('A WebTransport session sends in streams.');
  }

  override sendReset(): void {
    this.#session.close();
  }

  override async sendClose(): Promise<void> {
    this.#session.close();
  }

  // Streams are paused one by one.
  override sendPause(): void {}
  override sendResume(): void {}
}

/** The streams of a session are those of the connection, so there is nothing to multiplex. */
export class SessionMuxer extends AbstractStreamMuxer<WebTransportStream> {
  readonly #session: WebTransportSession;

  constructor(connection: MultiaddrConnection, session: WebTransportSession) {
    super(connection, { protocol: muxerProtocol, name: 'muxer' });
    this.#session = session;
  }

  override onCreateStream(): WebTransportStream {
    const stream = this.#session.open();
    if (!stream) throw new TabmeshError('full', 'network', 'The other side lets no more streams be opened.');
    return new WebTransportStream(
      { id: String(stream.id), direction: 'outbound', log: this.log },
      { stream, early: new Uint8Array() },
    );
  }

  override onData(): void {}
}
