/**
 * A row of activations as the integer kernels read it: blocks of 32 values of 8 bits. In front of Q8_0, Q4_0 and Q6_K each half of a
 * block has a scale of its own, in front of Q4_K and Q5_K a block has one: everywhere half as many values or fewer share a scale
 * as in llama.cpp (32 and 256), so the rounding is finer than its own.
 */
import { BUILD, FUSED } from './products';

const HEADER: usize = 32;
/** Where products of 16 bits are made: the values once more, widened. */
export const WIDENED: usize = 64;
/** A cache line, or two. */
export const BLOCK: usize = BUILD == FUSED ? WIDENED : 2 * WIDENED;
/** f32: what one step of a value is worth, in each half. */
export const SCALE: usize = HEADER;
export const SCALE_UPPER: usize = HEADER + 4;
/** i32: what the sum of 16 products begins with, so that Q8_0 weights may be stored with an offset (see dot.ts). */
export const START: usize = HEADER + 8;
export const START_UPPER: usize = HEADER + 12;
/** i32: minus the sum of each half. */
export const MINUS_SUM: usize = HEADER + 16;
export const MINUS_SUM_UPPER: usize = HEADER + 20;
/** f32: the sum of the 32 values in their own unit. */
export const SUM: usize = HEADER + 24;

/** Added to every Q8_0 weight before it is stored: 128 where the dot product takes unsigned weights, else 0. */
let offset: i32 = 0;
export function setOffset(value: i32): void {
  offset = value;
}
export function weightOffset(): i32 {
  return offset;
}

// @ts-ignore: decorator
@inline
function sumOfLanes(v: v128): i32 {
  return i32x4.extract_lane(v, 0) + i32x4.extract_lane(v, 1) + i32x4.extract_lane(v, 2) + i32x4.extract_lane(v, 3);
}

// @ts-ignore: decorator
@inline
function round(from: usize, inverse: v128): v128 {
  return i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(from), inverse)));
}

/** The largest magnitude among 16 values. */
// @ts-ignore: decorator
@inline
function largestOf(from: usize): f32 {
  const low = f32x4.pmax(f32x4.abs(v128.load(from)), f32x4.abs(v128.load(from, 16)));
  const high = f32x4.pmax(f32x4.abs(v128.load(from, 32)), f32x4.abs(v128.load(from, 48)));
  const most = f32x4.pmax(low, high);
  return max(
    max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)),
    max(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3)),
  );
}

/** Quantizes `blocks` blocks of 32 f32 values; `shared` gives both halves of a block the same scale. */
export function quantize(from: usize, blocks: i32, to: usize, shared: bool): void {
  quantizeBlocks(from, blocks, to, shared, 0);
}

/**
 * The same twice, the second time into `rest` what the first rounding left: their products together are those of values of some 15 bits.
 * `left` is room for a block of f32.
 */
export function quantizeTwice(from: usize, blocks: i32, to: usize, rest: usize, shared: bool, left: usize): void {
  for (; blocks > 0; blocks--, from += 128, to += BLOCK, rest += BLOCK) {
    quantizeBlocks(from, 1, to, shared, left);
    quantizeBlocks(left, 1, rest, shared, 0);
  }
}

/** What rounding leaves of the last block goes to `left`, unless that is 0. */
// @ts-ignore: decorator
@inline
function quantizeBlocks(from: usize, blocks: i32, to: usize, shared: bool, left: usize): void {
  for (let block = 0; block < blocks; block++, from += 128, to += BLOCK) {
    let most = largestOf(from);
    let mostUpper = largestOf(from + 64);
    if (shared) {
      most = max(most, mostUpper);
      mostUpper = most;
    }
    const low = half(from, most, to, to + WIDENED, left);
    const high = half(from + 64, mostUpper, to + 16, to + WIDENED + 32, left ? left + 64 : 0);
    const scale = most / 127;
    store<f32>(to, scale, SCALE);
    store<f32>(to, mostUpper / 127, SCALE_UPPER);
    store<i32>(to, -offset * low, START);
    store<i32>(to, -offset * high, START_UPPER);
    store<i32>(to, -low, MINUS_SUM);
    store<i32>(to, -high, MINUS_SUM_UPPER);
    store<f32>(to, scale * <f32>(low + high), SUM);
  }
}

/** What is left of 4 values where their rounding is taken away. */
// @ts-ignore: decorator
@inline
function leave(from: usize, rounded: v128, scale: v128, left: usize): void {
  v128.store(left, f32x4.sub(v128.load(from), f32x4.mul(f32x4.convert_i32x4_s(rounded), scale)));
}

/** Rounds and stores 16 values, of which `most` is the largest magnitude; answers their sum. */
// @ts-ignore: decorator
@inline
function half(from: usize, most: f32, to: usize, widened: usize, left: usize): i32 {
  const inverse = f32x4.splat(most > 0 ? 127 / most : 0);
  const a = round(from, inverse);
  const b = round(from + 16, inverse);
  const c = round(from + 32, inverse);
  const d = round(from + 48, inverse);
  if (left) {
    const scale = f32x4.splat(most / 127);
    leave(from, a, scale, left);
    leave(from + 16, b, scale, left + 16);
    leave(from + 32, c, scale, left + 32);
    leave(from + 48, d, scale, left + 48);
  }
  const first = i16x8.narrow_i32x4_s(a, b);
  const second = i16x8.narrow_i32x4_s(c, d);
  v128.store(to, i8x16.narrow_i16x8_s(first, second));
  if (BUILD != FUSED) {
    v128.store(widened, first);
    v128.store(widened, second, 16);
  }
  return sumOfLanes(i32x4.add(i32x4.add(a, b), i32x4.add(c, d)));
}
