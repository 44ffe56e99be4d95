import type { SessionId } from '../base/brand.ts';
import type { Clock } from '../base/clock.ts';
import { isKind } from '../base/error.ts';
import { draftLagMax, draftPieceRows, draftTripMsMin } from '../base/limits.ts';
import type { Head, Sampling, Stage } from '../engine/stage.ts';
import type { Draft, Drafter, Offer } from './drafter.ts';

/** A whole small model with a session of its own. Its calls reject once it is taken back. */
export interface LentDraft {
  readonly stage: Stage;
  readonly head: Head;
  readonly session: SessionId;
  readonly width: number;
  readonly capacity: number;
  release(): void;
}

export interface ModelDrafterOptions {
  /** Asked for once, when trips take long enough; undefined where there is none. */
  readonly lend: () => Promise<LentDraft | undefined>;
  /** False while others have a claim on this device. */
  readonly mayWork: () => boolean;
  readonly sampling: Sampling;
  readonly clock: Clock;
}

const costsKept = 5;
/** Before it offers anything; the first passes compile kernels. */
const costsMin = 3;

/**
 * What a small model would say. It draws as the answer does, with the same sampling and the same chance at each position: its
 * guess counts where it is what is drawn there, and two distributions that are alike then mostly draw alike. That is simpler than
 * accepting by the ratio of both, which needs both distributions here and gives another answer for the same seed.
 * It reads the text in pieces while trips are under way, so that no answer waits for that. Where anything of it fails it
 * falls silent: an answer needs none of it.
 */
export class ModelDrafter implements Drafter {
  readonly #options: ModelDrafterOptions;
  readonly #tokens: number[] = [];
  /** What the session holds; the first `same` of them are those of the text. */
  #fed: number[] = [];
  #same = 0;
  #model: LentDraft | undefined;
  #asked = false;
  #busy = false;
  #over = false;
  /** Of the latest tokens that it said, in milliseconds. */
  #costs: number[] = [];

  constructor(options: ModelDrafterOptions) {
    this.#options = options;
  }

  add(token: number): void {
    if (this.#same === this.#tokens.length && this.#fed[this.#same] === token) this.#same += 1;
    this.#tokens.push(token);
  }

  draft(count: number): Offer | undefined {
    const model = this.#model;
    if (!model || this.#busy || this.#over || this.#costs.length < costsMin || !this.#options.mayWork())
      return undefined;
    const most = Math.min(count, model.capacity - this.#tokens.length);
    if (this.#lag > draftLagMax || most < 1) return undefined;
    const tokenMs = this.#costs.toSorted((a, b) => a - b)[this.#costs.length >> 1]!;
    return { match: 'model', most, tokenMs, make: wanted => this.#work(() => this.#say(model, wanted)) };
  }

  meanwhile(trip: Promise<unknown>, ms: number): void {
    if (this.#busy || this.#over || !this.#options.mayWork()) return;
    if (!this.#model) this.#ask(ms);
    else void this.#read(this.#model, trip);
  }

  close(): void {
    this.#over = true;
    this.#model?.release();
    this.#model = undefined;
  }

  get #lag(): number {
    return this.#tokens.length - this.#same;
  }

  #ask(ms: number): void {
    if (this.#asked || ms < draftTripMsMin) return;
    this.#asked = true;
    this.#options.lend().then(
      lent => {
        if (this.#over) lent?.release();
        else this.#model = lent;
      },
      () => this.close(),
    );
  }

  /** As much of the text as fits into the trip, and then what a token costs. */
  async #read(model: LentDraft, trip: Promise<unknown>): Promise<void> {
    let underway = true;
    const end = () => {
      underway = false;
    };
    trip.then(end, end);
    const goesOn = () => underway && !this.#over && this.#options.mayWork();
    await this.#work(async () => {
      if (this.#tokens.length > model.capacity) return;
      while (goesOn() && this.#lag > 0) await this.#feed(model, this.#same + draftPieceRows);
      if (goesOn() && this.#costs.length < costsMin) await this.#say(model, 1);
    });
  }

  async #say(model: LentDraft, count: number): Promise<Draft | undefined> {
    const { head, width } = model;
    const { sampling, clock } = this.#options;
    const said: number[] = [];
    // What was said last is known to nobody yet, so that it is read again at least.
    if (this.#lag === 0) this.#same -= 1;
    let startedAt = clock.now();
    let row = await this.#feed(model, this.#tokens.length);
    // The session had to begin anew.
    if (this.#lag > 0) return undefined;
    for (;;) {
      const { token } = await head.next(row.slice(-width), sampling, this.#tokens.length + said.length);
      said.push(token);
      const now = clock.now();
      this.#costs = [...this.#costs, now - startedAt].slice(-costsKept);
      startedAt = now;
      if (said.length === count) return { tokens: said, match: 'model' };
      row = await this.#forward(model, [token]);
    }
  }

  /** The text up to `until`, a piece of it at most. */
  async #feed(model: LentDraft, until: number): Promise<Float32Array> {
    if (this.#fed.length > this.#same) await this.#goBack(model);
    const end = Math.min(until, this.#same + draftPieceRows);
    const row = await this.#forward(model, this.#tokens.slice(this.#same, end));
    this.#same = this.#fed.length;
    return row;
  }

  async #forward({ stage, head, session }: LentDraft, tokens: readonly number[]): Promise<Float32Array> {
    const rows = { session, position: this.#fed.length, count: tokens.length };
    const hidden = await stage.forward([rows], await head.embed(tokens));
    this.#fed.push(...tokens);
    return hidden;
  }

  async #goBack({ stage, session }: LentDraft): Promise<void> {
    try {
      await stage.rewind(session, this.#same);
    } catch (error) {
      if (!isKind(error, 'unsupported')) throw error;
      await stage.rewind(session, 0);
      this.#same = 0;
    }
    this.#fed.length = this.#same;
  }

  async #work<T>(work: () => Promise<T>): Promise<T | undefined> {
    this.#busy = true;
    try {
      return await work();
    } catch {
      this.close();
      return undefined;
    } finally {
      this.#busy = false;
    }
  }
}
