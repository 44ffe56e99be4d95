import type { PeerId } from '../base/brand.ts';
import type { Clock } from '../base/clock.ts';
import { isKind, TabmeshError } from '../base/error.ts';
import { heartbeatSilenceMs } from '../base/limits.ts';
import type { PodLine } from './pod-line.ts';
import type { WireRecord } from './pod-message.ts';

/** Why a member is gone: on purpose, broken off or silent, or cut off by us. */
export type Departure = 'goodbye' | 'lost' | 'garbage';

/** One member as long as its line lasts: what it says of itself, and whether it is still there. */
export class MemberLine {
  readonly peer: PeerId;
  record: WireRecord;
  readonly #line: PodLine;
  readonly #clock: Clock;
  readonly #onRecord: () => void;
  readonly #onEnd: (why: Departure) => void;
  #heardAt: number;
  #unsent: WireRecord | undefined;
  #sending = false;
  #ended = false;

  constructor(
    line: PodLine,
    record: WireRecord,
    clock: Clock,
    on: { record: () => void; end: (why: Departure) => void },
  ) {
    this.peer = line.peer;
    this.record = record;
    this.#line = line;
    this.#clock = clock;
    this.#onRecord = on.record;
    this.#onEnd = on.end;
    this.#heardAt = clock.now();
    void this.#listen();
  }

  /** Only the newest record waits: a slow line never piles them up. */
  announce(record: WireRecord): void {
    this.#unsent = record;
    if (!this.#sending) void this.#send();
  }

  /** Once a second: says that we live, and looks whether the other does. */
  beat(): void {
    if (this.#clock.now() - this.#heardAt > heartbeatSilenceMs) {
      const seconds = heartbeatSilenceMs / 1000;
      this.#line.abort(new TabmeshError('lost', 'pod', `Nothing was heard for ${seconds} s.`));
      this.#end('lost');
    } else if (!this.#sending) void this.#send();
  }

  /** We slept, so nothing that was said meanwhile could be heard: silence counts from now. */
  forgive(): void {
    this.#heardAt = this.#clock.now();
  }

  /** Ends without telling `onEnd`. */
  async close(farewell: 'goodbye' | 'replaced'): Promise<void> {
    this.#ended = true;
    if (farewell === 'goodbye') await this.#line.write({ goodbye: {} }).catch(() => {});
    this.#line.close();
  }

  cut(reason: Error): void {
    this.#line.abort(reason);
    this.#end('garbage');
  }

  async #send(): Promise<void> {
    this.#sending = true;
    try {
      do {
        const record = this.#unsent;
        this.#unsent = undefined;
        await this.#line.write(record ? { announce: record } : { heartbeat: {} });
      } while (this.#unsent && !this.#ended);
    } catch {
      // The reader sees the same end and names it.
    } finally {
      this.#sending = false;
    }
  }

  async #listen(): Promise<void> {
    try {
      for (;;) {
        const message = await this.#line.read();
        if (this.#ended) return;
        this.#heardAt = this.#clock.now();
        if ('announce' in message) {
          this.record = message.announce;
          this.#onRecord();
        } else if ('goodbye' in message) return this.#end('goodbye');
        else if (!('heartbeat' in message)) {
          throw new TabmeshError('corrupt', 'pod', 'A member spoke out of turn.');
        }
      }
    } catch (error) {
      if (isKind(error, 'corrupt')) this.cut(error as Error);
      else this.#end('lost');
    }
  }

  #end(why: Departure): void {
    if (this.#ended) return;
    this.#ended = true;
    if (why === 'goodbye') this.#line.close();
    this.#onEnd(why);
  }
}
