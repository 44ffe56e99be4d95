import type { PeerId } from '../base/brand.ts';
import type { Clock } from '../base/clock.ts';
import { within } from '../base/deadline.ts';
import { isKind, TabmeshError } from '../base/error.ts';
import {
  afterSleepMs,
  channelCloseMs,
  heartbeatEveryMs,
  heartbeatSilenceMs,
  recordEveryMs,
  recordsAtOnce,
  unsentMessagesMax,
} from '../base/limits.ts';
import { Pace } from './pace.ts';
import type { PodLine } from './pod-line.ts';
import type { Contact, PodMessage, WireRecord } from './pod-message.ts';

/** Why a member is gone: on purpose, broken off or silent, or cut off by us. */
export type Departure = 'goodbye' | 'lost' | 'garbage';

export interface MemberLineEvents {
  /** Its record is another one; told at a pace, whatever the other side's is. */
  readonly record: () => void;
  /** Anything else than what a line itself is about; false where it is not understood. */
  readonly message: (message: PodMessage) => boolean;
  /** Whom it has as members. */
  readonly contacts: (contacts: readonly Contact[]) => void;
  /** Whether we slept until now, so that nothing could be heard. */
  readonly slept: () => boolean;
  readonly end: (why: Departure) => void;
}

/** One member as long as its line lasts: what it says of itself, and whether it is still there. */
export class MemberLine {
  readonly peer: PeerId;
  record: WireRecord;
  readonly #line: PodLine;
  readonly #clock: Clock;
  readonly #on: MemberLineEvents;
  readonly #news: Pace;
  #heardAt: number;
  #forgiven = false;
  #wroteAt: number;
  #unsent: WireRecord | undefined;
  #unsentContacts: readonly Contact[] | undefined;
  #unsentMessages: PodMessage[] = [];
  #sending = false;
  #ended = false;
  #stopWatching = () => {};

  constructor(line: PodLine, record: WireRecord, clock: Clock, on: MemberLineEvents) {
    this.peer = line.peer;
    this.record = record;
    this.#line = line;
    this.#clock = clock;
    this.#on = on;
    this.#news = new Pace(clock, { everyMs: recordEveryMs, atOnce: recordsAtOnce }, on.record);
    this.#heardAt = clock.now();
    this.#wroteAt = clock.now();
    this.#watch();
    void this.#listen();
  }

  /** Only the newest record waits: a slow line never piles them up. */
  announce(record: WireRecord): void {
    this.#unsent = record;
    if (!this.#sending) void this.#send();
  }

  /** In order; who takes nothing while so much piles up is cut off. */
  send(message: PodMessage): void {
    this.#unsentMessages.push(message);
    if (this.#unsentMessages.length > unsentMessagesMax)
      this.cut(new TabmeshError('lost', 'pod', 'This member takes nothing that is sent to it.'));
    else if (!this.#sending) void this.#send();
  }

  introduce(contacts: readonly Contact[]): void {
    this.#unsentContacts = contacts;
    if (!this.#sending) void this.#send();
  }

  /** With every heartbeat: says that we live. */
  beat(): void {
    if (!this.#sending) void this.#send();
  }

  /**
   * We slept, and hear what was said meanwhile within a moment. Once, until something is heard: a tab that is busy all the
   * time would never see that somebody is gone.
   */
  forgive(): void {
    if (this.#forgiven) return;
    this.#forgiven = true;
    this.#heardAt = Math.max(this.#heardAt, this.#clock.now() - heartbeatSilenceMs + afterSleepMs);
  }

  /** Ends without telling `end`. The goodbye is on its way when it returns, and waited for if the line is full. */
  async close(farewell: 'goodbye' | 'replaced'): Promise<void> {
    this.#stop();
    if (farewell === 'goodbye') {
      const late = () => new TabmeshError('timeout', 'pod', 'This member took no goodbye.');
      const last = async () => {
        for (const message of this.#unsentMessages) await this.#line.write(message);
        await this.#line.write({ goodbye: {} });
      };
      await within(this.#clock, channelCloseMs, late, last).catch(error => this.#line.abort(error));
    }
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
        this.#wroteAt = this.#clock.now();
        await this.#line.write(this.#next());
      } while ((this.#unsent || this.#unsentContacts || this.#unsentMessages.length > 0) && !this.#ended);
    } catch {
      // The reader sees the same end and names it.
    } finally {
      this.#sending = false;
    }
  }

  #next(): PodMessage {
    const [record, contacts] = [this.#unsent, this.#unsentContacts];
    if (record) {
      this.#unsent = undefined;
      return { announce: record };
    }
    if (!contacts && this.#unsentMessages.length > 0) return this.#unsentMessages.shift()!;
    this.#unsentContacts = undefined;
    return contacts ? { contacts: { contacts: [...contacts] } } : { heartbeat: {} };
  }

  async #listen(): Promise<void> {
    try {
      for (;;) {
        const message = await this.#line.read();
        if (this.#ended) return;
        this.#heardAt = this.#clock.now();
        this.#forgiven = false;
        if ('announce' in message) {
          this.record = message.announce;
          this.#news.ask();
        } else if ('contacts' in message) this.#on.contacts(message.contacts.contacts);
        else if ('goodbye' in message) return this.#end('goodbye');
        else if (!('heartbeat' in message) && !this.#on.message(message)) {
          throw new TabmeshError('corrupt', 'pod', 'A member spoke out of turn.');
        }
        // Timers of a hidden tab ring once a minute, but what others say is heard at once (research: network, 5.6).
        if (!this.#sending && this.#clock.now() - this.#wroteAt >= heartbeatEveryMs) void this.#send();
      }
    } catch (error) {
      if (isKind(error, 'corrupt')) this.cut(error as Error);
      else this.#end('lost');
    }
  }

  /** Rings when the silence is just long enough: at a heartbeat's pace it would be seen half a second later. */
  #watch(): void {
    const leftMs = this.#heardAt + heartbeatSilenceMs - this.#clock.now();
    this.#stopWatching = this.#clock.after(leftMs, () => this.#look());
  }

  #look(): void {
    if (this.#on.slept()) this.forgive();
    if (this.#clock.now() - this.#heardAt < heartbeatSilenceMs) {
      this.#watch();
      return;
    }
    const seconds = heartbeatSilenceMs / 1000;
    this.#line.abort(new TabmeshError('lost', 'pod', `Nothing was heard for ${seconds} s.`));
    this.#end('lost');
  }

  #stop(): void {
    this.#ended = true;
    this.#stopWatching();
    this.#news.stop();
  }

  #end(why: Departure): void {
    if (this.#ended) return;
    this.#stop();
    if (why === 'goodbye') this.#line.close();
    this.#on.end(why);
  }
}
