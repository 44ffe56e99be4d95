/**
 * Q4_K, four rows together. For each 256 columns first 80 bytes: 8 x 4 scales, 8 x 4 minima, 4 units of the scales, 4 of the
 * minima. Then 512 bytes: four chunks of 64 columns, in each 8 x 16 bytes with 4 bytes of each row in turn; lower nibbles are the
 * chunk's columns 0 to 31, higher ones 32 to 63.
 */
import { BLOCK } from './activations';
import { fifteens } from './constants';
import { addLower, addMinimum, dotLower, dotUpper, firstScales, highNibbles, lowNibbles, secondScales } from './dot';
import { lowered, loweredOne, raise } from './halves';
import { minimumOf, scaleOf } from './k-scales';
import { put, putScale } from './panel';

/** Bytes of 256 columns. */
const SCALES: usize = 80;
const WEIGHTS: usize = 512;

export function pack(from: usize, rowBytes: usize, rows: i32, columns: i32, to: usize): bool {
  const blocks = columns / 256;
  let fits = true;
  for (let block = 0; block < blocks; block++, to += SCALES + WEIGHTS) {
    const scales = to;
    const weights = to + SCALES;
    memory.fill(to, 0, SCALES + WEIGHTS);
    for (let row = 0; row < rows; row++) {
      const source = from + <usize>row * rowBytes + <usize>(block * 144);
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
    const weights = to + <usize>(chunk * 128 + row * 4);
    for (let k = 0; k < 8; k++) {
      store<u32>(weights + <usize>k * 16, load<u32>(source + <usize>(chunk * 32 + k * 4), 16));
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
        const chunk = group + <usize>((part >> 1) * 128 + row * 4 + (i & 3));
        const byte = <i32>load<u8>(chunk + <usize>((i >> 2) * 16));
        const quant = (part & 1 ? byte >> 4 : byte) & 15;
        store<f32>(to, scale * <f32>quant - minimum);
      }
    }
  }
}

export function one(group: usize, columns: i32, values: usize, to: usize): void {
  const mask = fifteens();
  const end = group + <usize>(columns / 256) * (SCALES + WEIGHTS);
  let sum = f32x4.splat(0);
  while (group < end) {
    const scales = group;
    group += SCALES;
    const unit = lowered(scales + 64);
    const minus = f32x4.neg(lowered(scales + 72));
    for (let part: usize = 0; part < 32; part += 8, group += 128, values += BLOCK * 2) {
      const units = v128.load_ext<u8>(scales + part);
      const minima = v128.load_ext<u8>(scales + part, 32);
      const w0 = v128.load(group);
      const w1 = v128.load(group, 16);
      const w2 = v128.load(group, 32);
      const w3 = v128.load(group, 48);
      const w4 = v128.load(group, 64);
      const w5 = v128.load(group, 80);
      const w6 = v128.load(group, 96);
      const w7 = v128.load(group, 112);
      const low = dotLower(i32x4.splat(0), lowNibbles(w0, mask), lowNibbles(w1, mask), lowNibbles(w2, mask), lowNibbles(w3, mask), values);
      const lowUpper = dotUpper(i32x4.splat(0), lowNibbles(w4, mask), lowNibbles(w5, mask), lowNibbles(w6, mask), lowNibbles(w7, mask), values);
      const next = values + BLOCK;
      const high = dotLower(i32x4.splat(0), highNibbles(w0, mask), highNibbles(w1, mask), highNibbles(w2, mask), highNibbles(w3, mask), next);
      const highUpper = dotUpper(i32x4.splat(0), highNibbles(w4, mask), highNibbles(w5, mask), highNibbles(w6, mask), highNibbles(w7, mask), next);
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
  let weights = group + <usize>(first >> 3) * (SCALES + WEIGHTS);
  for (; blocks > 0; blocks -= 8) {
    const scales = weights;
    weights += SCALES;
    const unit = lowered(scales + 64);
    const minus = f32x4.neg(lowered(scales + 72));
    for (let part: usize = 0; part < 32; part += 8, weights += 128) {
      const units = v128.load_ext<u8>(scales + part);
      const minima = v128.load_ext<u8>(scales + part, 32);
      const w0 = v128.load(weights);
      const w1 = v128.load(weights, 16);
      const w2 = v128.load(weights, 32);
      const w3 = v128.load(weights, 48);
      const w4 = v128.load(weights, 64);
      const w5 = v128.load(weights, 80);
      const w6 = v128.load(weights, 96);
      const w7 = v128.load(weights, 112);
      to = put(lowNibbles(w0, mask), lowNibbles(w1, mask), lowNibbles(w2, mask), lowNibbles(w3, mask), to);
      to = put(lowNibbles(w4, mask), lowNibbles(w5, mask), lowNibbles(w6, mask), lowNibbles(w7, mask), to);
      to = putScale(f32x4.mul(unit, firstScales(units)), to);
      to = putScale(f32x4.mul(minus, firstScales(minima)), to);
      to = put(highNibbles(w0, mask), highNibbles(w1, mask), highNibbles(w2, mask), highNibbles(w3, mask), to);
      to = put(highNibbles(w4, mask), highNibbles(w5, mask), highNibbles(w6, mask), highNibbles(w7, mask), to);
      to = putScale(f32x4.mul(unit, secondScales(units)), to);
      to = putScale(f32x4.mul(minus, secondScales(minima)), to);
    }
  }
}
