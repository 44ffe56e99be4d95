/** What a stream tells whoever uses it. Nothing comes after `onReset`. */
export interface QuicStreamUser {
  onData(bytes: Uint8Array): void;
  /** The other side sends no more. */
  onEnd(): void;
  /** The other side gave the stream up, or the connection is gone. */
  onReset(): void;
  /** All that was written is on its way. */
  onDrain(): void;
}

/** What a stream needs of its connection. */
export interface QuicStreamWays {
  /** How many bytes were taken; throws where the other side reads no more. */
  send(id: number, bytes: Uint8Array, end: boolean): number;
  stopReading(id: number, code: number): void;
  stopWriting(id: number, code: number): void;
  /** Reading goes on. */
  wake(id: number): void;
  /** Neither side sends any more. */
  forget(id: number): void;
}

/** One stream of a QUIC connection, each direction with the other side's flow control. */
export class QuicStream {
  readonly id: number;
  readonly #ways: QuicStreamWays;
  #user: QuicStreamUser | undefined;
  #waiting: Uint8Array[] = [];
  #ending: PromiseWithResolvers<void> | undefined;
  #paused = true;
  #readable: boolean;
  #writable: boolean;

  constructor(id: number, ways: QuicStreamWays, { readable = true, writable = true } = {}) {
    this.id = id;
    this.#ways = ways;
    this.#readable = readable;
    this.#writable = writable;
  }

  get paused(): boolean {
    return this.#paused;
  }

  get blocked(): boolean {
    return this.#waiting.length > 0 || this.#ending !== undefined;
  }

  /** Who hears of it from now on; what has come goes on to them. */
  give(user: QuicStreamUser): void {
    this.#user = user;
    this.resume();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    if (this.#readable) this.#ways.wake(this.id);
  }

  /** Whether there is room for more; `onDrain` tells when there is again. */
  write(bytes: Uint8Array): boolean {
    if (!this.#writable || this.#ending) return false;
    if (bytes.length > 0) this.#waiting.push(bytes);
    return this.#push();
  }

  /** Resolves once everything is on its way. */
  end(): Promise<void> {
    if (!this.#writable) return Promise.resolve();
    this.#ending ??= Promise.withResolvers();
    const { promise } = this.#ending;
    this.#push();
    return promise;
  }

  /** Tells the other side that nothing is sent or read any more. */
  reset(code: number): void {
    if (this.#writable) this.#ways.stopWriting(this.id, code);
    this.stopReading(code);
    this.#closeWriting();
  }

  stopReading(code: number): void {
    if (!this.#readable) return;
    this.#ways.stopReading(this.id, code);
    this.#closeReading();
  }

  // What follows is the connection's.

  flush(): void {
    if (this.#push()) this.#user?.onDrain();
  }

  take(bytes: Uint8Array, end: boolean): void {
    if (bytes.length > 0) this.#user?.onData(bytes);
    if (!end || !this.#readable) return;
    this.#closeReading();
    this.#user?.onEnd();
  }

  /** The other side or the connection is gone. */
  lose(): void {
    if (!this.#readable && !this.#writable) return;
    if (this.#writable) this.#ways.stopWriting(this.id, 0);
    if (this.#readable) this.#ways.stopReading(this.id, 0);
    this.#closeReading();
    this.#closeWriting();
    this.#user?.onReset();
  }

  /** Whether all of it went. */
  #push(): boolean {
    try {
      while (this.#waiting.length > 0) {
        const bytes = this.#waiting[0]!;
        const sent = this.#ways.send(this.id, bytes, false);
        if (sent < bytes.length) {
          this.#waiting[0] = bytes.subarray(sent);
          return false;
        }
        this.#waiting.shift();
      }
      if (this.#ending) {
        this.#ways.send(this.id, new Uint8Array(), true);
        this.#closeWriting();
      }
      return true;
    } catch {
      // The other side reads no more.
      this.lose();
      return false;
    }
  }

  #closeReading(): void {
    this.#readable = false;
    if (!this.#writable) this.#ways.forget(this.id);
  }

  #closeWriting(): void {
    this.#writable = false;
    this.#waiting = [];
    this.#ending?.resolve();
    this.#ending = undefined;
    if (!this.#readable) this.#ways.forget(this.id);
  }
}
