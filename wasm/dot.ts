/**
 * The one inner loop of all integer kernels. Weights are stored so that 16 bytes hold 4 weights of each of 4 rows: every
 * lane of a dot product then belongs to one row, and nothing has to be added across lanes.
 */
import { SCALE, SCALE_UPPER, SUM } from './activations';

/** 16 bytes hold 4 weights of each of 4 rows; widened, the even ones of them and the odd ones. */
// @ts-ignore: decorator
@inline
export function evens(weights: v128): v128 {
  return i16x8.shr_s(i16x8.shl(weights, 8), 8);
}

// @ts-ignore: decorator
@inline
export function odds(weights: v128): v128 {
  return i16x8.shr_s(weights, 8);
}

/** sum + the products of what 16 bytes hold of each of 4 rows, weights and values: 4 of 8 bits, or 2 of 16. */
// @ts-ignore: decorator
@inline
export function dot(sum: v128, weights: v128, values: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return i32x4.relaxed_dot_i8x16_i7x16_add_s(values, weights, sum);
  return i32x4.add(sum, i32x4.dot_i16x8_s(weights, values));
}

/** The products of 16 widened weights with 16 values. */
// @ts-ignore: decorator
@inline
function wide(sum: v128, w0: v128, w1: v128, w2: v128, w3: v128, values: usize): v128 {
  const first = v128.load(values);
  const second = v128.load(values, 16);
  sum = dot(sum, evens(w0), v128.shuffle<i32>(first, first, 0, 0, 0, 0));
  sum = dot(sum, odds(w0), v128.shuffle<i32>(first, first, 1, 1, 1, 1));
  sum = dot(sum, evens(w1), v128.shuffle<i32>(first, first, 2, 2, 2, 2));
  sum = dot(sum, odds(w1), v128.shuffle<i32>(first, first, 3, 3, 3, 3));
  sum = dot(sum, evens(w2), v128.shuffle<i32>(second, second, 0, 0, 0, 0));
  sum = dot(sum, odds(w2), v128.shuffle<i32>(second, second, 1, 1, 1, 1));
  sum = dot(sum, evens(w3), v128.shuffle<i32>(second, second, 2, 2, 2, 2));
  return dot(sum, odds(w3), v128.shuffle<i32>(second, second, 3, 3, 3, 3));
}

/**
 * Adds to each lane of `sum` the products of 16 weights of its row (4 in each of w0 to w3) with the first 16 activations of a block.
 */
// @ts-ignore: decorator
@inline
export function dotLower(sum: v128, w0: v128, w1: v128, w2: v128, w3: v128, block: usize): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) {
    sum = dot(sum, w0, v128.load_splat<u32>(block));
    sum = dot(sum, w1, v128.load_splat<u32>(block, 4));
    sum = dot(sum, w2, v128.load_splat<u32>(block, 8));
    return dot(sum, w3, v128.load_splat<u32>(block, 12));
  }
  return wide(sum, w0, w1, w2, w3, block);
}

/** The same with the last 16 activations of the block. */
// @ts-ignore: decorator
@inline
export function dotUpper(sum: v128, w0: v128, w1: v128, w2: v128, w3: v128, block: usize): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) {
    sum = dot(sum, w0, v128.load_splat<u32>(block, 16));
    sum = dot(sum, w1, v128.load_splat<u32>(block, 20));
    sum = dot(sum, w2, v128.load_splat<u32>(block, 24));
    return dot(sum, w3, v128.load_splat<u32>(block, 28));
  }
  return wide(sum, w0, w1, w2, w3, block + 32);
}

// @ts-ignore: decorator
@inline
export function multiplyAdd(a: v128, b: v128, sum: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, sum);
  return f32x4.add(f32x4.mul(a, b), sum);
}

/** sum + integers x the scale of weights x the scale of activations. */
// @ts-ignore: decorator
@inline
export function addScaled(sum: v128, integers: v128, ofWeights: v128, ofValues: v128): v128 {
  return multiplyAdd(f32x4.convert_i32x4_s(integers), f32x4.mul(ofWeights, ofValues), sum);
}

/** With the scale of the lower half of the activations. */
// @ts-ignore: decorator
@inline
export function addLower(sum: v128, integers: v128, scale: v128, block: usize): v128 {
  return addScaled(sum, integers, scale, v128.load_splat<f32>(block, SCALE));
}

// @ts-ignore: decorator
@inline
export function addUpper(sum: v128, integers: v128, scale: v128, block: usize): v128 {
  return addScaled(sum, integers, scale, v128.load_splat<f32>(block, SCALE_UPPER));
}

/** sum + minima of weights, which are negative, x the sum of a block of activations. */
// @ts-ignore: decorator
@inline
export function addMinimum(sum: v128, minima: v128, block: usize): v128 {
  return multiplyAdd(minima, v128.load_splat<f32>(block, SUM), sum);
}

/** Of eight bytes, widened to 16 bits each, the first four to f32, one for each row. */
// @ts-ignore: decorator
@inline
export function firstScales(words: v128): v128 {
  return f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(words));
}

// @ts-ignore: decorator
@inline
export function secondScales(words: v128): v128 {
  return f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(words));
}

/** The lower four bits of each byte; `mask` is `fifteens` of constants.ts. */
// @ts-ignore: decorator
@inline
export function lowNibbles(bytes: v128, mask: v128): v128 {
  return v128.and(bytes, mask);
}

// @ts-ignore: decorator
@inline
export function highNibbles(bytes: v128, mask: v128): v128 {
  return v128.and(i16x8.shr_u(bytes, 4), mask);
}

/**
 * What this engine's relaxed dot product makes of a byte above 127 in its second operand, which the specification leaves open:
 * 128 for unsigned (x86 with VNNI), 0 for signed (ARM), -1 where sums may saturate or anything else comes out.
 */
export function relaxedOffset(): i32 {
  if (!ASC_FEATURE_RELAXED_SIMD) return 0;
  for (let value = -127; value <= 127; value += 127) {
    let mode = -2;
    for (let weight = -128; weight <= 127; weight++) {
      const sum = i32x4.extract_lane(
        i32x4.relaxed_dot_i8x16_i7x16_add_s(i8x16.splat(<i8>value), i8x16.splat(<i8>weight), i32x4.splat(7)),
        1,
      );
      const signed = 7 + 4 * value * weight;
      const unsigned = 7 + 4 * value * (weight & 255);
      const now = signed == unsigned ? -2 : sum == signed ? 0 : sum == unsigned ? 128 : -1;
      if (signed == unsigned && sum != signed) return -1;
      if (now == -2) continue;
      if (now == -1 || (mode != -2 && mode != now)) return -1;
      mode = now;
    }
    if (mode != -2) found = mode;
  }
  return found;
}
let found: i32 = -1;
