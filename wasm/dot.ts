/**
 * The one inner loop of all integer kernels. Weights are stored so that 16 bytes hold 4 weights of each of 4 rows: every
 * lane of a dot product then belongs to one row, and nothing has to be added across lanes.
 */
import { SCALE, SCALE_UPPER, SUM, WIDENED } from './activations';
import { ones } from './constants';
import { BUILD, FUSED, PAIRED } from './products';

/** sum + the products of what 16 bytes hold of each of 4 rows: 4 weights and values of 8 bits. */
// @ts-ignore: decorator
@inline
function fused(sum: v128, weights: v128, values: v128): v128 {
  if (!ASC_FEATURE_RELAXED_SIMD) return sum;
  return i32x4.relaxed_dot_i8x16_i7x16_add_s(values, weights, sum);
}

/** The same of twice as many: at most 4 x 63 x 127, which 16 bits hold. */
// @ts-ignore: decorator
@inline
export function paired(sum: v128, w0: v128, values0: v128, w1: v128, values1: v128): v128 {
  if (!ASC_FEATURE_RELAXED_SIMD) return sum;
  const four = i16x8.add(
    i16x8.relaxed_dot_i8x16_i7x16_s(values0, w0),
    i16x8.relaxed_dot_i8x16_i7x16_s(values1, w1),
  );
  return i32x4.add(sum, i32x4.dot_i16x8_s(four, ones()));
}

/** The same of 2 weights and values of 16 bits. */
// @ts-ignore: decorator
@inline
function wide(sum: v128, weights: v128, values: v128): v128 {
  return i32x4.add(sum, i32x4.dot_i16x8_s(weights, values));
}

/** Of the products of rows 0 and 1 and of those of rows 2 and 3, two sums of each row, the four sums. */
// @ts-ignore: decorator
@inline
function ofRows(low: v128, high: v128): v128 {
  return i32x4.add(v128.shuffle<i32>(low, high, 0, 2, 4, 6), v128.shuffle<i32>(low, high, 1, 3, 5, 7));
}

/** The one or the other. */
// @ts-ignore: decorator
@inline
export function dot(products: i32, sum: v128, weights: v128, values: v128): v128 {
  return products == FUSED ? fused(sum, weights, values) : wide(sum, weights, values);
}

// @ts-ignore: decorator
@inline
function dotHalf(sum: v128, w0: v128, w1: v128, w2: v128, w3: v128, values: usize, widened: usize): v128 {
  if (BUILD == FUSED) {
    sum = fused(sum, w0, v128.load_splat<u32>(values));
    sum = fused(sum, w1, v128.load_splat<u32>(values, 4));
    sum = fused(sum, w2, v128.load_splat<u32>(values, 8));
    return fused(sum, w3, v128.load_splat<u32>(values, 12));
  }
  if (BUILD == PAIRED) {
    sum = paired(sum, w0, v128.load_splat<u32>(values), w1, v128.load_splat<u32>(values, 4));
    return paired(sum, w2, v128.load_splat<u32>(values, 8), w3, v128.load_splat<u32>(values, 12));
  }
  const v0 = v128.load_splat<u64>(widened);
  const v1 = v128.load_splat<u64>(widened, 8);
  const v2 = v128.load_splat<u64>(widened, 16);
  const v3 = v128.load_splat<u64>(widened, 24);
  let low = i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(w0), v0);
  let high = i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(w0), v0);
  low = wide(low, i16x8.extend_low_i8x16_u(w1), v1);
  high = wide(high, i16x8.extend_high_i8x16_u(w1), v1);
  low = wide(low, i16x8.extend_low_i8x16_u(w2), v2);
  high = wide(high, i16x8.extend_high_i8x16_u(w2), v2);
  low = wide(low, i16x8.extend_low_i8x16_u(w3), v3);
  high = wide(high, i16x8.extend_high_i8x16_u(w3), v3);
  return i32x4.add(sum, ofRows(low, high));
}

/**
 * Adds to each lane of `sum` the products of 16 weights of its row (4 in each of w0 to w3, from 0 to 63) with the first 16 activations of
 * a block.
 */
// @ts-ignore: decorator
@inline
export function dotLower(sum: v128, w0: v128, w1: v128, w2: v128, w3: v128, block: usize): v128 {
  return dotHalf(sum, w0, w1, w2, w3, block, block + WIDENED);
}

/** The same with the last 16 activations of the block. */
// @ts-ignore: decorator
@inline
export function dotUpper(sum: v128, w0: v128, w1: v128, w2: v128, w3: v128, block: usize): v128 {
  return dotHalf(sum, w0, w1, w2, w3, block + 16, block + WIDENED + 32);
}

/** The same of 16 weights of 8 bits that lie at `weights`. */
// @ts-ignore: decorator
@inline
export function dotBytesLower(sum: v128, weights: usize, block: usize): v128 {
  return dotBytes(sum, weights, block, block + WIDENED);
}

// @ts-ignore: decorator
@inline
export function dotBytesUpper(sum: v128, weights: usize, block: usize): v128 {
  return dotBytes(sum, weights, block + 16, block + WIDENED + 32);
}

// @ts-ignore: decorator
@inline
function dotBytes(sum: v128, weights: usize, values: usize, widened: usize): v128 {
  if (BUILD == FUSED) {
    const w0 = v128.load(weights);
    const w1 = v128.load(weights, 16);
    const w2 = v128.load(weights, 32);
    const w3 = v128.load(weights, 48);
    return dotHalf(sum, w0, w1, w2, w3, values, widened);
  }
  const v0 = v128.load_splat<u64>(widened);
  const v1 = v128.load_splat<u64>(widened, 8);
  const v2 = v128.load_splat<u64>(widened, 16);
  const v3 = v128.load_splat<u64>(widened, 24);
  let low = i32x4.dot_i16x8_s(v128.load_ext<i8>(weights), v0);
  let high = i32x4.dot_i16x8_s(v128.load_ext<i8>(weights, 8), v0);
  low = wide(low, v128.load_ext<i8>(weights, 16), v1);
  high = wide(high, v128.load_ext<i8>(weights, 24), v1);
  low = wide(low, v128.load_ext<i8>(weights, 32), v2);
  high = wide(high, v128.load_ext<i8>(weights, 40), v2);
  low = wide(low, v128.load_ext<i8>(weights, 48), v3);
  high = wide(high, v128.load_ext<i8>(weights, 56), v3);
  return i32x4.add(sum, ofRows(low, high));
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
 * What has to be added to weights of 8 bits before they are stored: 128 where the fused dot product takes its second operand without sign (x86
 * with VNNI), 0 where with it (ARM), which the specification leaves open; -1 where sums may saturate or anything else comes out.
 */
export function offsetOfBytes(): i32 {
  if (BUILD != FUSED) return 0;
  for (let value = -127; value <= 127; value += 127) {
    let mode = -2;
    for (let weight = -128; weight <= 127; weight++) {
      const sum = i32x4.extract_lane(fused(i32x4.splat(7), i8x16.splat(<i8>weight), i8x16.splat(<i8>value)), 1);
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
