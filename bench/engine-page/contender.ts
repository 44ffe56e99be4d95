/** An engine that is measured: how fast it takes in a prompt and makes tokens, in tokens per second. */
export interface Speeds {
  readonly prefill: number;
  readonly decode: number;
}

export interface Contender {
  readonly name: string;
  /** Milliseconds from the file at hand to the first answer. */
  readonly loadMs: number;
  /** One run; `number` makes its prompt unlike the others', so that nothing of them is of use. */
  run(number: number, promptTokens: number, madeTokens: number): Promise<Speeds>;
  /** Where it serves several answers at once: tokens per second of all `sessions` together. */
  together?(number: number, sessions: number, madeTokens: number): Promise<number>;
  close(): Promise<void>;
}
