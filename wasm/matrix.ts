/**
 * A matrix in memory, as i32 words: type, columns, rows, place of the weights, bytes of one group: four packed rows for types
 * with an integer kernel, one row of the file for the others.
 */
import { BLOCK, weightOffset } from './activations';
import * as exact from './exact';
import { BLOCKS, GROUPS, multiplyBytes, multiplyCoarse, multiplyFine, PANEL, SUMS } from './panel';
import { BUILD, PAIRED } from './products';
import * as q4_0 from './q4_0';
import * as q4_k from './q4_k';
import * as q5_k from './q5_k';
import * as q6_k from './q6_k';
import * as q8_0 from './q8_0';
import { add } from './rows';
import * as type from './types';

export const MATRIX: usize = 20;

// @ts-ignore: decorator
@inline
export function kindOf(matrix: usize): i32 {
  return load<i32>(matrix);
}

// @ts-ignore: decorator
@inline
export function columnsOf(matrix: usize): i32 {
  return load<i32>(matrix, 4);
}

// @ts-ignore: decorator
@inline
export function rowsOf(matrix: usize): i32 {
  return load<i32>(matrix, 8);
}

// @ts-ignore: decorator
@inline
function group(matrix: usize, index: i32): usize {
  return load<usize>(matrix, 12) + <usize>index * load<usize>(matrix, 16);
}

/** What is multiplied at once: four rows or one. */
export function groupsOf(matrix: usize): i32 {
  const rows = rowsOf(matrix);
  return kindOf(matrix) < type.Q8_0 ? rows : (rows + 3) >> 2;
}

/** Packs `rows` rows as they stand in the file into the matrix from its row `first` on, which is a multiple of four. */
export function pack(matrix: usize, from: usize, rowBytes: usize, first: i32, rows: i32): bool {
  const kind = kindOf(matrix);
  const columns = columnsOf(matrix);
  let fits = true;
  for (let row = 0; row < rows; row += 4, from += rowBytes * 4) {
    const to = group(matrix, (first + row) >> 2);
    const count = min(4, rows - row);
    let fine: bool;
    switch (kind) {
      case type.Q8_0:
        fine = q8_0.pack(from, rowBytes, count, columns, to);
        break;
      case type.Q4_0:
        fine = q4_0.pack(from, rowBytes, count, columns, to);
        break;
      case type.Q4_K:
        fine = q4_k.pack(from, rowBytes, count, columns, to);
        break;
      case type.Q5_K:
        fine = q5_k.pack(from, rowBytes, count, columns, to);
        break;
      default:
        fine = q6_k.pack(from, rowBytes, count, columns, to);
    }
    fits = fits && fine;
  }
  return fits;
}

/** Row `row` to f32. */
export function decode(matrix: usize, row: i32, to: usize): void {
  const kind = kindOf(matrix);
  const columns = columnsOf(matrix);
  if (kind < type.Q8_0) return exact.decode(kind, group(matrix, row), columns, to);
  const packed = group(matrix, row >> 2);
  switch (kind) {
    case type.Q8_0:
      return q8_0.decode(packed, row & 3, columns, to);
    case type.Q4_0:
      return q4_0.decode(packed, row & 3, columns, to);
    case type.Q4_K:
      return q4_k.decode(packed, row & 3, columns, to);
    case type.Q5_K:
      return q5_k.decode(packed, row & 3, columns, to);
    default:
      return q6_k.decode(packed, row & 3, columns, to);
  }
}

/**
 * Groups [from, to) of matrix x input, into `out` (n x rows). `plain` is the input as f32 (n x columns), `blocks` the same quantized,
 * `scratch` room for one decoded row. Where the input is quantized `twice`, each of its rows is the sum of two that stand there.
 */
export function multiply(
  matrix: usize,
  from: i32,
  to: i32,
  plain: usize,
  blocks: usize,
  n: i32,
  twice: bool,
  out: usize,
  scratch: usize,
): void {
  if (kindOf(matrix) < type.Q8_0) return multiplyExactly(matrix, from, to, plain, n, out, scratch);
  const inputs = twice ? 2 * n : n;
  if (inputs > fewOf(matrix)) return multiplyMany(matrix, from, to, blocks, n, twice, out, scratch);
  const columns = columnsOf(matrix);
  const rows = rowsOf(matrix);
  const stride = <usize>(columns >> 5) * BLOCK;
  for (let index = from; index < to; index++) {
    const weights = group(matrix, index);
    // The last group may have fewer rows than lanes: it goes through scratch, lest it write behind the product.
    const left = rows - index * 4;
    for (let row = 0, values = blocks; row < n; row++, values += stride) {
      const target = out + <usize>(row * rows + index * 4) * 4;
      const whole = left >= 4 ? target : scratch;
      one(matrix, weights, columns, values, whole);
      if (twice) {
        values += stride;
        one(matrix, weights, columns, values, scratch + 16);
        v128.store(whole, f32x4.add(v128.load(whole), v128.load(scratch, 16)));
      }
      if (left < 4) memory.copy(target, scratch, <usize>left * 4);
    }
  }
}

/**
 * How many rows are multiplied one after another, with weights that stay in the cache. Measured with weights in memory; for more than these
 * a panel is faster: of fused products it takes 1.3 times as long for two rows of Q8_0 and Q4_0, and no longer for three, or where
 * weights are dearer to decode. Paired ones: 1.3 times for three of Q8_0 and Q4_K, 1.4 for five of Q4_0.
 */
function fewOf(matrix: usize): i32 {
  switch (kindOf(matrix)) {
    case type.Q8_0:
      return BUILD == PAIRED ? 3 : 2;
    case type.Q4_0:
      return BUILD == PAIRED ? 5 : 2;
    case type.Q4_K:
      return BUILD == PAIRED ? 3 : 1;
    default:
      return 1;
  }
}

/** For many rows: weights are decoded once, into scratch, where the sums of all rows follow them. */
function multiplyMany(
  matrix: usize,
  from: i32,
  to: i32,
  blocks: usize,
  n: i32,
  twice: bool,
  out: usize,
  scratch: usize,
): void {
  const inputs = twice ? 2 * n : n;
  const columns = columnsOf(matrix);
  const rows = rowsOf(matrix);
  const all = columns >> 5;
  const stride = <usize>all * BLOCK;
  const sums = scratch + PANEL;
  for (let index = from; index < to; index += GROUPS) {
    const groups = min(GROUPS, to - index);
    memory.fill(sums, 0, <usize>inputs * SUMS);
    for (let first = 0; first < all; first += BLOCKS) {
      const some = min(BLOCKS, all - first);
      for (let i = 0; i < groups; i++) fill(matrix, group(matrix, index + i), columns, first, some, scratch + <usize>i * 16);
      for (let row = 0; row < inputs; row += 2) {
        const values = blocks + <usize>row * stride + <usize>first * BLOCK;
        // An odd last row is multiplied twice, the second time for nothing.
        const next = row + 1 < inputs ? values + stride : values;
        multiplyRows(matrix, scratch, some, values, next, sums + <usize>row * SUMS);
      }
    }
    const bytes = <usize>min(rows - index * 4, groups * 4) * 4;
    for (let row = 0; row < n; row++) {
      let sum = sums + <usize>row * SUMS;
      if (twice) {
        sum += <usize>row * SUMS;
        add(sum, sum + SUMS, 4 * GROUPS);
      }
      memory.copy(out + <usize>(row * rows + index * 4) * 4, sum, bytes);
    }
  }
}

// @ts-ignore: decorator
@inline
function one(matrix: usize, weights: usize, columns: i32, values: usize, to: usize): void {
  switch (kindOf(matrix)) {
    case type.Q8_0:
      return q8_0.one(weights, columns, values, to);
    case type.Q4_0:
      return q4_0.one(weights, columns, values, to);
    case type.Q4_K:
      return q4_k.one(weights, columns, values, to);
    case type.Q5_K:
      return q5_k.one(weights, columns, values, to);
    default:
      return q6_k.one(weights, columns, values, to);
  }
}

function fill(matrix: usize, weights: usize, columns: i32, first: i32, blocks: i32, to: usize): void {
  switch (kindOf(matrix)) {
    case type.Q8_0:
      return q8_0.fill(weights, columns, first, blocks, to);
    case type.Q4_0:
      return q4_0.fill(weights, columns, first, blocks, to);
    case type.Q4_K:
      return q4_k.fill(weights, columns, first, blocks, to);
    case type.Q5_K:
      return q5_k.fill(weights, columns, first, blocks, to);
    default:
      return q6_k.fill(weights, columns, first, blocks, to);
  }
}

function multiplyRows(matrix: usize, panel: usize, blocks: i32, a: usize, b: usize, sums: usize): void {
  switch (kindOf(matrix)) {
    case type.Q8_0:
      return multiplyBytes(panel, blocks, weightOffset(), a, b, sums);
    case type.Q4_0:
      return multiplyFine(panel, blocks, 8, a, b, sums);
    case type.Q6_K:
      return multiplyFine(panel, blocks, 32, a, b, sums);
    default:
      return multiplyCoarse(panel, blocks, a, b, sums);
  }
}

function multiplyExactly(
  matrix: usize,
  from: i32,
  to: i32,
  plain: usize,
  n: i32,
  out: usize,
  scratch: usize,
): void {
  const kind = kindOf(matrix);
  const columns = columnsOf(matrix);
  const rows = rowsOf(matrix);
  for (let row = from; row < to; row++) {
    let weights = group(matrix, row);
    if (kind != type.F32) {
      exact.decode(kind, weights, columns, scratch);
      weights = scratch;
    }
    for (let i = 0; i < n; i++) {
      store<f32>(out + (<usize>i * rows + row) * 4, exact.dot(weights, plain + <usize>(i * columns) * 4, columns));
    }
  }
}
