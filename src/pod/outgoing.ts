import type { PeerId } from '../base/brand.ts';
import type { Chunk } from './half-rows.ts';
import { ReplayLog, type ReplayRoom } from './replay-log.ts';

/** What one session sends to its next hop: kept, so that it can go once more, and to another peer. */
export class Outgoing {
  readonly #hop: number;
  readonly #log: ReplayLog;
  readonly #send: (to: PeerId, chunk: Chunk) => void;
  #next: PeerId;
  #severed = false;

  /** `hop` is the receiver's. `send` may throw TabmeshError('full', 'pod'). */
  constructor(hop: number, next: PeerId, room: ReplayRoom, send: (to: PeerId, chunk: Chunk) => void) {
    this.#hop = hop;
    this.#next = next;
    this.#log = new ReplayLog(room);
    this.#send = send;
  }

  get next(): PeerId {
    return this.#next;
  }

  send(chunk: Chunk): void {
    this.#log.add(chunk);
    if (!this.#severed) this.#pass(chunk);
  }

  /** Some of what was sent is lost, so what follows would not fit: it waits for `replay`. */
  sever(): void {
    this.#severed = true;
  }

  /** Sends all to `next`, of which hop `until` had the chunks up to step `had`, then goes on. Throws as ReplayLog.replay. */
  replay(next: PeerId, had: number, until: number): void {
    this.#next = next;
    for (const chunk of this.#log.replay(had, until)) this.#pass(chunk);
    this.#severed = false;
  }

  close(): void {
    this.#log.clear();
  }

  #pass(chunk: Chunk): void {
    if (chunk.until === 0 || chunk.until > this.#hop) this.#send(this.#next, chunk);
  }
}
