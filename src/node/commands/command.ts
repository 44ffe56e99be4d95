import type { ParseArgsConfig } from 'node:util';

export interface Command {
  /** Shown by `tabmesh help`. */
  readonly usage: string;
  readonly options: NonNullable<ParseArgsConfig['options']>;
  /** The exit code where `run` rejects, 1 where it is missing. Of wrong arguments it is always 2. */
  readonly failureCode?: number;
  /** Prints to standard output: text for people, or one line of JSON under `--json`. Resolves to the exit code; undefined is 0. */
  run(
    values: Record<string, unknown>,
    positionals: readonly string[],
    signal: AbortSignal,
  ): Promise<number | undefined>;
}
