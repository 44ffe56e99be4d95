/**
 * The one inner loop of all integer kernels. Weights are stored so that 16 bytes hold 4 weights of each of 4 rows: every
 * lane of a dot product then belongs to one row, and nothing has to be added across lanes.
 */
import { SCALE, SCALE_UPPER } from './activations';

/** 8 widened weights of rows 0 and 1 times 8 activations; pairs of lanes belong to one row. */
// @ts-ignore: decorator
@inline
function low(weights: v128, values: v128): v128 {
  return i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(weights), values);
}

/** The same of rows 2 and 3. */
// @ts-ignore: decorator
@inline
function high(weights: v128, values: v128): v128 {
  return i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(weights), values);
}

// @ts-ignore: decorator
@inline
function wide(sum: v128, w0: v128, w1: v128, w2: v128, w3: v128, a: v128, b: v128, c: v128, d: v128): v128 {
  const lows = i32x4.add(i32x4.add(low(w0, a), low(w1, b)), i32x4.add(low(w2, c), low(w3, d)));
  const highs = i32x4.add(i32x4.add(high(w0, a), high(w1, b)), i32x4.add(high(w2, c), high(w3, d)));
  const even = v128.shuffle<i32>(lows, highs, 0, 2, 4, 6);
  const odd = v128.shuffle<i32>(lows, highs, 1, 3, 5, 7);
  return i32x4.add(sum, i32x4.add(even, odd));
}

// @ts-ignore: decorator
@inline
function step(sum: v128, weights: v128, values: v128): v128 {
  return i32x4.relaxed_dot_i8x16_i7x16_add_s(values, weights, sum);
}

/**
 * Adds to each lane of `sum` the products of 16 weights of its row (4 in each of w0 to w3) with the first 16 activations of a block.
 */
// @ts-ignore: decorator
@inline
export function dotLower(sum: v128, w0: v128, w1: v128, w2: v128, w3: v128, block: usize): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) {
    sum = step(sum, w0, v128.load_splat<u32>(block));
    sum = step(sum, w1, v128.load_splat<u32>(block, 4));
    sum = step(sum, w2, v128.load_splat<u32>(block, 8));
    return step(sum, w3, v128.load_splat<u32>(block, 12));
  }
  const a = v128.load_splat<u64>(block);
  const b = v128.load_splat<u64>(block, 8);
  const c = v128.load_splat<u64>(block, 16);
  const d = v128.load_splat<u64>(block, 24);
  return wide(sum, w0, w1, w2, w3, a, b, c, d);
}

/** The same with the last 16 activations of the block. */
// @ts-ignore: decorator
@inline
export function dotUpper(sum: v128, w0: v128, w1: v128, w2: v128, w3: v128, block: usize): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) {
    sum = step(sum, w0, v128.load_splat<u32>(block, 16));
    sum = step(sum, w1, v128.load_splat<u32>(block, 20));
    sum = step(sum, w2, v128.load_splat<u32>(block, 24));
    return step(sum, w3, v128.load_splat<u32>(block, 28));
  }
  const a = v128.load_splat<u64>(block, 32);
  const b = v128.load_splat<u64>(block, 40);
  const c = v128.load_splat<u64>(block, 48);
  const d = v128.load_splat<u64>(block, 56);
  return wide(sum, w0, w1, w2, w3, a, b, c, d);
}

// @ts-ignore: decorator
@inline
export function multiplyAdd(a: v128, b: v128, sum: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, sum);
  return f32x4.add(f32x4.mul(a, b), sum);
}

/** sum + integers x scale x the scale of the lower half of the activations. */
// @ts-ignore: decorator
@inline
export function addLower(sum: v128, integers: v128, scale: v128, block: usize): v128 {
  return multiplyAdd(f32x4.convert_i32x4_s(integers), f32x4.mul(scale, v128.load_splat<f32>(block, SCALE)), sum);
}

// @ts-ignore: decorator
@inline
export function addUpper(sum: v128, integers: v128, scale: v128, block: usize): v128 {
  const both = f32x4.mul(scale, v128.load_splat<f32>(block, SCALE_UPPER));
  return multiplyAdd(f32x4.convert_i32x4_s(integers), both, sum);
}

/** Four bytes to f32, one for each row. */
// @ts-ignore: decorator
@inline
export function unsignedScales(at: usize): v128 {
  const words = i16x8.extend_low_i8x16_u(v128.load_zero<u32>(at));
  return f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(words));
}

// @ts-ignore: decorator
@inline
export function signedScales(at: usize): v128 {
  const words = i16x8.extend_low_i8x16_s(v128.load_zero<u32>(at));
  return f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(words));
}

/** The lower four bits of each byte. */
// @ts-ignore: decorator
@inline
export function lowNibbles(bytes: v128): v128 {
  return v128.and(bytes, i8x16.splat(15));
}

// @ts-ignore: decorator
@inline
export function highNibbles(bytes: v128): v128 {
  return v128.and(i16x8.shr_u(bytes, 4), i8x16.splat(15));
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
