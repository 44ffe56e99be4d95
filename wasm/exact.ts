/**
 * Types without an integer kernel stay as they are in the file. A row is decoded to f32 once and serves all rows of activations;
 * these are not rounded, so the result is as exact as f32 is.
 */
import { multiplyAdd } from './dot';
import { fromHalf } from './halves';
import * as type from './types';

export function decode(kind: i32, row: usize, columns: i32, to: usize): void {
  switch (kind) {
    case type.F32:
      memory.copy(to, row, <usize>columns * 4);
      break;
    case type.F16:
      for (let i: usize = 0; i < <usize>columns; i++) store<f32>(to + i * 4, fromHalf(load<u16>(row + i * 2)));
      break;
    case type.BF16:
      for (let i: usize = 0; i < <usize>columns; i++) store<u32>(to + i * 4, <u32>load<u16>(row + i * 2) << 16);
      break;
    default:
      decodeNibbles(kind, row, columns / 32, to);
  }
}

/** Q4_1, Q5_0 and Q5_1: scale, perhaps a minimum, perhaps 32 fifth bits, 16 bytes of nibbles. */
function decodeNibbles(kind: i32, from: usize, blocks: i32, to: usize): void {
  for (; blocks > 0; blocks--, to += 128) {
    const scale = fromHalf(load<u16>(from));
    from += 2;
    let minimum: f32 = -16 * scale;
    if (kind != type.Q5_0) {
      minimum = fromHalf(load<u16>(from));
      from += 2;
    }
    let fifths: u32 = 0;
    if (kind != type.Q4_1) {
      fifths = load<u32>(from);
      from += 4;
    }
    for (let i = 0; i < 16; i++, from++) {
      const byte = load<u8>(from);
      const low = (byte & 15) | (((fifths >> i) & 1) << 4);
      const high = (byte >> 4) | (((fifths >> (i + 16)) & 1) << 4);
      store<f32>(to + <usize>i * 4, scale * <f32>low + minimum);
      store<f32>(to + <usize>i * 4, scale * <f32>high + minimum, 64);
    }
  }
}

/** `count` is a multiple of 4. */
export function dot(a: usize, b: usize, count: i32): f32 {
  let sum0 = f32x4.splat(0);
  let sum1 = f32x4.splat(0);
  const end = a + <usize>(count & ~7) * 4;
  for (; a < end; a += 32, b += 32) {
    sum0 = multiplyAdd(v128.load(a), v128.load(b), sum0);
    sum1 = multiplyAdd(v128.load(a, 16), v128.load(b, 16), sum1);
  }
  if (count & 4) sum0 = multiplyAdd(v128.load(a), v128.load(b), sum0);
  return sumOfLanes(f32x4.add(sum0, sum1));
}

// @ts-ignore: decorator
@inline
export function sumOfLanes(v: v128): f32 {
  return (
    f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3))
  );
}
