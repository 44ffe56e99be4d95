import { earlyBytesMax } from '../../base/limits.ts';
import { costOf } from '../inbox.ts';

/** Messages that come in a stream, and some of them as copies besides: each is delivered once, in order, as early as it can be. */
export class Merge {
  readonly #deliver: (message: Uint8Array) => void;
  /** Copies whose turn has not come. */
  readonly #early = new Map<number, Uint8Array>();
  #earlyBytes = 0;
  #streamed = 0;
  #delivered = 0;

  constructor(deliver: (message: Uint8Array) => void) {
    this.#deliver = deliver;
  }

  /** The next message of the stream. */
  streamed(message: Uint8Array): void {
    const number = this.#streamed++;
    if (number === this.#delivered) this.#pass(message);
  }

  /** A copy that nobody needs any more is dropped, and so is one too many: the stream brings the message anyway. */
  copied(number: number, message: Uint8Array): void {
    if (number === this.#delivered) {
      this.#pass(message);
      return;
    }
    if (number < this.#delivered || this.#early.has(number)) return;
    if (this.#earlyBytes + costOf(message) > earlyBytesMax) return;
    this.#early.set(number, message);
    this.#earlyBytes += costOf(message);
  }

  #pass(message: Uint8Array): void {
    for (let next: Uint8Array | undefined = message; next; next = this.#takeEarly()) {
      this.#delivered++;
      this.#deliver(next);
    }
  }

  #takeEarly(): Uint8Array | undefined {
    const message = this.#early.get(this.#delivered);
    if (!message) return undefined;
    this.#early.delete(this.#delivered);
    this.#earlyBytes -= costOf(message);
    return message;
  }
}
