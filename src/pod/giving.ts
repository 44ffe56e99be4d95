/** What this peer gives to the others of its pod: within which limits, and what it was. */
import type { PeerId } from '../base/brand.ts';
import type { Clock } from '../base/clock.ts';
import { TabmeshError } from '../base/error.ts';
import { givingShareMin, givingWaitMs, ownAnswerShare, sliceWaitMs, typingHoldMs } from '../base/limits.ts';
import { LiveValue } from '../base/live.ts';
import { Allowance } from './allowance.ts';

/** Averages; a single pass or chunk is never cut. */
export interface GivingLimits {
  /** Of the time in which the device computes rows of others: more than 0, and at most 1. */
  readonly computeShare: number;
  /** Whether others are held to a quarter of the time while an answer of this peer's own runs. Not to nothing: two that ask each other would wait for ever. */
  readonly ownFirst: boolean;
  /** Of chunks of models; no limit where missing. */
  readonly uploadBytesPerSecond?: number;
  /** Whether what others begin waits: an answer `typingHoldMs` at most, a chunk until this is over. What they have begun goes on. */
  readonly beginsLate?: boolean;
}

/** Since this peer started, except for the answers, which are those of now. */
export interface Given {
  /** Answers of others that go through layers here. */
  readonly answers: number;
  /** Answers of this peer's own. */
  readonly ownAnswers: number;
  /** Rows of others that went through layers here: a token of a prompt or of an answer is one, for each part of the model. */
  readonly rows: number;
  readonly computeMs: number;
  /** Of chunks of models. */
  readonly sentBytes: number;
  /** Whom any of it was for. */
  readonly peers: number;
}

const unlimited: GivingLimits = { computeShare: 1, ownFirst: false };
/** Bytes a millisecond: more than any line has. */
const unlimitedRate = 1e9;

export class Giving {
  readonly given = new LiveValue<Given>({
    answers: 0,
    ownAnswers: 0,
    rows: 0,
    computeMs: 0,
    sentBytes: 0,
    peers: 0,
  });
  readonly #self: PeerId;
  readonly #clock: Clock;
  readonly #compute: Allowance;
  readonly #upload: Allowance;
  readonly #peers = new Set<PeerId>();
  /** Answers that wait to begin. */
  readonly #late = new Set<() => void>();
  #limits = unlimited;
  #computing = 0;
  #countedAt = 0;

  constructor(self: PeerId, clock: Clock) {
    this.#self = self;
    this.#clock = clock;
    this.#compute = new Allowance(clock, 1, givingWaitMs);
    this.#upload = new Allowance(clock, unlimitedRate);
  }

  get computeShare(): number {
    return this.#limits.computeShare;
  }

  limit(limits: GivingLimits): void {
    const share = Math.min(1, Math.max(givingShareMin, limits.computeShare));
    this.#limits = { ...limits, computeShare: share };
    this.#adjust();
    if (!limits.beginsLate) this.#letBegin();
  }

  /** Undefined where an answer of `peer` may begin now; otherwise resolves when it may. */
  begin(peer: PeerId): Promise<void> | undefined {
    if (peer === this.#self || !this.#limits.beginsLate) return undefined;
    return new Promise(resolve => {
      const go = () => {
        cancel();
        this.#late.delete(go);
        resolve();
      };
      const cancel = this.#clock.after(typingHoldMs, go);
      this.#late.add(go);
    });
  }

  /** `work` computes rows for `peer`, when its turn comes; this peer's own has no turn to wait for. */
  async compute<T>(peer: PeerId, rows: number, work: () => Promise<T>): Promise<T> {
    if (peer === this.#self) return work();
    const turn = this.#compute.ready();
    if (turn) await turn;
    this.#count();
    this.#computing += 1;
    try {
      const result = await work();
      this.#add(peer, { rows });
      return result;
    } finally {
      this.#count();
      this.#computing -= 1;
    }
  }

  /**
   * Sends a chunk of `bytes` when its turn comes. Rejects with TabmeshError('unavailable', 'pod') where that is long: who waits in
   * silence is taken for gone.
   */
  async upload(peer: PeerId, bytes: number, send: () => Promise<void>): Promise<void> {
    // One reason for both: that a person types is nobody else's business.
    if (this.#limits.beginsLate || this.#upload.owedMs > sliceWaitMs)
      throw new TabmeshError(
        'unavailable',
        'pod',
        'This peer gives chunks at a limited rate. Ask again soon.',
      );
    const turn = this.#upload.ready();
    if (turn) await turn;
    // Before it is sent, so that a second one sees it, and one that is broken off costs what was sent of it.
    this.#upload.spend(bytes);
    await send();
    this.#add(peer, { sentBytes: bytes });
  }

  /** An answer of this peer's own runs until the returned function is called. */
  own(): () => void {
    const change = (by: number) => {
      this.given.update(given => ({ ...given, ownAnswers: given.ownAnswers + by }));
      this.#adjust();
    };
    change(1);
    let over = false;
    return () => {
      if (!over) change(-1);
      over = true;
    };
  }

  /** So many answers of others go through layers here now. */
  open(answers: number): void {
    if (answers !== this.given.peek().answers) this.given.update(given => ({ ...given, answers }));
  }

  close(): void {
    this.#compute.close();
    this.#upload.close();
    this.#letBegin();
  }

  #letBegin(): void {
    for (const go of this.#late) go();
  }

  #adjust(): void {
    const { computeShare, ownFirst, uploadBytesPerSecond } = this.#limits;
    const yields = ownFirst && this.given.peek().ownAnswers > 0;
    this.#compute.change(yields ? computeShare * ownAnswerShare : computeShare);
    this.#upload.change(
      uploadBytesPerSecond === undefined ? unlimitedRate : Math.max(1, uploadBytesPerSecond) / 1000,
    );
  }

  /** Rows of several sessions share a pass, whose time counts once. */
  #count(): void {
    const now = this.#clock.now();
    const ms = this.#computing > 0 ? now - this.#countedAt : 0;
    this.#countedAt = now;
    if (ms === 0) return;
    this.#compute.spend(ms);
    this.given.update(given => ({ ...given, computeMs: given.computeMs + ms }));
  }

  #add(peer: PeerId, { rows = 0, sentBytes = 0 }: { rows?: number; sentBytes?: number }): void {
    this.#peers.add(peer);
    this.given.update(given => ({
      ...given,
      rows: given.rows + rows,
      sentBytes: given.sentBytes + sentBytes,
      peers: this.#peers.size,
    }));
  }
}
