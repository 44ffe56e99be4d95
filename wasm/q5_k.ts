/**
 * Q5_K, four rows together. For each 256 columns first 80 bytes: 8 x 4 scales, 8 x 4 minima, 4 units of the scales, 4 of the
 * minima. Then 640 bytes: four chunks of 64 columns, in each 8 x 16 bytes with 4 bytes of each row in turn, whose lower nibbles are
 * the chunk's columns 0 to 31 and higher ones 32 to 63, and the fifth bits: 16 bytes for the lower nibbles and 16 for the higher,
 * bit i of a byte for the i-th of the 8.
 */
import { BLOCK } from './activations';
import { fifteens, sixteens } from './constants';
import { addLower, addMinimum, dotLower, dotUpper, firstScales, highNibbles, lowNibbles, secondScales } from './dot';
import { lowered, loweredOne, raise } from './halves';
import { minimumOf, scaleOf } from './k-scales';
import { put, putScale } from './panel';

/** Bytes of 256 columns. */
const SCALES: usize = 80;
const WEIGHTS: usize = 640;

export function pack(from: usize, rowBytes: usize, rows: i32, columns: i32, to: usize): bool {
  const blocks = columns / 256;
  let fits = true;
  for (let block = 0; block < blocks; block++, to += SCALES + WEIGHTS) {
    const scales = to;
    const weights = to + SCALES;
    memory.fill(to, 0, SCALES + WEIGHTS);
    for (let row = 0; row < rows; row++) {
      const source = from + <usize>row * rowBytes + <usize>(block * 176);
      const unit = raise(load<u16>(source));
      const unitOfMinimum = raise(load<u16>(source, 2));
      if (unit == 0xffff || unitOfMinimum == 0xffff) fits = false;
      store<u16>(scales + <usize>row * 2, unit, 64);
      store<u16>(scales + <usize>row * 2, unitOfMinimum, 72);
      for (let part = 0; part < 8; part++) {
        store<u8>(scales + <usize>(part * 4 + row), scaleOf(source + 4, part));
        store<u8>(scales + <usize>(part * 4 + row), minimumOf(source + 4, part), 32);
      }
      packWeights(source, row, weights);
    }
  }
  return fits;
}

function packWeights(source: usize, row: i32, to: usize): void {
  for (let chunk = 0; chunk < 4; chunk++) {
    const weights = to + <usize>(chunk * 160 + row * 4);
    for (let k = 0; k < 8; k++) {
      store<u32>(weights + <usize>k * 16, load<u32>(source + <usize>(chunk * 32 + k * 4), 48));
      // Bit 2 x chunk of a byte belongs to the lower nibbles' part, the next one to the higher nibbles'.
      const fifths = load<u32>(source + <usize>k * 4, 16) >> (chunk * 2);
      store<u32>(weights, load<u32>(weights, 128) | ((fifths & 0x01010101) << k), 128);
      store<u32>(weights, load<u32>(weights, 144) | (((fifths >> 1) & 0x01010101) << k), 144);
    }
  }
}

export function decode(group: usize, row: i32, columns: i32, to: usize): void {
  const end = group + <usize>(columns / 256) * (SCALES + WEIGHTS);
  for (; group < end; group += WEIGHTS) {
    const scales = group;
    group += SCALES;
    const unit = loweredOne(scales + <usize>row * 2 + 64);
    const unitOfMinimum = loweredOne(scales + <usize>row * 2 + 72);
    for (let part = 0; part < 8; part++) {
      const scale = unit * <f32>load<u8>(scales + <usize>(part * 4 + row));
      const minimum = unitOfMinimum * <f32>load<u8>(scales + <usize>(part * 4 + row), 32);
      for (let i = 0; i < 32; i++, to += 4) {
        const chunk = group + <usize>((part >> 1) * 160 + row * 4 + (i & 3));
        const byte = <i32>load<u8>(chunk + <usize>((i >> 2) * 16));
        const fifth = (<i32>load<u8>(chunk + <usize>((part & 1) * 16), 128) >> (i >> 2)) & 1;
        const quant = ((part & 1 ? byte >> 4 : byte) & 15) | (fifth << 4);
        store<f32>(to, scale * <f32>quant - minimum);
      }
    }
  }
}

/** The i-th bit of each byte of `bits`, as 0 or 16; `left` is 4 - i. */
// @ts-ignore: decorator
@inline
function fifth(bits: v128, sixteen: v128, left: i32): v128 {
  const moved = left >= 0 ? i16x8.shl(bits, left) : i16x8.shr_u(bits, -left);
  return v128.and(moved, sixteen);
}

/** The i-th four columns of a chunk's first 32, with the fifth bits that belong to them. */
// @ts-ignore: decorator
@inline
function lows(chunk: usize, fifths: v128, mask: v128, sixteen: v128, i: i32): v128 {
  return v128.or(lowNibbles(v128.load(chunk + <usize>i * 16), mask), fifth(fifths, sixteen, 4 - i));
}

/** The same of its last 32. */
// @ts-ignore: decorator
@inline
function highs(chunk: usize, fifths: v128, mask: v128, sixteen: v128, i: i32): v128 {
  return v128.or(highNibbles(v128.load(chunk + <usize>i * 16), mask), fifth(fifths, sixteen, 4 - i));
}

export function one(group: usize, columns: i32, values: usize, to: usize): void {
  const mask = fifteens();
  const sixteen = sixteens();
  const end = group + <usize>(columns / 256) * (SCALES + WEIGHTS);
  let sum = f32x4.splat(0);
  while (group < end) {
    const scales = group;
    group += SCALES;
    const unit = lowered(scales + 64);
    const minus = f32x4.neg(lowered(scales + 72));
    for (let part: usize = 0; part < 32; part += 8, group += 160, values += BLOCK * 2) {
      const units = v128.load_ext<u8>(scales + part);
      const minima = v128.load_ext<u8>(scales + part, 32);
      let bits = v128.load(group, 128);
      const low = dotLower(i32x4.splat(0), lows(group, bits, mask, sixteen, 0), lows(group, bits, mask, sixteen, 1), lows(group, bits, mask, sixteen, 2), lows(group, bits, mask, sixteen, 3), values);
      const lowUpper = dotUpper(i32x4.splat(0), lows(group, bits, mask, sixteen, 4), lows(group, bits, mask, sixteen, 5), lows(group, bits, mask, sixteen, 6), lows(group, bits, mask, sixteen, 7), values);
      bits = v128.load(group, 144);
      const next = values + BLOCK;
      const high = dotLower(i32x4.splat(0), highs(group, bits, mask, sixteen, 0), highs(group, bits, mask, sixteen, 1), highs(group, bits, mask, sixteen, 2), highs(group, bits, mask, sixteen, 3), next);
      const highUpper = dotUpper(i32x4.splat(0), highs(group, bits, mask, sixteen, 4), highs(group, bits, mask, sixteen, 5), highs(group, bits, mask, sixteen, 6), highs(group, bits, mask, sixteen, 7), next);
      sum = addLower(sum, i32x4.add(low, lowUpper), f32x4.mul(unit, firstScales(units)), values);
      sum = addMinimum(sum, f32x4.mul(minus, firstScales(minima)), values);
      sum = addLower(sum, i32x4.add(high, highUpper), f32x4.mul(unit, secondScales(units)), next);
      sum = addMinimum(sum, f32x4.mul(minus, secondScales(minima)), next);
    }
  }
  v128.store(to, sum);
}

export function fill(group: usize, columns: i32, first: i32, blocks: i32, to: usize): void {
  const mask = fifteens();
  const sixteen = sixteens();
  let weights = group + <usize>(first >> 3) * (SCALES + WEIGHTS);
  for (; blocks > 0; blocks -= 8) {
    const scales = weights;
    weights += SCALES;
    const unit = lowered(scales + 64);
    const minus = f32x4.neg(lowered(scales + 72));
    for (let part: usize = 0; part < 32; part += 8, weights += 160) {
      const units = v128.load_ext<u8>(scales + part);
      const minima = v128.load_ext<u8>(scales + part, 32);
      let bits = v128.load(weights, 128);
      to = put(lows(weights, bits, mask, sixteen, 0), lows(weights, bits, mask, sixteen, 1), lows(weights, bits, mask, sixteen, 2), lows(weights, bits, mask, sixteen, 3), to);
      to = put(lows(weights, bits, mask, sixteen, 4), lows(weights, bits, mask, sixteen, 5), lows(weights, bits, mask, sixteen, 6), lows(weights, bits, mask, sixteen, 7), to);
      to = putScale(f32x4.mul(unit, firstScales(units)), to);
      to = putScale(f32x4.mul(minus, firstScales(minima)), to);
      bits = v128.load(weights, 144);
      to = put(highs(weights, bits, mask, sixteen, 0), highs(weights, bits, mask, sixteen, 1), highs(weights, bits, mask, sixteen, 2), highs(weights, bits, mask, sixteen, 3), to);
      to = put(highs(weights, bits, mask, sixteen, 4), highs(weights, bits, mask, sixteen, 5), highs(weights, bits, mask, sixteen, 6), highs(weights, bits, mask, sixteen, 7), to);
      to = putScale(f32x4.mul(unit, secondScales(units)), to);
      to = putScale(f32x4.mul(minus, secondScales(minima)), to);
    }
  }
}
