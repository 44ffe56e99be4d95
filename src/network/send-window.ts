import { toError } from '../base/error.ts';

interface Waiting {
  readonly cost: number;
  readonly transmit: () => void;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * Backpressure from reader to writer: at most `costMax` bytes (and one message more) are under way or unread. The
 * reader's credits travel on the wire because WebRTC has no read backpressure: a slow reader's buffer grows to
 * 4 MiB, then libp2p aborts the stream (research: network, 4).
 */
export class SendWindow {
  readonly #costMax: number;
  readonly #waiting: Waiting[] = [];
  #underway = 0;
  #held = false;
  #error: Error | undefined;

  constructor(costMax: number) {
    this.#costMax = costMax;
  }

  /** Transmits at once where there is room, else when there is: in the order of the calls. */
  send(cost: number, transmit: () => void, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(toError(signal.reason, 'network'));
    if (this.#error) return Promise.reject(this.#error);
    if (this.#waiting.length === 0 && this.#hasRoom()) {
      this.#underway += cost;
      transmit();
      return Promise.resolve();
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiting: Waiting = { cost, transmit, resolve, reject };
    this.#waiting.push(waiting);
    if (!signal) return promise;
    const giveUp = () => this.#giveUp(waiting, signal);
    signal.addEventListener('abort', giveUp, { once: true });
    return promise.finally(() => signal.removeEventListener('abort', giveUp));
  }

  /** The reader has taken that much. */
  credit(cost: number): void {
    this.#underway = Math.max(0, this.#underway - cost);
    this.#flush();
  }

  /** The transport's own buffer is full: nothing is transmitted until `release`. */
  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    this.#flush();
  }

  end(error: Error): void {
    this.#error ??= error;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(this.#error);
  }

  #hasRoom(): boolean {
    return !this.#held && !this.#error && this.#underway < this.#costMax;
  }

  #flush(): void {
    while (this.#waiting.length > 0 && this.#hasRoom()) {
      const { cost, transmit, resolve } = this.#waiting.shift()!;
      this.#underway += cost;
      transmit();
      resolve();
    }
  }

  #giveUp(waiting: Waiting, signal: AbortSignal): void {
    const index = this.#waiting.indexOf(waiting);
    if (index < 0) return;
    this.#waiting.splice(index, 1);
    waiting.reject(toError(signal.reason, 'network'));
  }
}
