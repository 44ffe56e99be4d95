import type { Hyperparameters } from '../../model/model.ts';
import type { Machine } from './machine.ts';
import type { Placed } from './placed.ts';
import { type Input, inputOf, type Program } from './program.ts';

/** What those share that write the blocks of layers into a program. A block takes `normed` and leaves at `output` what it adds. */
export interface Workspace {
  readonly program: Program;
  readonly hyper: Hyperparameters;
  readonly normed: number;
  readonly output: number;
  /** Rows at `plain`, as these matrices want them. */
  input(plain: number, ...matrices: readonly Placed[]): Input;
  /** The same where rounding to 8 bits would be too coarse. */
  fineInput(plain: number, ...matrices: readonly Placed[]): Input;
  /** Bytes of `columns` quantized activations. */
  blockBytes(columns: number): number;
}

/** Writes the norm in front of a block: its rows go to `input`. */
export type WriteNorm = (input: Input) => void;

export function createWorkspace(machine: Machine, program: Program, hyper: Hyperparameters): Workspace {
  const { width, heads, valueSize, feedForward, deltaNet } = hyper;
  const inner = deltaNet ? deltaNet.valueHeads * deltaNet.headSize : 0;
  const blockBytes = (columns: number) => Math.ceil(columns / 32) * machine.activationBlockBytes;
  const twice = deltaNet ? 2 * Math.max(width, inner) : 0;
  const blocks = program.buffer(blockBytes(Math.max(width, heads * valueSize, feedForward, twice)));
  return {
    program,
    hyper,
    normed: program.buffer(width * 4),
    output: program.buffer(width * 4),
    input: (plain, ...matrices) => inputOf(plain, blocks, matrices),
    fineInput: (plain, ...matrices) => inputOf(plain, blocks, matrices, true),
    blockBytes,
  };
}
