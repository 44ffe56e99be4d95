import type { AbortOptions } from '@libp2p/interface';
import { AbstractStream, type AbstractStreamInit } from '@libp2p/utils';
import type { Uint8ArrayList } from 'uint8arraylist';
import { whenAborted } from '../../base/deadline.ts';
import { streamErrorCode } from './http3.ts';
import type { QuicStream } from './quic-stream.ts';
import type { SessionStream } from './session.ts';

/** A stream of a WebTransport session as one of libp2p. */
export class WebTransportStream extends AbstractStream {
  readonly #stream: QuicStream;

  constructor(init: AbstractStreamInit, { stream, early }: SessionStream) {
    super(init);
    this.#stream = stream;
    this.onData(early);
    stream.give({
      onData: bytes => this.onData(bytes),
      onEnd: () => this.onRemoteCloseWrite(),
      onReset: () => this.onRemoteReset(),
      onDrain: () => this.safeDispatchEvent('drain'),
    });
  }

  override sendData(data: Uint8ArrayList): { sentBytes: number; canSendMore: boolean } {
    // The caller may write into its bytes again.
    const canSendMore = this.#stream.write(data.slice());
    return { sentBytes: data.byteLength, canSendMore };
  }

  override sendReset(): void {
    this.#stream.reset(streamErrorCode(0));
  }

  override async sendCloseWrite(options?: AbortOptions): Promise<void> {
    const ended = this.#stream.end();
    await (options?.signal ? Promise.race([ended, whenAborted(options.signal)]) : ended);
  }

  override async sendCloseRead(): Promise<void> {
    this.#stream.stopReading(streamErrorCode(0));
  }

  override sendPause(): void {
    this.#stream.pause();
  }

  override sendResume(): void {
    this.#stream.resume();
  }
}
