/** What a message counts for in windows and queues: empty ones cost memory too. */
export const costOf = (message: Uint8Array): number => message.length + 64;

/** What has arrived on a channel and was not read yet. What arrived before the end is still read. */
export class Inbox implements AsyncIterable<Uint8Array> {
  readonly #unread: Uint8Array[] = [];
  readonly #onRead: (cost: number) => void;
  #unreadCost = 0;
  #end: { readonly error?: Error } | undefined;
  #wake: (() => void) | undefined;

  constructor(onRead: (cost: number) => void) {
    this.#onRead = onRead;
  }

  get unreadCost(): number {
    return this.#unreadCost;
  }

  push(message: Uint8Array): void {
    if (this.#end) return;
    this.#unread.push(message);
    this.#unreadCost += costOf(message);
    this.#wake?.();
  }

  /** The first end counts. */
  end(error?: Error): void {
    this.#end ??= error ? { error } : {};
    this.#wake?.();
  }

  /** Leaving a loop ends nothing: a second loop goes on with the next message. */
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return { next: () => this.#next() };
  }

  async #next(): Promise<IteratorResult<Uint8Array>> {
    for (;;) {
      const message = this.#unread.shift();
      if (message) {
        this.#unreadCost -= costOf(message);
        this.#onRead(costOf(message));
        return { done: false, value: message };
      }
      if (this.#end?.error) throw this.#end.error;
      if (this.#end) return { done: true, value: undefined };
      await new Promise<void>(resolve => (this.#wake = resolve));
    }
  }
}
