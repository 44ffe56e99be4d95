import type { Draft, Offer } from './drafter.ts';

/** What one trip through the chain did. */
export interface Trip {
  /** What there was to draft, whether it was sent or not. */
  readonly draft: Draft | undefined;
  /** What was there beside it and was not sent. */
  readonly besides?: Draft | undefined;
  /** Drafts that went along. */
  readonly sent: number;
  /** Tokens that came of it. */
  readonly tokens: readonly number[];
  readonly ms: number;
  /** What making the draft took before. */
  readonly draftMs?: number;
}

/** Decides for one answer how many drafts go along. */
export interface DraftPolicy {
  /** `rows` of the prompt went through the chain in `ms`. */
  readPrompt(rows: number, ms: number): void;
  count(draft: Draft | Offer): number;
  observe(trip: Trip): void;
}

/** A draft has to promise this much more speed: what was measured is never quite what comes. */
const gainMin = 1.05;
/** Of the time of an answer: what drafting may have lost so far, and at the beginning a part of one trip. */
const lossMax = 0.02;
const creditTrips = 0.25;
const plainTripsKept = 7;
const rowCostsKept = 5;
/** Trips without drafts after which a measured cost is forgotten: a device that was busy may be free again. */
const rowCostTrips = 32;
/** By how many tokens matched: [at least, how often the next is as drafted until this answer shows it]. */
const classes = [
  [12, 0.9],
  [6, 0.8],
  [4, 0.65],
  [3, 0.5],
  [0, 0.3],
] as const;
/** How often the next token is as a model of the same vocabulary says, until this answer shows it: a guess between 0.5 and 0.8. */
const modelChance = 0.6;
/** So many tokens does what was believed before count, and each token of the answer fades by this. */
const beliefTokens = 4;
const fading = 0.93;

/**
 * Drafts as many tokens as bring most tokens a second, by what trips without drafts take, what a further row costs, and how
 * often the latest guesses were right. Guesses that were not sent teach as well and cost nothing. It never drafts once
 * drafting has cost this answer more than `lossMax`.
 */
export class MeasuredPolicy implements DraftPolicy {
  #plainMs: number[] = [];
  #rowMs: number[] = [];
  #prompt: { readonly rows: number; readonly ms: number } | undefined;
  readonly #right = classes.map(([, chance]) => believed(chance));
  readonly #rightOfModel = believed(modelChance);
  #plainTrips = 0;
  #lostMs = 0;
  #spentMs = 0;

  readPrompt(rows: number, ms: number): void {
    this.#prompt = { rows, ms };
  }

  count(draft: Draft | Offer): number {
    const { most, tokenMs } = 'make' in draft ? draft : { most: draft.tokens.length, tokenMs: 0 };
    const plain = median(this.#plainMs);
    if (this.#plainMs.length < 2 || plain <= 0) return 0;
    const row = this.#rowCost(plain) + tokenMs;
    const allowed = lossMax * this.#spentMs + creditTrips * plain - this.#lostMs;
    let best = 0;
    let bestGain = gainMin;
    let tokens = 1;
    let chance = 1;
    for (let count = 1; count <= most; count++) {
      // A guess that is made is made as short as can be afforded.
      if (tokenMs > 0 && count * row > allowed) break;
      const { right, all } = this.#classOf(draft.match, count - 1);
      chance *= right / all;
      tokens += chance;
      const gain = (tokens * plain) / (plain + count * row);
      if (gain > bestGain) [best, bestGain] = [count, gain];
    }
    return best * row <= allowed ? best : 0;
  }

  observe({ draft, besides, sent, tokens, ms, draftMs = 0 }: Trip): void {
    if (draft) this.#learn(draft, Math.max(1, sent), tokens);
    if (besides) this.#learn(besides, 1, tokens);
    this.#spentMs += ms + draftMs;
    if (sent === 0) {
      this.#plainMs = [...this.#plainMs, ms].slice(-plainTripsKept);
      this.#plainTrips++;
      if (this.#plainTrips % rowCostTrips === 0) this.#rowMs.shift();
      return;
    }
    const plain = median(this.#plainMs);
    // What takes longer than a trip for each row would is not the drafts' doing.
    const taken = Math.min(ms, (1 + sent) * plain);
    this.#rowMs = [...this.#rowMs, Math.max(0, (taken - plain) / sent)].slice(-rowCostsKept);
    // What was won earlier does not pay for what is lost later.
    this.#lostMs = Math.max(0, this.#lostMs + taken + draftMs - tokens.length * plain);
  }

  /** Each guess up to the first wrong one: those behind it were never put to the test. */
  #learn({ tokens: guesses, match }: Draft, tested: number, tokens: readonly number[]): void {
    for (let index = 0; index < tested; index++) {
      const right = guesses[index] === tokens[index];
      const class_ = this.#classOf(match, index);
      class_.right = class_.right * fading + Number(right);
      class_.all = class_.all * fading + 1;
      if (!right) return;
    }
  }

  /** Of the guess that is `index` behind the first. */
  #classOf(match: Draft['match'], index: number): Belief {
    if (match === 'model') return this.#rightOfModel;
    return this.#right[classes.findIndex(([least]) => match + index >= least)]!;
  }

  /** The middle of those measured: the first trip of a size may compile kernels. Before any, what a row of the prompt took at most. */
  #rowCost(plain: number): number {
    const { rows, ms } = this.#prompt ?? { rows: 1, ms: 0 };
    const ofPrompt = rows > 1 ? Math.max(0, (ms - plain) / (rows - 1)) : plain;
    return median([ofPrompt, ...this.#rowMs].slice(-rowCostsKept));
  }
}

/** Tokens that came as guessed, and all that were put to the test, the earlier ones faded. */
interface Belief {
  right: number;
  all: number;
}

const believed = (chance: number): Belief => ({ right: chance * beliefTokens, all: beliefTokens });

/** The lower of two in the middle; 0 of none. */
function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[(values.length - 1) >> 1] ?? 0;
}
