/**
 * Products of matrices with the batch, or with parts of it: a count, then for each part which of the matrices that stand one after
 * another is meant (the expert), its first row of input and output, and how many rows.
 */
import { BLOCK } from './activations';
import { WHOLE, word } from './batch';
import { columnsOf, groupsOf, MATRIX, multiply, rowsOf } from './matrix';
import { GROUPS } from './panel';
import { takePiece } from './team';

export const PART: usize = 12;

/** Pieces for each thread in a step: enough that one that is interrupted does not keep the others waiting. */
const PIECES: i32 = 8;

/**
 * 0 parts (or 0: the batch as one), 1 input as f32, 2 input quantized, 3 whether twice, 4 count of matrices, then for each the matrix and
 * where its product goes.
 */
export function multiplyStep(program: usize, words: usize, threads: i32, scratch: usize): void {
  const parts = word(words, 0) ? word(words, 0) : program + WHOLE;
  let each = 0;
  for (let i: usize = 0; i < word(words, 4); i++) each += groupsOf(word(words, 5 + i * 2));
  const groups = each * load<i32>(parts);
  // Whole panels, so that none is filled for fewer groups than it takes.
  const share = threads == 1 ? groups : groups / (threads * PIECES);
  const size = (share / GROUPS + 1) * GROUPS;
  for (let piece = takePiece(); piece * size < groups; piece = takePiece()) {
    const to = min(groups, (piece + 1) * size);
    for (let from = piece * size; from < to; ) {
      const index = from / each;
      const begin = from - index * each;
      const end = min(to - index * each, each);
      multiplyPart(parts + 4 + <usize>index * PART, words, begin, end, scratch);
      from += end - begin;
    }
  }
}

/** Groups [from, to) of all matrices, counted one matrix after the other. */
function multiplyPart(part: usize, words: usize, from: i32, to: i32, scratch: usize): void {
  const which = load<usize>(part) * MATRIX;
  const row = load<usize>(part, 4);
  const rows = load<i32>(part, 8);
  let first = 0;
  const twice = word(words, 3) != 0;
  for (let i: usize = 0; i < word(words, 4); i++) {
    const matrix = word(words, 5 + i * 2) + which;
    const columns = <usize>columnsOf(matrix);
    const own = groupsOf(matrix);
    const begin = max(from - first, 0);
    const end = min(to - first, own);
    if (begin < end) {
      const plain = word(words, 1) + row * columns * 4;
      const blocks = word(words, 2) + row * (columns >> 5) * BLOCK * (twice ? 2 : 1);
      const out = word(words, 6 + i * 2) + row * <usize>rowsOf(matrix) * 4;
      multiply(matrix, begin, end, plain, blocks, rows, twice, out, scratch);
    }
    first += own;
  }
}
