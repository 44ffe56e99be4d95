import type { PeerId, SessionId } from '../base/brand.ts';
import type { Clock } from '../base/clock.ts';
import { isKind, TabmeshError, toError, toRecord } from '../base/error.ts';
import { sessionIdleMs, sessionsPerStageMax, waitingRowsBytesMax } from '../base/limits.ts';
import type { OpenBody, ReplayBody } from './activation-frame.ts';
import type { Giving } from './giving.ts';
import type { Chunk } from './half-rows.ts';
import type { Held, Holdings } from './holdings.ts';
import type { Message } from './links.ts';
import { rangeCacheBytes } from './model-bytes.ts';
import { Outgoing } from './outgoing.ts';
import type { ReplayRoom } from './replay-log.ts';

interface Session {
  readonly id: SessionId;
  readonly hop: number;
  /** Its name in the engine, which may have to forget an earlier one of the same id yet. */
  readonly cache: SessionId;
  readonly requester: PeerId;
  readonly chain: OpenBody;
  readonly outgoing: Outgoing;
  /** Rows come from here. */
  previous: PeerId;
  held: Held | undefined;
  cacheBytes: number;
  length: number;
  /** Of the last chunk that came. */
  step: number;
  usedAt: number;
  /** Bytes of rows that came and are not computed yet. */
  waiting: number;
  /** Between two answers, or out of its requester's reach: it goes where its room is needed. */
  rests: boolean;
  /** Its rows wait for this: the next answer of a session that rested begins with them. */
  turn: Promise<void> | undefined;
  closed: boolean;
}

export interface StageServiceOptions {
  readonly holdings: Holdings;
  readonly clock: Clock;
  readonly giving: Giving;
  readonly self: PeerId;
  /** This peer or a fellow member. */
  readonly isMember: (peer: PeerId) => boolean;
  readonly memoryBytes: () => number;
  readonly room: ReplayRoom;
  readonly send: (to: PeerId, message: Message) => void;
}

/** The serving side: runs other peers' rows (and our own) through the layers that are held here. */
export class StageService {
  readonly #options: StageServiceOptions;
  readonly #sessions = new Map<string, Session>();
  #stopSweep: () => void;
  #opened = 0;

  constructor(options: StageServiceOptions) {
    this.#options = options;
    this.#stopSweep = options.clock.after(sessionIdleMs / 10, () => this.#sweep());
  }

  /** Of all conversations that are open or rest here. */
  get cacheBytes(): number {
    let bytes = 0;
    for (const session of this.#sessions.values()) bytes += session.cacheBytes;
    return bytes;
  }

  get sessionCount(): number {
    return this.#sessions.size;
  }

  expectsRows(from: PeerId, session: SessionId, hop: number): boolean {
    return this.#sessions.get(`${session}/${hop}`)?.previous === from;
  }

  handle(from: PeerId, message: Message): void {
    const session = this.#sessions.get(`${message.session}/${message.hop}`);
    if ('open' in message) void this.#open(from, message, message.open);
    else if (!session) this.#refuse(from, message);
    else if ('chunk' in message) {
      if (from === session.previous) void this.#run(session, message.chunk);
    } else if (from === session.requester) this.#obey(session, message);
    this.#tellOpen();
  }

  /** A peer that left takes its sessions along; where only the connection broke, or a neighbour's, they wait for word. */
  drop(peer: PeerId, left: boolean): void {
    for (const session of this.#sessions.values()) {
      const { requester, previous, outgoing } = session;
      if (requester === peer) {
        if (left) this.#end(session);
        else session.rests = true;
      }
      if (outgoing.next === peer) outgoing.sever();
      if (requester !== peer && (outgoing.next === peer || previous === peer))
        this.#tellSevered(session, peer);
    }
    this.#tellOpen();
  }

  /** Ends sessions that rest where their layers must go or the memory that is lent no longer holds them. */
  trim(): void {
    for (const session of this.#resting()) if (session.held?.retired) this.#evict(session);
    while (this.#freeBytes() < 0 && this.#makeRoom());
  }

  failAll(reason: TabmeshError): void {
    for (const session of this.#sessions.values()) this.#fail(session, reason);
  }

  /** Those of other requesters. */
  failOthers(reason: TabmeshError): void {
    for (const session of this.#sessions.values())
      if (session.requester !== this.#options.self) this.#fail(session, reason);
  }

  close(): void {
    this.#stopSweep();
    for (const session of this.#sessions.values()) this.#end(session);
  }

  /** What the requester says of a session while it lasts. */
  #obey(session: Session, message: Message): void {
    const { id, hop, requester } = session;
    if ('close' in message) this.#end(session);
    else if ('rest' in message) session.rests ||= message.rest.length === session.length;
    else if ('listen' in message) {
      const { previous } = message.listen;
      session.previous = previous;
      session.rests = false;
      this.#options.send(requester, { session: id, hop, listening: { previous, step: session.step } });
    } else if ('replay' in message) this.#replay(session, message.replay);
  }

  #replay(session: Session, { next, had, until }: ReplayBody): void {
    if (!this.#options.isMember(next)) {
      this.#tellSevered(session, next);
      return;
    }
    session.rests = false;
    try {
      session.outgoing.replay(next, had, until);
    } catch (error) {
      this.#fail(session, toError(error, 'pod'));
    }
  }

  #outgoing(session: SessionId, hop: number, next: PeerId): Outgoing {
    const { room, send } = this.#options;
    return new Outgoing(hop + 1, next, room, (to, chunk, wire) =>
      send(to, { session, hop: hop + 1, chunk, wire }),
    );
  }

  #tellSevered({ id, hop, requester }: Session, peer: PeerId): void {
    try {
      this.#options.send(requester, { session: id, hop, severed: { peer } });
    } catch {
      // The way to the requester is blocked; it will see the time run out.
    }
  }

  /** Whoever replaces a hop must not wait for one that has forgotten the session. */
  #refuse(from: PeerId, { session, hop, ...message }: Message): void {
    if (!('listen' in message || 'replay' in message)) return;
    const fault = {
      kind: 'not-found',
      reason: 'It does not know this answer (any more).',
      missing: '',
    } as const;
    this.#options.send(from, { session, hop, fault });
  }

  async #open(requester: PeerId, { session: id, hop }: Message, chain: OpenBody): Promise<void> {
    const key = `${id}/${hop}`;
    const session: Session = {
      id,
      hop,
      cache: `${key}/${this.#opened++}` as SessionId,
      requester,
      chain,
      outgoing: this.#outgoing(id, hop, chain.next),
      previous: chain.previous,
      held: undefined,
      cacheBytes: 0,
      length: 0,
      step: 0,
      usedAt: this.#options.clock.now(),
      waiting: 0,
      rests: false,
      turn: undefined,
      closed: false,
    };
    if (this.#sessions.has(key)) {
      this.#say(session, new TabmeshError('invalid', 'pod', 'This session is open already.'));
      return;
    }
    this.#sessions.set(key, session);
    this.#tellOpen();
    try {
      this.#admit();
      const missing = [chain.previous, chain.next].find(peer => !this.#options.isMember(peer));
      if (missing !== undefined) {
        const reason = 'It is not a member of the pod for its neighbour (yet).';
        this.#fail(session, new TabmeshError('unavailable', 'pod', reason), missing);
        return;
      }
      await this.#options.giving.begin(requester);
      const held = await this.#options.holdings.acquire(chain.model, chain);
      await this.#openOn(session, held).catch(error => {
        this.#options.holdings.release(held);
        throw error;
      });
      session.held = held;
      this.#options.send(requester, { session: id, hop, opened: {} });
    } catch (error) {
      this.#fail(session, toError(error, 'pod'));
    }
  }

  async #openOn(session: Session, held: Held): Promise<void> {
    const { cache, chain } = session;
    this.#reserve(session, held);
    const ended = () => new TabmeshError('cancelled', 'pod', 'The requester ended the session.');
    if (session.closed) throw ended();
    await this.#openStage(held, cache, chain.capacity);
    if (!session.closed) return;
    await held.stage.close(cache).catch(() => {});
    throw ended();
  }

  /** A device has limits of its own: what rests there makes room, too. */
  async #openStage(held: Held, id: SessionId, capacity: number): Promise<void> {
    try {
      await held.stage.open(id, capacity);
    } catch (error) {
      const resting = this.#resting().find(each => each.held === held);
      if (!isKind(error, 'full') || !this.#evict(resting)) throw error;
      await this.#openStage(held, id, capacity);
    }
  }

  #admit(): void {
    if (this.#sessions.size > sessionsPerStageMax && !this.#evict(this.#resting()[0])) {
      throw new TabmeshError('full', 'pod', `This peer already works on ${sessionsPerStageMax} answers.`);
    }
  }

  #reserve(session: Session, held: Held): void {
    const { first, last, capacity } = session.chain;
    if (capacity > held.model.hyper.context) {
      throw new TabmeshError('invalid', 'pod', `${capacity} positions exceed the context of the model.`);
    }
    const needed = rangeCacheBytes(held.model, { first, last }, capacity);
    const copies = this.#freeBytes() + this.#options.holdings.idleStandbyBytes();
    const free = this.#resting().reduce((sum, { cacheBytes }) => sum + cacheBytes, copies);
    if (needed > free) {
      const reason = `A conversation of ${capacity} tokens needs ${needed} bytes on a stage that has ${Math.max(0, free)} free. Wait for another answer to end, or lend more memory.`;
      throw new TabmeshError('full', 'pod', reason, { retryAfterMs: 1000 });
    }
    while (needed > this.#freeBytes() && this.#makeRoom());
    session.cacheBytes = needed;
  }

  async #run(session: Session, chunk: Chunk): Promise<void> {
    const { held, chain } = session;
    const { position, count, hidden, all, step } = chunk;
    // A replay begins where it is sure to miss nothing.
    if (step <= session.step) return;
    const inOrder = held && position <= session.length && position + count <= chain.capacity;
    if (!inOrder || hidden.length !== count * held.model.hyper.width) {
      this.#fail(session, new TabmeshError('invalid', 'pod', 'Rows came out of order or in a wrong shape.'));
      return;
    }
    if (session.waiting + hidden.byteLength > waitingRowsBytesMax) {
      const reason = 'More rows of this answer came than its stage can keep until it computes them.';
      this.#fail(session, new TabmeshError('full', 'pod', reason));
      return;
    }
    const goesBack = position < session.length;
    session.waiting += hidden.byteLength;
    session.length = position + count;
    session.step = step;
    session.usedAt = this.#options.clock.now();
    const { giving } = this.#options;
    if (session.rests) session.turn = giving.begin(session.requester);
    session.rests = false;
    try {
      // Those that come meanwhile wait behind them, in order.
      if (session.turn) await session.turn;
      const result = await giving.compute(session.requester, count, async () => {
        if (session.closed) throw new TabmeshError('cancelled', 'pod', 'The session ended.');
        return held.batch.run(session.cache, position, count, hidden, goesBack);
      });
      if (session.closed) return;
      if (!result.every(Number.isFinite)) {
        throw new TabmeshError('corrupt', 'pod', 'Layers gave a value that is not finite. Ask again.');
      }
      const { width } = held.model.hyper;
      const next: Chunk =
        chain.final && !all
          ? { ...chunk, position: position + count - 1, count: 1, hidden: result.slice(-width) }
          : { ...chunk, hidden: result };
      session.outgoing.send(next);
    } catch (error) {
      const named = toError(error, 'pod');
      // So that there is room when the requester tries again.
      if (named.kind === 'full' && named.origin === 'engine') {
        for (const each of this.#resting()) this.#evict(each);
      }
      this.#fail(session, named);
    } finally {
      session.waiting -= hidden.byteLength;
    }
  }

  /** The longest resting one first. */
  #resting(): Session[] {
    return [...this.#sessions.values()].filter(each => each.rests).sort((a, b) => a.usedAt - b.usedAt);
  }

  /** False where there is none to end. */
  #evict(session: Session | undefined): boolean {
    if (session)
      this.#fail(session, new TabmeshError('full', 'pod', 'Its room was needed for another answer.'));
    return session !== undefined;
  }

  /** Copies are made again from the store, what rests from the tokens: both go before an answer has to wait. */
  #makeRoom(): boolean {
    return this.#options.holdings.dropStandby() || this.#evict(this.#resting()[0]);
  }

  #freeBytes(): number {
    return this.#options.memoryBytes() - this.#options.holdings.weightBytes() - this.cacheBytes;
  }

  /** `missing` is the neighbour without which it cannot go on. */
  #fail(session: Session, error: TabmeshError, missing?: PeerId): void {
    if (session.closed) return;
    this.#end(session);
    this.#say(session, error, missing);
  }

  #say({ id, hop, requester }: Session, error: TabmeshError, missing: PeerId | '' = ''): void {
    const { kind, reason } = toRecord(error, 'pod');
    try {
      this.#options.send(requester, {
        session: id,
        hop,
        fault: { kind, reason: reason.slice(0, 1000), missing },
      });
    } catch {
      // The way to the requester is blocked; it will see the time run out.
    }
  }

  #end(session: Session): void {
    if (session.closed) return;
    session.closed = true;
    this.#sessions.delete(`${session.id}/${session.hop}`);
    this.#tellOpen();
    session.outgoing.close();
    const { held } = session;
    if (!held) return;
    held.batch.drop(session.cache);
    void held.stage
      .close(session.cache)
      .catch(() => {})
      .then(() => this.#options.holdings.release(held));
  }

  #tellOpen(): void {
    const { giving, self } = this.#options;
    const open = [...this.#sessions.values()].filter(({ requester, rests }) => requester !== self && !rests);
    giving.open(new Set(open.map(({ id }) => id)).size);
  }

  #sweep(): void {
    const oldest = this.#options.clock.now() - sessionIdleMs;
    for (const session of this.#sessions.values()) {
      if (session.usedAt > oldest) continue;
      this.#fail(session, new TabmeshError('timeout', 'pod', 'Nothing was asked of this stage for long.'));
    }
    this.#stopSweep = this.#options.clock.after(sessionIdleMs / 10, () => this.#sweep());
  }
}
