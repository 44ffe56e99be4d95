import type { PeerId } from '../base/brand.ts';
import { TabmeshError } from '../base/error.ts';
import type { Channel } from '../network/network.ts';
import { decodePodMessage, encodePodMessage, type PodMessage } from './pod-message.ts';

/** A channel of /tabmesh/pod/3 as checked messages. */
export class PodLine {
  readonly peer: PeerId;
  readonly #channel: Channel;
  readonly #messages: AsyncIterator<Uint8Array>;
  #closed = false;

  constructor(channel: Channel) {
    this.peer = channel.peer;
    this.#channel = channel;
    this.#messages = channel.messages[Symbol.asyncIterator]();
  }

  /** The next message. Throws TabmeshError('lost', ...) at the end, and 'corrupt' for garbage. */
  async read(): Promise<PodMessage> {
    const { done, value } = await this.#messages.next();
    if (done) throw new TabmeshError('lost', 'pod', 'The other side hung up.');
    return decodePodMessage(value);
  }

  write(message: PodMessage, signal?: AbortSignal): Promise<void> {
    return this.#channel.send(encodePodMessage(message), signal);
  }

  /** What was written before still arrives. */
  close(): void {
    this.#closed = true;
    this.#channel.close().catch(() => {});
  }

  /** After `close` it does nothing, so that the last words arrive. */
  abort(reason: Error): void {
    if (!this.#closed) this.#channel.abort(reason);
  }
}
