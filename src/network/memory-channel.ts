import type { PeerId } from '../base/brand.ts';
import { TabmeshError } from '../base/error.ts';
import { channelWindowBytes } from '../base/limits.ts';
import type { DelayLine } from './delay-line.ts';
import { costOf, Inbox } from './inbox.ts';
import type { Channel, Protocol } from './network.ts';
import { SendWindow } from './send-window.ts';

/** One end of a simulated channel. `line` carries to the other end, `forget` takes it off its link. */
export class MemoryChannel implements Channel {
  readonly peer: PeerId;
  protocol: string;
  readonly messages: Inbox;
  readonly #protocol: Protocol;
  readonly #line: DelayLine;
  readonly #forget: (channel: MemoryChannel) => void;
  readonly #window = new SendWindow(channelWindowBytes);
  #other: MemoryChannel | undefined;
  #ended = false;

  constructor(peer: PeerId, protocol: Protocol, line: DelayLine, forget: (channel: MemoryChannel) => void) {
    this.peer = peer;
    this.protocol = protocol.name;
    this.#protocol = protocol;
    this.#line = line;
    this.#forget = forget;
    this.messages = new Inbox(cost => line.put(() => this.#other?.credit(cost)));
  }

  /** `name`: the version that was agreed on. */
  static join(a: MemoryChannel, b: MemoryChannel, name: string): void {
    a.#other = b;
    b.#other = a;
    a.protocol = name;
    b.protocol = name;
  }

  send(message: Uint8Array, signal?: AbortSignal): Promise<void> {
    const copy = message.slice();
    const transmit = () => this.#line.put(() => this.#other?.arrive(copy));
    return this.#window.send(costOf(copy), transmit, signal);
  }

  async close(): Promise<void> {
    if (this.#ended) return;
    this.#end(new TabmeshError('cancelled', 'network', `This side closed ${this.protocol}.`));
    this.#line.put(() => this.#other?.closedByOther());
  }

  abort(reason: Error): void {
    if (this.#ended) return;
    this.break(reason);
    const text = `${this.protocol} was broken off by the other side.`;
    this.#line.put(() => this.#other?.break(new TabmeshError('lost', 'network', text)));
  }

  /** Ends this end alone: what happens when the link is gone. */
  break(reason: Error): void {
    this.#end(reason, reason);
  }

  credit(cost: number): void {
    this.#window.credit(cost);
  }

  arrive(message: Uint8Array): void {
    if (message.length > this.#protocol.messageBytesMax) {
      const text = `A message of ${message.length} bytes is over the limit of ${this.protocol}.`;
      this.abort(new TabmeshError('invalid', 'network', text));
    } else this.messages.push(message);
  }

  closedByOther(): void {
    this.#end(new TabmeshError('lost', 'network', `The other side closed ${this.protocol}.`));
  }

  #end(sending: Error, reading?: Error): void {
    this.#ended = true;
    this.#window.end(sending);
    this.messages.end(reading);
    this.#forget(this);
  }
}
