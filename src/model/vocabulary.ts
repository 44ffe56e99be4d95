/** Token texts by id, as they stand in the file, and what each is. */
export interface Vocabulary {
  readonly tokens: readonly string[];
  readonly kinds: Uint8Array;
}

/** llama.h, enum llama_token_type. */
export const tokenKinds = { normal: 1, unknown: 2, control: 3, user: 4, unused: 5, byte: 6 } as const;

/** One of the tokenizer families: plain text, in which no special token is left, to tokens, and a token to bytes. */
export interface TokenCodec {
  /** `first`: nothing or a special token stands in front of the text. */
  encode(text: string, first: boolean): Iterable<number>;
  bytes(token: number): Uint8Array;
  /** Whether `encode` puts a space in front of a whole text. */
  readonly spaceInFront: boolean;
  /** What holds where the file does not say whether a sequence begins with BOS. */
  readonly bosByDefault: boolean;
}
