import { must } from '../base/assert.ts';
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

/** One session through one chain of stages, at the requester. Over when anything on the way fails. */
export class Run {
  readonly #options: RunOptions;
  readonly #unopened = new Set<number>();
  readonly #awaited = new Map<number, (row: Float32Array) => void>();
  readonly #end = new AbortController();
  readonly #opened = Promise.withResolvers<void>();
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

  /** Positions. */
  get capacity(): number {
    return this.#options.capacity;
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
   * Sends `count` rows (count x width) from `position` on through the chain; resolves to the last of them as it comes
   * out. Several may be under way.
   */
  feed(
    position: number,
    count: number,
    hidden: Float32Array<ArrayBuffer>,
    signal?: AbortSignal,
  ): Promise<Float32Array> {
    const { chain, session, send } = this.#options;
    const late = () => new TabmeshError('timeout', 'pod', 'The stages did not answer in time.');
    return this.#limited(stepMs, late, signal, () => {
      const answer = Promise.withResolvers<Float32Array>();
      this.#awaited.set(position + count - 1, answer.resolve);
      send(chain[0]!.peer, { session, hop: 0, chunk: { position, count, hidden } });
      return answer.promise;
    });
  }

  handle(from: PeerId, message: Message): void {
    const { chain, width } = this.#options;
    if ('chunk' in message) {
      if (!this.expectsRows(from, message.hop)) return;
      const { position, count, hidden } = message.chunk;
      const awaited = this.#awaited.get(position);
      if (!awaited || count !== 1 || hidden.length !== width) {
        this.fail(new TabmeshError('corrupt', 'pod', 'A stage sent back what was not asked for.'), from);
        return;
      }
      this.#awaited.delete(position);
      awaited(hidden);
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
      if (!this.#end.signal.aborted) this.fail(named);
      throw named;
    }
  }
}
