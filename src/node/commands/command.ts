import type { ParseArgsConfig } from 'node:util';

export interface Command {
  /** Shown by `tabmesh help`. */
  readonly usage: string;
  readonly options: NonNullable<ParseArgsConfig['options']>;
  /** Prints to standard output: text for people, or one line of JSON under `--json`. */
  run(values: Record<string, unknown>, positionals: readonly string[], signal: AbortSignal): Promise<void>;
}
