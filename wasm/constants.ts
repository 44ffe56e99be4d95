/**
 * Vectors that never change, in memory below what src/engine/wasm/heap.ts gives out (team.ts has the rest of it). V8 makes a constant
 * vector anew wherever it is used, with three instructions of which one can begin only once in a cycle, so that a mask cost as much as
 * the product behind it. What was loaded stays in a register.
 */
const FIFTEENS: usize = 2048;
const SIXTEENS: usize = 2064;
const FORTY_EIGHTS: usize = 2080;
const HALF_MASKS: usize = 2096;
const HALF_UNITS: usize = 2112;
const ONES: usize = 2128;

/** What is left of a raised half that was moved to where an f32 has its bits (halves.ts), and what that is worth: 2^(127 - 15 - 10). */
export const HALF_MASK: u32 = 0x8fffe000;
export const HALF_UNIT: f32 = reinterpret<f32>((102 + 127) << 23);

/** Before the first product. Every thread writes the same. */
export function writeConstants(): void {
  v128.store(FIFTEENS, i8x16.splat(15));
  v128.store(SIXTEENS, i8x16.splat(16));
  v128.store(FORTY_EIGHTS, i8x16.splat(48));
  v128.store(HALF_MASKS, i32x4.splat(HALF_MASK));
  v128.store(HALF_UNITS, f32x4.splat(HALF_UNIT));
  v128.store(ONES, i16x8.splat(1));
}

// @ts-ignore: decorator
@inline
export function fifteens(): v128 {
  return v128.load(FIFTEENS);
}

// @ts-ignore: decorator
@inline
export function sixteens(): v128 {
  return v128.load(SIXTEENS);
}

// @ts-ignore: decorator
@inline
export function fortyEights(): v128 {
  return v128.load(FORTY_EIGHTS);
}

// @ts-ignore: decorator
@inline
export function halfMasks(): v128 {
  return v128.load(HALF_MASKS);
}

// @ts-ignore: decorator
@inline
export function halfUnits(): v128 {
  return v128.load(HALF_UNITS);
}

/** 16 bits each. */
// @ts-ignore: decorator
@inline
export function ones(): v128 {
  return v128.load(ONES);
}
