/**
 * A stage or a head as a list of steps, made once when it is loaded (src/engine/wasm/program.ts) and run for every batch of rows: so
 * nothing but one call goes through JavaScript, and threads meet after each step without it. A step is a count of i32
 * words, its number, and its arguments; a count of 0 ends the list. The list begins with what all steps share.
 */
import { BLOCK, quantize } from './activations';
import { attend, PAGE } from './attention';
import { groupsOf, multiply } from './matrix';
import { add, geluMultiply, normalize, rotate, siluMultiply } from './rows';
import { meet, takePiece } from './team';

/** Shared words: rows in the batch, their table (16 bytes each), scratch and its bytes for each thread. */
const ROWS: usize = 0;
const ROW_TABLE: usize = 4;
const SCRATCH: usize = 8;
const SCRATCH_BYTES: usize = 12;
const STEPS: usize = 16;

/** A row: its position, the pages of its session, how many of them each layer has. */
const ROW: usize = 16;
const POSITION: usize = 0;
const PAGES: usize = 4;
const PAGES_PER_LAYER: usize = 8;

/** Pieces for each thread in a step: enough that one that is interrupted does not keep the others waiting. */
const PIECES: i32 = 8;

export function run(program: usize, thread: i32, threads: i32): void {
  const scratch = load<usize>(program, SCRATCH) + <usize>thread * load<usize>(program, SCRATCH_BYTES);
  for (let step = program + STEPS; load<i32>(step) != 0; step += <usize>load<i32>(step) * 4) {
    const words = step + 8;
    switch (load<i32>(step, 4)) {
      case 0:
        normStep(program, words);
        break;
      case 1:
        multiplyStep(program, words, threads, scratch);
        break;
      case 2:
        headStep(program, words);
        break;
      case 3:
        attendStep(program, words, scratch);
        break;
      case 4:
        quantizeStep(program, words);
        break;
      default:
        gateStep(program, words);
    }
    meet(threads);
  }
}

// @ts-ignore: decorator
@inline
function word(words: usize, index: usize): usize {
  return load<usize>(words + index * 4);
}

// @ts-ignore: decorator
@inline
function number(words: usize, index: usize): f32 {
  return load<f32>(words + index * 4);
}

/**
 * 0 width, 1 epsilon, 2 hidden, 3 what is added to it (or 0), 4 weights of a norm of that (or 0), 5 weights of the norm of the sum (or 0:
 * no norm follows), 6 where it goes as f32, 7 where it goes quantized (or 0), 8 whether halves of blocks share a scale.
 */
function normStep(program: usize, words: usize): void {
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
    if (word(words, 7)) quantize(normed, width >> 5, word(words, 7) + <usize>(row * (width >> 5)) * BLOCK, word(words, 8) != 0);
  }
}

/** 0 input as f32, 1 input quantized, 2 count of matrices, then for each the matrix and where its product goes. */
function multiplyStep(program: usize, words: usize, threads: i32, scratch: usize): void {
  const rows = load<i32>(program, ROWS);
  const count = <usize>word(words, 2);
  let groups = 0;
  for (let i: usize = 0; i < count; i++) groups += groupsOf(word(words, 3 + i * 2));
  const size = threads == 1 ? groups : max(1, (groups + threads * PIECES - 1) / (threads * PIECES));
  for (let piece = takePiece(); piece * size < groups; piece = takePiece()) {
    const from = piece * size;
    const to = min(groups, from + size);
    let first = 0;
    for (let i: usize = 0; i < count; i++) {
      const matrix = word(words, 3 + i * 2);
      const own = groupsOf(matrix);
      const begin = max(from - first, 0);
      const end = min(to - first, own);
      const out = word(words, 4 + i * 2);
      if (begin < end) multiply(matrix, begin, end, word(words, 0), word(words, 1), rows, out, scratch);
      first += own;
    }
  }
}

/**
 * Bias, norm and rotation of queries and keys; keys and values go to the cache. 0 layer, 1 epsilon, 2 to 4 queries, keys, values, 5 to 7
 * their biases (or 0), 8 and 9 norms of queries and keys (or 0), 10 heads, 11 key heads, 12 key size, 13 value size, 14 turns of
 * each row, 15 pairs, 16 whether pairs are neighbours.
 */
function headStep(program: usize, words: usize): void {
  const heads = <i32>word(words, 10);
  const kvHeads = <i32>word(words, 11);
  const rows = load<i32>(program, ROWS);
  // The heads that share a key head are one piece.
  const pieces = rows * kvHeads;
  const group = heads / kvHeads;
  for (let piece = takePiece(); piece < pieces; piece = takePiece()) {
    const row = piece / kvHeads;
    const kvHead = piece % kvHeads;
    for (let i = 0; i < group; i++) prepare(words, 2, row, kvHead * group + i, heads);
    prepare(words, 3, row, kvHead, kvHeads);
    writeCache(program, words, row, kvHead, kvHeads);
  }
}

/** `which` is 2 for queries, 3 for keys. */
function prepare(words: usize, which: usize, row: i32, head: i32, heads: i32): void {
  const size = <i32>word(words, 12);
  const bytes = <usize>size * 4;
  const at = word(words, which) + <usize>(row * heads + head) * bytes;
  const bias = word(words, which + 3);
  const norm = word(words, which + 6);
  const pairs = <i32>word(words, 15);
  if (bias) add(at, bias + <usize>head * bytes, size);
  if (norm) normalize(at, norm, size, number(words, 1), at);
  rotate(at, word(words, 14) + <usize>(row * pairs) * 8, pairs, word(words, 16) != 0);
}

function writeCache(program: usize, words: usize, row: i32, kvHead: i32, kvHeads: i32): void {
  const keyBytes = word(words, 12) * 4;
  const valueBytes = word(words, 13) * 4;
  const key = word(words, 3) + <usize>(row * kvHeads + kvHead) * keyBytes;
  const value = word(words, 4) + <usize>(row * kvHeads + kvHead) * valueBytes;
  const bias = word(words, 7);
  if (bias) add(value, bias + <usize>kvHead * valueBytes, <i32>word(words, 13));
  const place = load<usize>(program, ROW_TABLE) + <usize>row * ROW;
  const position = load<i32>(place, POSITION);
  const page = load<usize>(pagesOf(place, word(words, 0)) + <usize>(position / PAGE) * 4);
  const slot = <usize>(kvHead * PAGE + (position & (PAGE - 1)));
  memory.copy(page + slot * keyBytes, key, keyBytes);
  memory.copy(page + <usize>(kvHeads * PAGE) * keyBytes + slot * valueBytes, value, valueBytes);
}

// @ts-ignore: decorator
@inline
function pagesOf(place: usize, layer: usize): usize {
  return load<usize>(place, PAGES) + layer * load<usize>(place, PAGES_PER_LAYER) * 4;
}

/** 0 layer, 1 scale, 2 queries, 3 where it goes, 4 heads, 5 key heads, 6 key size, 7 value size, 8 window (or 0: all). */
function attendStep(program: usize, words: usize, scratch: usize): void {
  const heads = <i32>word(words, 4);
  const kvHeads = <i32>word(words, 5);
  const keySize = <i32>word(words, 6);
  const valueSize = <i32>word(words, 7);
  const window = <i32>word(words, 8);
  const pieces = load<i32>(program, ROWS) * heads;
  const allKeys = <usize>(kvHeads * PAGE * keySize) * 4;
  for (let piece = takePiece(); piece < pieces; piece = takePiece()) {
    const row = piece / heads;
    const kvHead = ((piece % heads) * kvHeads) / heads;
    const place = load<usize>(program, ROW_TABLE) + <usize>row * ROW;
    const position = load<i32>(place, POSITION);
    attend(
      word(words, 2) + <usize>(piece * keySize) * 4,
      pagesOf(place, word(words, 0)),
      <usize>(kvHead * PAGE * keySize) * 4,
      allKeys + <usize>(kvHead * PAGE * valueSize) * 4,
      keySize,
      valueSize,
      number(words, 1),
      window ? max(0, position - window + 1) : 0,
      position,
      scratch,
      word(words, 3) + <usize>(piece * valueSize) * 4,
    );
  }
}

/** 0 width, 1 from, 2 to, 3 whether halves of blocks share a scale. */
function quantizeStep(program: usize, words: usize): void {
  const blocks = load<i32>(program, ROWS) * (<i32>word(words, 0) >> 5);
  for (let at = takePiece() * 32; at < blocks; at = takePiece() * 32) {
    const to = word(words, 2) + <usize>at * BLOCK;
    quantize(word(words, 1) + <usize>at * 128, min(32, blocks - at), to, word(words, 3) != 0);
  }
}

/** 0 width, 1 gate, which is overwritten, 2 up, 3 whether GELU, 4 where it goes quantized (or 0), 5 whether halves of blocks share a scale. */
function gateStep(program: usize, words: usize): void {
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
