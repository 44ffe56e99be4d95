import type { Stream, StreamMessageEvent } from '@libp2p/interface';
import type { PeerId } from '../../base/brand.ts';
import { TabmeshError } from '../../base/error.ts';
import { channelCloseMs, channelWindowBytes } from '../../base/limits.ts';
import { costOf, Inbox } from '../inbox.ts';
import type { Channel, Protocol } from '../network.ts';
import { SendWindow } from '../send-window.ts';
import { creditFrame, endFrame, type Frame, FrameReader, messageFrame } from './frames.ts';
import { Merge } from './merge.ts';

/** Where copies of one stream's messages go beside it, and come. */
export interface Copies {
  send(number: number, message: Uint8Array): void;
  receive(call: (number: number, message: Uint8Array) => void): void;
  end(): void;
}

/** A channel over one libp2p stream. */
export class StreamChannel implements Channel {
  readonly peer: PeerId;
  readonly protocol: string;
  readonly messages: Inbox;
  readonly #stream: Stream;
  readonly #messageBytesMax: number;
  readonly #frames: FrameReader;
  readonly #window = new SendWindow(channelWindowBytes);
  readonly #copies: Copies | undefined;
  readonly #merge = new Merge(message => this.#onMessage(message));
  readonly #onEnd: (() => void)[] = [];
  #sent = 0;
  #owedCredit = 0;
  #ended = false;

  constructor(peer: PeerId, stream: Stream, protocol: Protocol, copies?: Copies) {
    this.peer = peer;
    this.protocol = stream.protocol;
    this.#stream = stream;
    this.#messageBytesMax = protocol.messageBytesMax;
    this.#frames = new FrameReader(protocol.messageBytesMax);
    this.messages = new Inbox(cost => this.#taken(cost));
    this.#copies = copies;
    copies?.receive((number, message) => this.#guarded(() => this.#onCopy(number, message)));
    stream.addEventListener('message', (event: StreamMessageEvent) => this.#onBytes(event.data));
    // stream.onDrain() resolves only the first time (@libp2p/utils 7.4.1); the event comes every time.
    stream.addEventListener('drain', () => this.#window.release());
    stream.addEventListener('end', () => this.break(this.#lost()));
    stream.addEventListener('close', () => this.break(this.#lost()));
    if (stream.readableEnded || stream.status !== 'open') this.break(this.#lost());
  }

  /** Calls back once, whatever ends the channel; at once where it has ended. */
  onEnd(call: () => void): void {
    if (this.#ended) call();
    else this.#onEnd.push(call);
  }

  send(message: Uint8Array, signal?: AbortSignal): Promise<void> {
    const frame = messageFrame(message);
    const transmit = () => {
      this.#write(frame);
      this.#copies?.send(this.#sent++, message);
    };
    return this.#window.send(costOf(message), transmit, signal);
  }

  async close(): Promise<void> {
    if (this.#ended) return;
    this.#write(endFrame);
    this.#end(new TabmeshError('cancelled', 'network', `This side closed ${this.protocol}.`));
    await this.#closeStream();
  }

  abort(reason: Error): void {
    this.break(reason);
    this.#stream.abort(reason);
  }

  /** Ends this end alone: the stream is gone or will be at once. */
  break(reason: Error): void {
    this.#end(reason, reason);
  }

  #onBytes(data: StreamMessageEvent['data']): void {
    this.#guarded(() => {
      for (const frame of this.#frames.push(data)) this.#onFrame(frame);
    });
  }

  #onCopy(number: number, message: Uint8Array): void {
    if (message.length <= this.#messageBytesMax) this.#merge.copied(number, message);
  }

  /** What the other side sends wrongly ends the channel. */
  #guarded(take: () => void): void {
    if (this.#ended) return;
    try {
      take();
    } catch (error) {
      this.abort(error as Error);
    }
  }

  #onFrame(frame: Frame): void {
    if (this.#ended) return;
    if (frame.kind === 'credit') this.#window.credit(frame.cost);
    else if (frame.kind === 'message') this.#merge.streamed(frame.message);
    else {
      this.#end(new TabmeshError('lost', 'network', `The other side closed ${this.protocol}.`));
      void this.#closeStream();
    }
  }

  #onMessage(message: Uint8Array): void {
    this.messages.push(message);
    const costMax = channelWindowBytes + costOf(message) + this.#messageBytesMax;
    if (this.messages.unreadCost <= costMax) return;
    const text = `The other side sent more on ${this.protocol} than it was allowed to.`;
    throw new TabmeshError('full', 'network', text);
  }

  #taken(cost: number): void {
    this.#owedCredit += cost;
    if (this.#ended || this.#owedCredit < channelWindowBytes / 4) return;
    this.#write(creditFrame(this.#owedCredit));
    this.#owedCredit = 0;
  }

  #write(frame: Uint8Array): void {
    try {
      if (!this.#stream.send(frame)) this.#window.hold();
    } catch {
      this.break(this.#lost());
    }
  }

  /** Neither waits for ever for the other side nor leaves a half-open stream behind. */
  async #closeStream(): Promise<void> {
    const late = setTimeout(() => this.#stream.abort(this.#lost()), channelCloseMs);
    this.#stream.addEventListener('close', () => clearTimeout(late), { once: true });
    try {
      await this.#stream.close({ signal: AbortSignal.timeout(channelCloseMs) });
    } catch (error) {
      this.#stream.abort(error as Error);
    }
  }

  #end(sending: Error, reading?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#copies?.end();
    this.#window.end(sending);
    this.messages.end(reading);
    for (const call of this.#onEnd) call();
  }

  #lost(): TabmeshError {
    return new TabmeshError('lost', 'network', `The connection under ${this.protocol} broke.`);
  }
}
