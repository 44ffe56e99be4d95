import type { PeerId, SessionId } from '../base/brand.ts';
import type { Clock } from '../base/clock.ts';
import { isKind, TabmeshError, toError, toRecord } from '../base/error.ts';
import { sessionIdleMs, sessionsPerStageMax } from '../base/limits.ts';
import type { OpenBody } from './activation-frame.ts';
import type { Chunk } from './half-rows.ts';
import type { Held, Holdings } from './holdings.ts';
import type { Message } from './links.ts';
import { rangeCacheBytes } from './model-bytes.ts';

interface Session {
  readonly id: SessionId;
  readonly hop: number;
  readonly requester: PeerId;
  readonly chain: OpenBody;
  held: Held | undefined;
  cacheBytes: number;
  length: number;
  usedAt: number;
  /** Between two answers: it goes where its room is needed. */
  rests: boolean;
  closed: boolean;
}

export interface StageServiceOptions {
  readonly holdings: Holdings;
  readonly clock: Clock;
  /** This peer or a fellow member. */
  readonly isMember: (peer: PeerId) => boolean;
  readonly memoryBytes: () => number;
  readonly send: (to: PeerId, message: Message) => void;
}

/** The serving side: runs other peers' rows (and our own) through the layers that are held here. */
export class StageService {
  readonly #options: StageServiceOptions;
  readonly #sessions = new Map<string, Session>();
  #stopSweep: () => void;

  constructor(options: StageServiceOptions) {
    this.#options = options;
    this.#stopSweep = options.clock.after(sessionIdleMs / 10, () => this.#sweep());
  }

  get sessionCount(): number {
    return this.#sessions.size;
  }

  expectsRows(from: PeerId, session: SessionId, hop: number): boolean {
    return this.#sessions.get(`${session}/${hop}`)?.chain.previous === from;
  }

  handle(from: PeerId, message: Message): void {
    const key = `${message.session}/${message.hop}`;
    const session = this.#sessions.get(key);
    if ('open' in message) void this.#open(from, message, message.open);
    else if (!session) return;
    else if ('close' in message && from === session.requester) this.#end(session);
    else if ('rest' in message && from === session.requester)
      session.rests ||= message.rest.length === session.length;
    else if ('chunk' in message && from === session.chain.previous) void this.#run(session, message.chunk);
  }

  /** Ends what hangs on a peer that left or whose connection broke. */
  drop(peer: PeerId): void {
    for (const session of this.#sessions.values()) {
      if (session.requester === peer) this.#end(session);
      else if (session.chain.previous === peer || session.chain.next === peer) {
        this.#fail(session, new TabmeshError('lost', 'pod', 'It is not in the pod any more.'), peer);
      }
    }
  }

  /** Ends sessions that rest where their layers must go or the memory that is lent no longer holds them. */
  trim(): void {
    for (const session of this.#resting()) if (session.held?.retired) this.#evict(session);
    while (this.#freeBytes() < 0 && this.#evict(this.#resting()[0]));
  }

  failAll(reason: TabmeshError): void {
    for (const session of this.#sessions.values()) this.#fail(session, reason);
  }

  close(): void {
    this.#stopSweep();
    for (const session of this.#sessions.values()) this.#end(session);
  }

  async #open(requester: PeerId, { session: id, hop }: Message, chain: OpenBody): Promise<void> {
    const key = `${id}/${hop}`;
    const session: Session = {
      id,
      hop,
      requester,
      chain,
      held: undefined,
      cacheBytes: 0,
      length: 0,
      usedAt: this.#options.clock.now(),
      rests: false,
      closed: false,
    };
    if (this.#sessions.has(key)) {
      this.#say(session, new TabmeshError('invalid', 'pod', 'This session is open already.'));
      return;
    }
    this.#sessions.set(key, session);
    try {
      this.#admit();
      const missing = [chain.previous, chain.next].find(peer => !this.#options.isMember(peer));
      if (missing !== undefined) {
        const reason = 'It is not a member of the pod for its neighbour (yet).';
        this.#fail(session, new TabmeshError('unavailable', 'pod', reason), missing);
        return;
      }
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
    const { id, chain } = session;
    this.#reserve(session, held);
    const ended = () => new TabmeshError('cancelled', 'pod', 'The requester ended the session.');
    if (session.closed) throw ended();
    await this.#openStage(held, id, chain.capacity);
    if (!session.closed) return;
    await held.stage.close(id).catch(() => {});
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
    const free = this.#resting().reduce((sum, { cacheBytes }) => sum + cacheBytes, this.#freeBytes());
    if (needed > free) {
      const reason = `A conversation of ${capacity} tokens needs ${needed} bytes on a stage that has ${Math.max(0, free)} free. Wait for another answer to end, or lend more memory.`;
      throw new TabmeshError('full', 'pod', reason, { retryAfterMs: 1000 });
    }
    while (needed > this.#freeBytes()) this.#evict(this.#resting()[0]);
    session.cacheBytes = needed;
  }

  async #run(session: Session, chunk: Chunk): Promise<void> {
    const { held, chain } = session;
    const { position, count, hidden, all } = chunk;
    const inOrder = held && position <= session.length && position + count <= chain.capacity;
    if (!inOrder || hidden.length !== count * held.model.hyper.width) {
      this.#fail(session, new TabmeshError('invalid', 'pod', 'Rows came out of order or in a wrong shape.'));
      return;
    }
    const goesBack = position < session.length;
    session.length = position + count;
    session.usedAt = this.#options.clock.now();
    session.rests = false;
    try {
      const result = await held.batch.run(session.id, position, count, hidden, goesBack);
      if (session.closed) return;
      if (!result.every(Number.isFinite)) {
        throw new TabmeshError('corrupt', 'pod', 'Layers gave a value that is not finite. Ask again.');
      }
      const { width } = held.model.hyper;
      const next: Chunk =
        chain.final && !all
          ? { ...chunk, position: position + count - 1, count: 1, hidden: result.slice(-width) }
          : { ...chunk, hidden: result };
      this.#options.send(chain.next, { session: session.id, hop: session.hop + 1, chunk: next });
    } catch (error) {
      const named = toError(error, 'pod');
      // So that there is room when the requester tries again.
      if (named.kind === 'full' && named.origin === 'engine') {
        for (const each of this.#resting()) this.#evict(each);
      }
      this.#fail(session, named);
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

  #freeBytes(): number {
    let free = this.#options.memoryBytes() - this.#options.holdings.weightBytes();
    for (const { cacheBytes } of this.#sessions.values()) free -= cacheBytes;
    return free;
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
    const { held } = session;
    if (!held) return;
    held.batch.drop(session.id);
    void held.stage
      .close(session.id)
      .catch(() => {})
      .then(() => this.#options.holdings.release(held));
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
