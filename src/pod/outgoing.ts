import type { PeerId } from '../base/brand.ts';
import { type Chunk, type Halves, toHalves } from './half-rows.ts';
import { ReplayLog, type ReplayRoom } from './replay-log.ts';

/** `wire`: the rows of `chunk`, where they were made ready already. */
export type SendChunk = (to: PeerId, chunk: Chunk, wire: Halves | undefined) => void;

/** What one session sends to its next hop: kept, so that it can go once more, and to another peer. */
export class Outgoing {
  readonly #hop: number;
  readonly #log: ReplayLog;
  readonly #send: SendChunk;
  #next: PeerId;
  #severed = false;

  /** `hop` is the receiver's. `send` may throw TabmeshError('full', 'pod'). */
  constructor(hop: number, next: PeerId, room: ReplayRoom, send: SendChunk) {
    this.#hop = hop;
    this.#next = next;
    this.#log = new ReplayLog(room);
    this.#send = send;
  }

  get next(): PeerId {
    return this.#next;
  }

  send(chunk: Chunk): void {
    const wire = toHalves(chunk.hidden);
    this.#log.add(chunk, wire);
    if (!this.#severed) this.#pass(chunk, wire);
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

  #pass(chunk: Chunk, wire?: Halves): void {
    if (chunk.until === 0 || chunk.until > this.#hop) this.#send(this.#next, chunk, wire);
  }
}
