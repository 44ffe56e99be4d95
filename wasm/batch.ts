/**
 * What all steps of a program share (src/engine/wasm/program.ts writes it), as i32 words: the rows of the batch and their table, scratch
 * and its bytes for each thread, the runs and their table, and the batch as one part (see multiply-step.ts).
 */
export const ROWS: usize = 0;
export const ROW_TABLE: usize = 4;
const SCRATCH: usize = 8;
const SCRATCH_BYTES: usize = 12;
export const RUNS: usize = 16;
export const RUN_TABLE: usize = 20;
/** One part, of the first matrix: it begins at row 0, and its rows are all. */
export const WHOLE: usize = 24;
export const STEPS: usize = 40;

/** A row: its position, the pages of its session, how many of them each layer has. */
export const ROW: usize = 12;
export const POSITION: usize = 0;
export const PAGES: usize = 4;
export const PAGES_PER_LAYER: usize = 8;

/** Rows of one session that follow each other: the first, how many, the session's states, and from which position they are made again. */
export const RUN: usize = 16;
export const FIRST: usize = 0;
export const COUNT: usize = 4;
export const STATES: usize = 8;
export const AGAIN: usize = 12;

// @ts-ignore: decorator
@inline
export function scratchOf(program: usize, thread: i32): usize {
  return load<usize>(program, SCRATCH) + <usize>thread * load<usize>(program, SCRATCH_BYTES);
}

// @ts-ignore: decorator
@inline
export function word(words: usize, index: usize): usize {
  return load<usize>(words + index * 4);
}

// @ts-ignore: decorator
@inline
export function number(words: usize, index: usize): f32 {
  return load<f32>(words + index * 4);
}
