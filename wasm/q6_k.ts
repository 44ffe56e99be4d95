/**
 * Q6_K, four rows together. For each 256 columns first 72 bytes: for each unit 4 scales of its lower nibbles and 4 of its higher, then
 * 4 units of the scales. Then 768 bytes: eight units of 16 + 16 columns, in each 4 x 16 bytes whose lower nibbles are 16 columns and
 * whose higher nibbles 16 further on (see `lowColumn`), then 16 bytes with the upper two bits of the lower nibbles and 16 for the
 * higher, bits 2i and 2i + 1 of a byte for the i-th of the 4.
 */
import { BLOCK, MINUS_SUM, MINUS_SUM_UPPER } from './activations';
import { fifteens, fortyEights } from './constants';
import { addLower, addUpper, dotLower, dotUpper, firstScales, highNibbles, lowNibbles, secondScales } from './dot';
import { lowered, loweredOne, raise } from './halves';
import { PANEL_BLOCK, PANEL_HALF, put, putScale } from './panel';

/** Bytes of 256 columns. */
const SCALES: usize = 72;
const WEIGHTS: usize = 768;
/** Bytes of a unit. */
const UNIT: usize = 96;

/** Of the 64 bytes that hold 128 columns in the file, byte b has column b and column b + 64; a unit is 16 such bytes. */
// @ts-ignore: decorator
@inline
function lowColumn(unit: i32): i32 {
  return (unit >> 2) * 128 + (unit & 3) * 16;
}

export function pack(from: usize, rowBytes: usize, rows: i32, columns: i32, to: usize): bool {
  const blocks = columns / 256;
  let fits = true;
  for (let block = 0; block < blocks; block++, to += SCALES + WEIGHTS) {
    const scales = to;
    const weights = to + SCALES;
    memory.fill(to, 0, SCALES + WEIGHTS);
    for (let row = 0; row < rows; row++) {
      const source = from + <usize>row * rowBytes + <usize>(block * 210);
      const unitOfScales = raise(load<u16>(source, 208));
      if (unitOfScales == 0xffff) fits = false;
      store<u16>(scales + <usize>row * 2, unitOfScales, 64);
      for (let unit = 0; unit < 8; unit++) {
        const low = lowColumn(unit) >> 4;
        store<u8>(scales + <usize>(unit * 8 + row), load<u8>(source + low, 192));
        store<u8>(scales + <usize>(unit * 8 + row), load<u8>(source + low + 4, 192), 4);
        packUnit(source, unit, weights + <usize>(unit * 96 + row * 4));
      }
    }
  }
  return fits;
}

function packUnit(source: usize, unit: i32, to: usize): void {
  const lower = source + <usize>(unit * 16);
  const upper = source + 128 + <usize>((unit >> 2) * 32 + (unit & 1) * 16);
  // Of a byte of the upper bits, bits 0 and 1 are of columns 0 to 31 of its half, then of 32, of 64 and of 96.
  const shift = ((unit & 3) >> 1) * 2;
  let lows: u32 = 0;
  let highs: u32 = 0;
  for (let k = 0; k < 4; k++) {
    store<u32>(to + <usize>k * 16, load<u32>(lower + <usize>k * 4));
    const bits = load<u32>(upper + <usize>k * 4) >> shift;
    lows |= (bits & 0x03030303) << (2 * k);
    highs |= ((bits >> 4) & 0x03030303) << (2 * k);
  }
  store<u32>(to, lows, 64);
  store<u32>(to, highs, 80);
}

export function decode(group: usize, row: i32, columns: i32, to: usize): void {
  const end = group + <usize>(columns / 256) * (SCALES + WEIGHTS);
  for (; group < end; group += WEIGHTS, to += 1024) {
    const scales = group;
    group += SCALES;
    const unitOfScales = loweredOne(scales + <usize>row * 2 + 64);
    for (let unit = 0; unit < 8; unit++) {
      const lowScale = unitOfScales * <f32>load<i8>(scales + <usize>(unit * 8 + row));
      const highScale = unitOfScales * <f32>load<i8>(scales + <usize>(unit * 8 + row), 4);
      for (let i = 0; i < 16; i++) {
        const at = group + <usize>(unit * 96 + row * 4 + (i & 3));
        const byte = <i32>load<u8>(at + <usize>((i >> 2) * 16));
        const shift = (i >> 2) * 2;
        const low = (byte & 15) | (((<i32>load<u8>(at, 64) >> shift) & 3) << 4);
        const high = (byte >> 4) | (((<i32>load<u8>(at, 80) >> shift) & 3) << 4);
        const out = to + <usize>((lowColumn(unit) + i) * 4);
        store<f32>(out, lowScale * <f32>(low - 32));
        store<f32>(out, highScale * <f32>(high - 32), 256);
      }
    }
  }
}

/** The i-th pair of bits of each byte, as 0, 16, 32 or 48; `left` is 4 - 2i. */
// @ts-ignore: decorator
@inline
function upper(bits: v128, fortyEight: v128, left: i32): v128 {
  const moved = left >= 0 ? i16x8.shl(bits, left) : i16x8.shr_u(bits, -left);
  return v128.and(moved, fortyEight);
}

/** What 16 weights in 0 to 63 begin with, so that they count as -32 to 31. */
// @ts-ignore: decorator
@inline
function begin(minusSum: usize): v128 {
  return i32x4.shl(v128.load_splat<i32>(minusSum), 5);
}

/** The i-th four columns of a unit: its lower nibbles with the upper bits that belong to them. */
// @ts-ignore: decorator
@inline
function lows(weights: v128, bits: v128, mask: v128, fortyEight: v128, i: i32): v128 {
  return v128.or(lowNibbles(weights, mask), upper(bits, fortyEight, 4 - 2 * i));
}

// @ts-ignore: decorator
@inline
function highs(weights: v128, bits: v128, mask: v128, fortyEight: v128, i: i32): v128 {
  return v128.or(highNibbles(weights, mask), upper(bits, fortyEight, 4 - 2 * i));
}

/** The products of a unit's higher nibbles, which `addLows` leaves here. */
let ofHighs: v128 = i32x4.splat(0);

/**
 * Adds the products of a unit's lower nibbles with the lower half of block `values` or, where `second`, its upper, and makes those of its
 * higher nibbles, whose columns are two blocks further on: they are added later, because sums must be made in the order of columns,
 * as panels make them.
 */
// @ts-ignore: decorator
@inline
function addLows(second: bool, sum: v128, unit: usize, scale: v128, values: usize): v128 {
  const mask = fifteens();
  const fortyEight = fortyEights();
  const next = values + 2 * BLOCK;
  const w0 = v128.load(unit);
  const w1 = v128.load(unit, 16);
  const w2 = v128.load(unit, 32);
  const w3 = v128.load(unit, 48);
  let bits = v128.load(unit, 64);
  const l0 = lows(w0, bits, mask, fortyEight, 0);
  const l1 = lows(w1, bits, mask, fortyEight, 1);
  const l2 = lows(w2, bits, mask, fortyEight, 2);
  const l3 = lows(w3, bits, mask, fortyEight, 3);
  bits = v128.load(unit, 80);
  const h0 = highs(w0, bits, mask, fortyEight, 0);
  const h1 = highs(w1, bits, mask, fortyEight, 1);
  const h2 = highs(w2, bits, mask, fortyEight, 2);
  const h3 = highs(w3, bits, mask, fortyEight, 3);
  if (second) {
    ofHighs = dotUpper(begin(next + MINUS_SUM_UPPER), h0, h1, h2, h3, next);
    return addUpper(sum, dotUpper(begin(values + MINUS_SUM_UPPER), l0, l1, l2, l3, values), scale, values);
  }
  ofHighs = dotLower(begin(next + MINUS_SUM), h0, h1, h2, h3, next);
  return addLower(sum, dotLower(begin(values + MINUS_SUM), l0, l1, l2, l3, values), scale, values);
}

export function one(group: usize, columns: i32, values: usize, to: usize): void {
  const end = group + <usize>(columns / 256) * (SCALES + WEIGHTS);
  let sum = f32x4.splat(0);
  while (group < end) {
    let scales = group;
    group += SCALES;
    const unit = lowered(scales + 64);
    for (const upper = scales + 64; scales < upper; scales += 32, group += 4 * UNIT, values += 4 * BLOCK) {
      const scales0 = v128.load_ext<i8>(scales);
      const scales1 = v128.load_ext<i8>(scales, 8);
      const scales2 = v128.load_ext<i8>(scales, 16);
      const scales3 = v128.load_ext<i8>(scales, 24);
      const next = values + BLOCK;
      sum = addLows(false, sum, group, f32x4.mul(unit, firstScales(scales0)), values);
      const highs0 = ofHighs;
      sum = addLows(true, sum, group + UNIT, f32x4.mul(unit, firstScales(scales1)), values);
      const highs1 = ofHighs;
      sum = addLows(false, sum, group + 2 * UNIT, f32x4.mul(unit, firstScales(scales2)), next);
      const highs2 = ofHighs;
      sum = addLows(true, sum, group + 3 * UNIT, f32x4.mul(unit, firstScales(scales3)), next);
      const highs3 = ofHighs;
      sum = addLower(sum, highs0, f32x4.mul(unit, secondScales(scales0)), values + 2 * BLOCK);
      sum = addUpper(sum, highs1, f32x4.mul(unit, secondScales(scales1)), values + 2 * BLOCK);
      sum = addLower(sum, highs2, f32x4.mul(unit, secondScales(scales2)), next + 2 * BLOCK);
      sum = addUpper(sum, highs3, f32x4.mul(unit, secondScales(scales3)), next + 2 * BLOCK);
    }
  }
  v128.store(to, sum);
}

export function fill(group: usize, columns: i32, first: i32, blocks: i32, to: usize): void {
  const mask = fifteens();
  const fortyEight = fortyEights();
  let units = group + <usize>(first >> 3) * (SCALES + WEIGHTS);
  for (; blocks > 0; blocks -= 8, to += 8 * PANEL_BLOCK) {
    const scales = units;
    units += SCALES;
    const unitOfScales = lowered(scales + 64);
    for (let unit = 0; unit < 8; unit++, units += UNIT) {
      const words = v128.load_ext<i8>(scales + <usize>unit * 8);
      const w0 = v128.load(units);
      const w1 = v128.load(units, 16);
      const w2 = v128.load(units, 32);
      const w3 = v128.load(units, 48);
      let next = to + <usize>(lowColumn(unit) >> 4) * PANEL_HALF;
      let bits = v128.load(units, 64);
      next = put(
        lows(w0, bits, mask, fortyEight, 0),
        lows(w1, bits, mask, fortyEight, 1),
        lows(w2, bits, mask, fortyEight, 2),
        lows(w3, bits, mask, fortyEight, 3),
        next,
      );
      putScale(f32x4.mul(unitOfScales, firstScales(words)), next);
      next = to + <usize>((lowColumn(unit) >> 4) + 4) * PANEL_HALF;
      bits = v128.load(units, 80);
      next = put(
        highs(w0, bits, mask, fortyEight, 0),
        highs(w1, bits, mask, fortyEight, 1),
        highs(w2, bits, mask, fortyEight, 2),
        highs(w3, bits, mask, fortyEight, 3),
        next,
      );
      putScale(f32x4.mul(unitOfScales, secondScales(words)), next);
    }
  }
}
