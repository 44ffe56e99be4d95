import { assert, must } from '../base/assert.ts';
import type { PeerId, SessionId } from '../base/brand.ts';
import type { Clock } from '../base/clock.ts';
import { within } from '../base/deadline.ts';
import { type ErrorKind, fromRecord, TabmeshError, toError } from '../base/error.ts';
import { handshakeMs, stepMs } from '../base/limits.ts';
import type { FaultBody, ReplayBody } from './activation-frame.ts';
import type { ChainHop } from './chain.ts';
import type { Chunk } from './half-rows.ts';
import { Hops, type HopsOptions } from './hops.ts';
import type { Message } from './links.ts';
import { Outgoing } from './outgoing.ts';
import type { ReplayRoom } from './replay-log.ts';
import { type Lost, type Taken, Takeover } from './takeover.ts';

export interface RunOptions extends HopsOptions {
  readonly width: number;
  readonly clock: Clock;
  readonly room: ReplayRoom;
  /** Somebody who holds the layers of `hop` and is not in `not`. */
  readonly standby: (hop: ChainHop, not: ReadonlySet<PeerId>) => PeerId | undefined;
}

/** What left for the first stage and has not come back from the last. */
interface Underway {
  readonly step: number;
  /** Of the rows that come back. */
  readonly position: number;
  readonly count: number;
  readonly resolve: (rows: Float32Array) => void;
}

/** What another peer with the same layers would say as well, or what passes. */
const noTakeover: readonly ErrorKind[] = ['full', 'timeout', 'unsupported', 'cancelled', 'denied'];

/**
 * One session through one chain of stages, at the requester, for answers that follow each other. Peers may take each
 * other's places in it; it is over when one is lost whose place nobody takes, or while it opens or rests.
 */
export class Run {
  readonly #options: RunOptions;
  readonly #hops: Hops;
  readonly #outgoing: Outgoing;
  readonly #takeover: Takeover;
  readonly #unopened = new Set<number>();
  /** Comes back in order, also to those who do not wait for it any more. */
  readonly #underway: Underway[] = [];
  readonly #end = new AbortController();
  readonly #opened = Promise.withResolvers<void>();
  #length = 0;
  /** Positions that the stages hold: more than `length` after going back, until the next rows. */
  #held = 0;
  #steps = 0;
  /** The last step that came back. */
  #answered = 0;
  #isOpen = false;
  #rests = false;
  /** Told of each takeover, once the standbys are called. */
  onTaken: (taken: readonly Taken[]) => void = () => {};
  /** Why it is over, unless `close` ended it. */
  failure: TabmeshError | undefined;
  /** The peer that failed, where it is known. */
  culprit: PeerId | undefined;
  /** The culprit said so itself: it is still there. */
  confessed = false;

  constructor(options: RunOptions) {
    const { session, send, room, clock, standby } = options;
    this.#options = options;
    this.#hops = new Hops(options);
    this.#outgoing = new Outgoing(0, this.#hops.peerAt(0), room, (to, chunk, wire) =>
      send(to, { session, hop: 0, chunk, wire }),
    );
    this.#takeover = new Takeover({
      clock,
      hops: this.#hops,
      standby,
      onTaken: taken => this.onTaken(taken),
      answered: () => this.#answered,
      replay: body => this.#replay(body),
      onHopeless: lost => this.#failAs(lost),
    });
    this.#opened.promise.catch(() => {});
  }

  get session(): SessionId {
    return this.#options.session;
  }

  /** As it is now. */
  get chain(): readonly ChainHop[] {
    return this.#hops.chain;
  }

  get capacity(): number {
    return this.#options.capacity;
  }

  /** Positions that were sent. */
  get length(): number {
    return this.#length;
  }

  get returnHop(): number {
    return this.chain.length;
  }

  expectsRows(from: PeerId, hop: number): boolean {
    return hop === this.returnHop && from === this.chain.at(-1)!.peer;
  }

  /** A peer left, or where `left` is false the connection to it broke and what was under way is lost. */
  drop(peer: PeerId, reason: TabmeshError, left: boolean): void {
    const lost = { failure: reason, culprit: peer, confessed: false };
    for (const [hop, { peer: at }] of this.chain.entries()) {
      if (at !== peer) continue;
      if (!this.#isWaitedFor()) this.#failAs(lost);
      else if (left) this.#takeover.lose(hop, lost);
      else this.#takeover.shake(hop, lost);
    }
  }

  /** Opens the session on every hop at once. Throws what a hop says, or 'timeout'. */
  async open(signal?: AbortSignal): Promise<void> {
    for (const hop of this.chain.keys()) this.#unopened.add(hop);
    for (const hop of this.chain.keys()) this.#hops.open(hop);
    const late = () => {
      this.culprit = this.#hops.peerAt(must([...this.#unopened][0]));
      return new TabmeshError('timeout', 'pod', 'A stage did not open the answer in time.');
    };
    await this.#limited(handshakeMs, late, signal, () => this.#opened.promise);
    this.#isOpen = true;
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
      if (this.#takeover.holdsBack) this.#outgoing.sever();
      this.#outgoing.send({ position, count, hidden, step, all, until: 0 });
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
    const { hop } = message;
    if ('chunk' in message) {
      if (this.expectsRows(from, hop)) this.#take(from, message.chunk);
    } else if (from !== this.chain[hop]?.peer) return;
    else if ('opened' in message) {
      this.#unopened.delete(hop);
      if (this.#isOpen) this.#takeover.opened(hop);
      else if (this.#unopened.size === 0) this.#opened.resolve();
    } else if ('listening' in message) this.#takeover.listening(hop, message.listening);
    else if ('severed' in message) this.#sever(hop, message.severed.peer);
    else if ('fault' in message) this.#hearFault(hop, from, message.fault);
  }

  fail(error: TabmeshError, culprit?: PeerId): void {
    this.culprit ??= culprit;
    this.failure ??= error;
    this.#takeover.close();
    this.#end.abort(error);
  }

  /** Ends the session on every hop. */
  close(): void {
    this.#end.abort(new TabmeshError('cancelled', 'pod', 'The answer ended.'));
    this.#takeover.close();
    this.#outgoing.close();
    for (const hop of this.chain.keys()) this.#hops.close(hop);
  }

  /** Neither opening nor at rest, so that a takeover is worth while. */
  #isWaitedFor(): boolean {
    return this.#isOpen && !this.failure && !(this.#rests && this.#underway.length === 0);
  }

  #take(from: PeerId, { step, position, count, hidden }: Chunk): void {
    // After a takeover the last hop may send once more what came already.
    if (step <= this.#answered) return;
    // What was gone back over while it was lost does not come again.
    while (this.#underway[0] && this.#underway[0].step < step) this.#underway.shift();
    const next = this.#underway.shift();
    const asked = next?.step === step && next.position === position && next.count === count;
    if (!asked || hidden.length !== count * this.#options.width) {
      this.fail(new TabmeshError('corrupt', 'pod', 'A stage sent back what was not asked for.'), from);
      return;
    }
    this.#answered = step;
    this.#takeover.progress();
    next.resolve(hidden);
    this.#tellRest();
  }

  #hearFault(hop: number, from: PeerId, { kind, reason, missing }: FaultBody): void {
    const isNeighbour = [this.chain[hop - 1], this.chain[hop + 1]].some(each => each?.peer === missing);
    const failure = fromRecord({ kind, reason, origin: 'pod' });
    const culprit = isNeighbour ? (missing as PeerId) : from;
    const lost = { failure, culprit, confessed: !isNeighbour };
    if (!this.#isWaitedFor() || noTakeover.includes(kind)) this.#failAs(lost);
    else if (isNeighbour) this.#takeover.refuse(hop, lost);
    else this.#takeover.lose(hop, lost);
  }

  /** Hop `hop` lost what was under way to or from `peer`, before or after it. */
  #sever(hop: number, peer: PeerId): void {
    const failure = new TabmeshError('lost', 'pod', 'The connection to it broke.');
    for (const [way, neighbour] of [
      [hop, hop - 1],
      [hop + 1, hop + 1],
    ] as const) {
      if (this.#hops.peerAt(neighbour) !== peer) continue;
      if (this.#isWaitedFor()) this.#takeover.sever(way, hop, failure);
      else this.#failAs({ failure, culprit: peer, confessed: false });
    }
  }

  #replay({ next, had, until }: ReplayBody): void {
    try {
      this.#outgoing.replay(next, had, until);
    } catch (error) {
      this.fail(toError(error, 'pod'));
    }
  }

  #failAs({ failure, culprit, confessed }: Lost): void {
    if (!this.failure) this.confessed = confessed;
    this.fail(failure, culprit);
  }

  /** Once nothing is under way, so that no row of the answer reaches a stage after it. */
  #tellRest(): void {
    if (!this.#rests || this.#underway.length > 0) return;
    try {
      this.#hops.rest(this.#held);
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
