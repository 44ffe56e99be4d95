/** Steps that treat each row, or each value, by itself. `words` are a step's arguments. */
import { BLOCK, quantize, quantizeTwice } from './activations';
import { number, ROWS, word } from './batch';
import { add, geluMultiply, normalize, siluMultiply } from './rows';
import { takePiece } from './team';

/**
 * 0 width, 1 epsilon, 2 hidden, 3 what is added to it (or 0), 4 weights of a norm of that (or 0), 5 weights of the norm of the sum (or 0:
 * no norm follows), 6 where it goes as f32, 7 where it goes quantized (or 0), 8 whether halves of blocks share a scale, 9 whether twice.
 */
export function normStep(program: usize, words: usize, scratch: usize): void {
  const width = <i32>word(words, 0);
  const epsilon = number(words, 1);
  const bytes = <usize>width * 4;
  const rows = load<i32>(program, ROWS);
  for (let row = takePiece(); row < rows; row = takePiece()) {
    const hidden = word(words, 2) + <usize>row * bytes;
    if (word(words, 3)) {
      const more = word(words, 3) + <usize>row * bytes;
      if (word(words, 4)) normalize(more, word(words, 4), width, epsilon, more);
      add(hidden, more, width);
    }
    if (!word(words, 5)) continue;
    const normed = word(words, 6) + <usize>row * bytes;
    normalize(hidden, word(words, 5), width, epsilon, normed);
    if (word(words, 7)) quantizeRow(normed, width >> 5, word(words, 7), row, word(words, 8) != 0, word(words, 9) != 0, scratch);
  }
}

/** 0 width, 1 from, 2 to, 3 whether halves of blocks share a scale, 4 whether twice. */
export function quantizeStep(program: usize, words: usize, scratch: usize): void {
  if (word(words, 4)) return quantizeRowsTwice(program, words, scratch);
  const blocks = load<i32>(program, ROWS) * (<i32>word(words, 0) >> 5);
  for (let at = takePiece() * 32; at < blocks; at = takePiece() * 32) {
    const to = word(words, 2) + <usize>at * BLOCK;
    quantize(word(words, 1) + <usize>at * 128, min(32, blocks - at), to, word(words, 3) != 0);
  }
}

function quantizeRowsTwice(program: usize, words: usize, scratch: usize): void {
  const width = word(words, 0);
  const rows = load<i32>(program, ROWS);
  for (let row = takePiece(); row < rows; row = takePiece()) {
    const from = word(words, 1) + <usize>row * width * 4;
    quantizeRow(from, <i32>width >> 5, word(words, 2), row, word(words, 3) != 0, true, scratch);
  }
}

/** Quantizes row `row` of those at `to`, where one that is quantized twice takes the place of two. */
function quantizeRow(from: usize, blocks: i32, to: usize, row: i32, shared: bool, twice: bool, scratch: usize): void {
  const bytes = <usize>blocks * BLOCK;
  if (!twice) return quantize(from, blocks, to + <usize>row * bytes, shared);
  const first = to + <usize>row * 2 * bytes;
  quantizeTwice(from, blocks, first, first + bytes, shared, scratch);
}

/** 0 width, 1 gate, which is overwritten, 2 up, 3 whether GELU, 4 where it goes quantized (or 0), 5 whether halves of blocks share a scale. */
export function gateStep(program: usize, words: usize): void {
  const count = load<i32>(program, ROWS) * <i32>word(words, 0);
  for (let at = takePiece() * 1024; at < count; at = takePiece() * 1024) {
    const size = min(1024, count - at);
    const gate = word(words, 1) + <usize>at * 4;
    const up = word(words, 2) + <usize>at * 4;
    if (word(words, 3)) geluMultiply(gate, up, size);
    else siluMultiply(gate, up, size);
    if (word(words, 4)) quantize(gate, size >> 5, word(words, 4) + <usize>(at >> 5) * BLOCK, word(words, 5) != 0);
  }
}
