/**
 * Scales are stored as half-precision numbers whose exponent is raised by 10, so that all of them are normal: widening a
 * subnormal one costs some 150 cycles, and scales of small weights are subnormal. Nothing is lost up to 64.
 */

import { HALF_MASK, HALF_UNIT, halfMasks, halfUnits } from './constants';

/** 0xffff, which is no number, where `half` is too large to be raised. */
export function raise(half: u32): u32 {
  const sign = half & 0x8000;
  const exponent = (half >> 10) & 31;
  const mantissa = half & 0x3ff;
  if (exponent > 20) return 0xffff;
  if (exponent > 0) return sign | ((exponent + 10) << 10) | mantissa;
  if (mantissa == 0) return sign;
  const top = 31 - clz(mantissa);
  return sign | ((top + 1) << 10) | ((mantissa << (10 - top)) & 0x3ff);
}

/** Four raised halves to f32. */
// @ts-ignore: decorator
@inline
export function lowered(at: usize): v128 {
  const bits = v128.and(i32x4.shl(v128.load_ext<i16>(at), 13), halfMasks());
  return f32x4.mul(bits, halfUnits());
}

export function loweredOne(at: usize): f32 {
  const bits = (<u32>(<i32>load<i16>(at)) << 13) & HALF_MASK;
  return reinterpret<f32>(bits) * HALF_UNIT;
}

/** IEEE half precision to f32. */
export function fromHalf(half: u32): f32 {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 31;
  const magnitude = (half & 0x7fff) << 13;
  if (exponent == 31) return reinterpret<f32>(sign | 0x7f800000 | magnitude);
  if (exponent > 0) return reinterpret<f32>(sign | (magnitude + (112 << 23)));
  const small = <f32>(half & 0x3ff) * reinterpret<f32>((127 - 24) << 23);
  return sign ? -small : small;
}
