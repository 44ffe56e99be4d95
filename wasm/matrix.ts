/**
 * A matrix in memory, as i32 words: type, columns, rows, place of the weights, bytes of one group: four packed rows for types
 * with an integer kernel, one row of the file for the others.
 */
import { BLOCK } from './activations';
import * as exact from './exact';
import * as q4_0 from './q4_0';
import * as q4_k from './q4_k';
import * as q5_k from './q5_k';
import * as q6_k from './q6_k';
import * as q8_0 from './q8_0';
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
 * `scratch` room for one decoded row.
 */
export function multiply(
  matrix: usize,
  from: i32,
  to: i32,
  plain: usize,
  blocks: usize,
  n: i32,
  out: usize,
  scratch: usize,
): void {
  if (kindOf(matrix) < type.Q8_0) return multiplyExactly(matrix, from, to, plain, n, out, scratch);
  const columns = columnsOf(matrix);
  const rows = rowsOf(matrix);
  const stride = <usize>(columns >> 5) * BLOCK;
  const step = <usize>rows * 4;
  const fours = n & ~3;
  for (let index = from; index < to; index++) {
    const weights = group(matrix, index);
    // The last group may have fewer rows than lanes: it goes through scratch, lest it write into the next row.
    const left = rows - index * 4;
    const whole = left >= 4;
    let values = blocks;
    let target = out + <usize>index * 16;
    for (let i = 0; i < fours; i += 4, values += stride * 4, target += step * 4) {
      if (whole) {
        four(matrix, weights, columns, values, stride, target, step);
      } else {
        four(matrix, weights, columns, values, stride, scratch, 16);
        for (let c: usize = 0; c < 4; c++) memory.copy(target + c * step, scratch + c * 16, <usize>left * 4);
      }
    }
    for (let i = fours; i < n; i++, values += stride, target += step) {
      if (whole) {
        one(matrix, weights, columns, values, target);
      } else {
        one(matrix, weights, columns, values, scratch);
        memory.copy(target, scratch, <usize>left * 4);
      }
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

// @ts-ignore: decorator
@inline
function four(
  matrix: usize,
  weights: usize,
  columns: i32,
  values: usize,
  stride: usize,
  to: usize,
  step: usize,
): void {
  switch (kindOf(matrix)) {
    case type.Q8_0:
      return q8_0.four(weights, columns, values, stride, to, step);
    case type.Q4_0:
      return q4_0.four(weights, columns, values, stride, to, step);
    case type.Q4_K:
      return q4_k.four(weights, columns, values, stride, to, step);
    case type.Q5_K:
      return q5_k.four(weights, columns, values, stride, to, step);
    default:
      return q6_k.four(weights, columns, values, stride, to, step);
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
