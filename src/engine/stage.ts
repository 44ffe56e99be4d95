import type { SessionId } from '../base/brand.ts';
import type { LayerRange } from '../model/model.ts';
import type { Restraint } from './restraint.ts';

/** `count` consecutive rows of one session, the first of them at `position`. */
export interface Rows {
  readonly session: SessionId;
  readonly position: number;
  readonly count: number;
}

/**
 * A contiguous range of layers with the key-value cache of every open session.
 *
 * Guarantees, held by engine-contract.ts:
 * - `forward` takes rows of several sessions at once; each session's result is what it would be alone.
 * - A session's rows come in order: `position` equals the session's length, or is smaller after `rewind`.
 * - Calls may overlap; they run in the order they were made.
 */
export interface Stage {
  readonly layers: LayerRange;
  readonly weightBytes: number;
  /** Reserves nothing beyond `capacity` positions; throws TabmeshError('full', 'engine') where memory or sessions run out. */
  open(session: SessionId, capacity: number): Promise<void>;
  /** `hidden` is sum(count) x width, row-major f32, and belongs to the stage from now on. Resolves to the same shape. */
  forward(rows: readonly Rows[], hidden: Float32Array): Promise<Float32Array<ArrayBuffer>>;
  /**
   * Forgets positions from `length` on. Costs nothing where all layers have attention. Two kinds of layers do not keep
   * all that they saw; a session can always go back to 0 there, and
   * - where layers slide (gemma3), by up to `slidingRewindMax` positions from the furthest that it reached since it was
   *   at 0: what no window reaches from there may be gone;
   * - where layers are recurrent (qwen35), by up to `rewindRowsMax` of the rows that came since it last went back; that
   *   computes a few steps of the recurrence again and gives the same bits.
   * Where it cannot go back so far it throws TabmeshError('unsupported', 'engine') and the session stays where it is:
   * rewind it to 0 and send its rows again.
   */
  rewind(session: SessionId, length: number): Promise<void>;
  close(session: SessionId): Promise<void>;
  /** Frees this stage; sessions on it are gone. */
  dispose(): Promise<void>;
}

export interface Sampling {
  /** 0 is greedy. */
  readonly temperature: number;
  /** 0 keeps all. */
  readonly topK: number;
  /** 1 keeps all. */
  readonly topP: number;
  /** 0 keeps all. */
  readonly minP: number;
  /** The draw at a position depends on seed and position alone, so an answer taken over by other peers goes on alike. */
  readonly seed: number;
}

/** A token and the natural logarithm of its probability. */
export interface Likely {
  readonly token: number;
  readonly logProbability: number;
}

/** By the softmax over all logits as the model gives them, before temperature and filters: as llama.cpp and vLLM tell it. */
export interface Likelihood {
  /** Of the token that follows. */
  readonly logProbability: number;
  /** From the likeliest down, ties from the lowest id up. Fewer than asked for where no more tokens can follow. */
  readonly likeliest: readonly Likely[];
}

/** The token that follows, and how likely it was where that was asked for. */
export interface Drawn {
  readonly token: number;
  readonly likelihood?: Likelihood;
}

export const greedy: Sampling = { temperature: 0, topK: 0, topP: 1, minP: 0, seed: 0 };

/** The ends of a model, held by the requester: tokens to hidden rows, and the last hidden row to the next token. */
export interface Head {
  readonly weightBytes: number;
  /** Token ids to rows x width. */
  embed(tokens: readonly number[]): Promise<Float32Array<ArrayBuffer>>;
  /** rows x width to rows x vocabulary. */
  logits(hidden: Float32Array): Promise<Float32Array<ArrayBuffer>>;
  /**
   * One row of `width` to the token that follows at `position`. Calls that overlap may share a pass; each gets what it would
   * get alone. Where `likeliest` is given, even 0, its likelihood comes along with those of that many of the likeliest tokens,
   * `likeliestMax` at most; where it is not, it costs nothing. Under a `restraint` the draw is the one that would be made if the
   * logits were so; likelihoods are told of those that the model gave.
   */
  next(
    hidden: Float32Array,
    sampling: Sampling,
    position: number,
    likeliest?: number,
    restraint?: Restraint,
  ): Promise<Drawn>;
  /**
   * What follows tokens that were only guessed: row 0 is the last one that is known, row i that of `drafts[i - 1]`, `draftsMax`
   * at most, and the first answer is for `position`. Answers what `next` would row by row, up to and with the first that is
   * not the draft behind its row: at least one, at most one for each row. One pass over the output matrix.
   */
  verify(
    hidden: Float32Array,
    drafts: readonly number[],
    sampling: Sampling,
    position: number,
    likeliest?: number,
  ): Promise<Drawn[]>;
  dispose(): Promise<void>;
}
