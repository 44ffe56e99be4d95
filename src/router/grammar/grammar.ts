/** What holds an answer to a form, as plain data: it is made here and compiled in a worker. */

export type Grammar =
  /** EBNF with a `root`, for the whole answer. */
  | { readonly kind: 'whole'; readonly ebnf: string }
  /** Free text; where `trigger` stands in it, the rest of the answer is of the grammar. */
  | { readonly kind: 'behind'; readonly trigger: string; readonly ebnf: string };

/** The tokens of a model by their bytes, all in one: those of token t lie between ends[t - 1] and ends[t]. */
export interface TokenBytes {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly ends: Uint32Array<ArrayBuffer>;
  readonly endTokens: readonly number[];
}

/** A mask of the tokens that may follow (Restraint.allowed), or 'end' where only the end of the answer may. */
export type Following = Uint32Array<ArrayBuffer> | 'end';
