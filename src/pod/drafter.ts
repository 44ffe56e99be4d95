/** Tokens that may follow the last one. */
export interface Draft {
  readonly tokens: readonly number[];
  /** How many of the latest tokens were the same there; 'model' where a model says what follows. */
  readonly match: number | 'model';
}

/** A draft that takes time to make. */
export interface Offer {
  readonly match: 'model';
  /** Tokens that it can have. */
  readonly most: number;
  /** What each of them takes, as measured, in milliseconds. */
  readonly tokenMs: number;
  /** Undefined where it could not be made after all. Nobody adds a token meanwhile. */
  make(count: number): Promise<Draft | undefined>;
}

/** Where guesses come from, for one answer. Whether and how many of them go along is not its matter. */
export interface Drafter {
  /** The next token of the text. */
  add(token: number): void;
  /** Up to `count` tokens that may follow the last one; undefined where there is no guess. */
  draft(count: number): Draft | Offer | undefined;
  /** `trip` is under way, and the one before took `ms`: time to get ready in. */
  meanwhile?(trip: Promise<unknown>, ms: number): void;
  /** The answer ended. */
  close?(): void;
}
