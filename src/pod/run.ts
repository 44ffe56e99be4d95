import { assert, must } from '../base/assert.ts';
import type { ModelId, PeerId, SessionId } from '../base/brand.ts';
import type { Clock } from '../base/clock.ts';
import { within } from '../base/deadline.ts';
import { fromRecord, TabmeshError, toError } from '../base/error.ts';
import { handshakeMs, stepMs } from '../base/limits.ts';
import type { ChainHop } from './chain.ts';
import type { Message } from './links.ts';

export interface RunOptions {
  readonly session: SessionId;
  readonly self: PeerId;
  readonly model: ModelId;
  readonly width: number;
  readonly capacity: number;
  readonly chain: readonly ChainHop[];
  readonly clock: Clock;
  readonly send: (to: PeerId, message: Message) => void;
}

/** What left for the first stage and has not come back from the last. */
interface Underway {
  readonly step: number;
  /** Of the rows that come back. */
  readonly position: number;
  readonly count: number;
  readonly resolve: (rows: Float32Array) => void;
}

/**
 * One session through one chain of stages, at the requester, for answers that follow each other. Over when anything on
 * the way fails.
 */
export class Run {
  readonly #options: RunOptions;
  readonly #unopened = new Set<number>();
  /** Comes back in order, also to those who do not wait for it any more. */
  readonly #underway: Underway[] = [];
  readonly #end = new AbortController();
  readonly #opened = Promise.withResolvers<void>();
  #length = 0;
  /** Positions that the stages hold: more than `length` after going back, until the next rows. */
  #held = 0;
  #steps = 0;
  #rests = false;
  /** Why it is over, unless `close` ended it. */
  failure: TabmeshError | undefined;
  /** The peer that failed, where it is known. */
  culprit: PeerId | undefined;
  /** The culprit said so itself: it is still there. */
  confessed = false;

  constructor(options: RunOptions) {
    this.#options = options;
    this.#opened.promise.catch(() => {});
  }

  get session(): SessionId {
    return this.#options.session;
  }

  get chain(): readonly ChainHop[] {
    return this.#options.chain;
  }

  get capacity(): number {
    return this.#options.capacity;
  }

  /** Positions that were sent. */
  get length(): number {
    return this.#length;
  }

  get returnHop(): number {
    return this.#options.chain.length;
  }

  expectsRows(from: PeerId, hop: number): boolean {
    return hop === this.returnHop && from === this.#options.chain.at(-1)!.peer;
  }

  uses(peer: PeerId): boolean {
    return this.#options.chain.some(hop => hop.peer === peer);
  }

  /** Opens the session on every hop at once. Throws what a hop says, or 'timeout'. */
  async open(signal?: AbortSignal): Promise<void> {
    const { chain, self, model, capacity, session, send } = this.#options;
    for (const hop of chain.keys()) this.#unopened.add(hop);
    chain.forEach(({ peer, first, last }, hop) => {
      const previous = chain[hop - 1]?.peer ?? self;
      const next = chain[hop + 1]?.peer ?? self;
      const final = hop === chain.length - 1;
      send(peer, { session, hop, open: { model, first, last, capacity, previous, next, final } });
    });
    const late = () => {
      this.culprit = chain[must([...this.#unopened][0])]!.peer;
      return new TabmeshError('timeout', 'pod', 'A stage did not open the answer in time.');
    };
    await this.#limited(handshakeMs, late, signal, () => this.#opened.promise);
  }

  /**
   * Sends the next `count` rows (count x width) through the chain; resolves to the last of them as it comes out, or with
   * `all` to all of them. Several may be under way. An abort ends the wait and leaves the session as it is.
   */
  feed(
    count: number,
    hidden: Float32Array<ArrayBuffer>,
    signal?: AbortSignal,
    all = false,
  ): Promise<Float32Array> {
    const { chain, session, send } = this.#options;
    const late = () => new TabmeshError('timeout', 'pod', 'The stages did not answer in time.');
    return this.#limited(stepMs, late, signal, () => {
      const { promise, resolve } = Promise.withResolvers<Float32Array>();
      const position = this.#length;
      this.#length += count;
      this.#held = this.#length;
      this.#steps += 1;
      const step = this.#steps;
      const back = all ? { position, count } : { position: this.#length - 1, count: 1 };
      this.#underway.push({ step, ...back, resolve });
      send(chain[0]!.peer, { session, hop: 0, chunk: { position, count, hidden, step, all, until: 0 } });
      return promise;
    });
  }

  /** An answer ended: until the next one any stage may end the session, where it needs the room. */
  rest(): void {
    this.#rests = true;
    this.#tellRest();
  }

  /** Goes on from `length` positions, after a rest; the stages go back there with the rows that come next. */
  resume(length: number): void {
    this.goBack(length);
    this.#rests = false;
  }

  /** The rows that come next are at `length`; the stages forget what they hold from there on. */
  goBack(length: number): void {
    assert(length <= this.#length, 'a session goes on from what it holds');
    this.#length = length;
  }

  handle(from: PeerId, message: Message): void {
    const { chain, width } = this.#options;
    if ('chunk' in message) {
      if (!this.expectsRows(from, message.hop)) return;
      const { step, position, count, hidden } = message.chunk;
      const next = this.#underway.shift();
      const asked = next?.step === step && next.position === position && next.count === count;
      if (!asked || hidden.length !== count * width) {
        this.fail(new TabmeshError('corrupt', 'pod', 'A stage sent back what was not asked for.'), from);
        return;
      }
      next.resolve(hidden);
      this.#tellRest();
      return;
    }
    if (chain[message.hop]?.peer !== from) return;
    if ('opened' in message) {
      this.#unopened.delete(message.hop);
      if (this.#unopened.size === 0) this.#opened.resolve();
    } else if ('fault' in message) {
      const { kind, reason, missing } = message.fault;
      const isNeighbour = [chain[message.hop - 1], chain[message.hop + 1]].some(hop => hop?.peer === missing);
      if (!this.failure) this.confessed = !isNeighbour;
      this.fail(fromRecord({ kind, reason, origin: 'pod' }), isNeighbour ? (missing as PeerId) : from);
    }
  }

  fail(error: TabmeshError, culprit?: PeerId): void {
    this.culprit ??= culprit;
    this.failure ??= error;
    this.#end.abort(error);
  }

  /** Ends the session on every hop. */
  close(): void {
    const { chain, session, send } = this.#options;
    this.#end.abort(new TabmeshError('cancelled', 'pod', 'The answer ended.'));
    chain.forEach(({ peer }, hop) => {
      try {
        send(peer, { session, hop, close: {} });
      } catch {
        // Too much is waiting for this peer; its stage ends the session for want of rows.
      }
    });
  }

  /** Once nothing is under way, so that no row of the answer reaches a stage after it. */
  #tellRest(): void {
    if (!this.#rests || this.#underway.length > 0) return;
    const { chain, session, send } = this.#options;
    try {
      for (const [hop, { peer }] of chain.entries())
        send(peer, { session, hop, rest: { length: this.#held } });
    } catch (error) {
      this.fail(toError(error, 'pod'));
    }
  }

  async #limited<T>(
    ms: number,
    late: () => Error,
    signal: AbortSignal | undefined,
    work: () => Promise<T>,
  ): Promise<T> {
    const either = signal ? AbortSignal.any([signal, this.#end.signal]) : this.#end.signal;
    try {
      return await within(this.#options.clock, ms, late, work, either);
    } catch (error) {
      const named = toError(error, 'pod');
      if (!signal?.aborted) this.fail(named);
      throw named;
    }
  }
}
