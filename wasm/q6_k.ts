/**
 * Q6_K, four rows together. For each 256 columns 768 bytes: eight units of 16 + 16 columns, in each 4 x 16 bytes whose lower nibbles
 * are 16 columns and whose higher nibbles 16 further on (see `lowColumn`), then 16 bytes with the upper two bits of the lower
 * nibbles and 16 for the higher, bits 2i and 2i + 1 of a byte for the i-th of the 4.
 * After all weights, for each 256 columns 72 bytes: for each unit 4 scales of its lower nibbles and 4 of its higher, then 4 units
 * of the scales.
 */
import { BLOCK, MINUS_SUM, MINUS_SUM_UPPER } from './activations';
import { addLower, addUpper, dotLower, dotUpper, highNibbles, lowNibbles, multiplyAdd, signedScales } from './dot';
import { lowered, loweredOne, raise } from './halves';

/** Of the 64 bytes that hold 128 columns in the file, byte b has column b and column b + 64; a unit is 16 such bytes. */
// @ts-ignore: decorator
@inline
function lowColumn(unit: i32): i32 {
  return (unit >> 2) * 128 + (unit & 3) * 16;
}

export function pack(from: usize, rowBytes: usize, rows: i32, columns: i32, to: usize): bool {
  const blocks = columns / 256;
  let fits = true;
  let weights = to;
  let scales = to + <usize>(blocks * 768);
  for (let block = 0; block < blocks; block++, weights += 768, scales += 72) {
    memory.fill(weights, 0, 768);
    memory.fill(scales, 0, 72);
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
  const end = group + <usize>((columns / 256) * 768);
  let scales = end;
  for (; group < end; group += 768, scales += 72, to += 1024) {
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
function upper(bits: v128, left: i32): v128 {
  const moved = left >= 0 ? i16x8.shl(bits, left) : i16x8.shr_u(bits, -left);
  return v128.and(moved, i8x16.splat(48));
}

/** What 16 weights in 0 to 63 begin with, so that they count as -32 to 31. */
// @ts-ignore: decorator
@inline
function begin(minusSum: usize): v128 {
  return i32x4.shl(v128.load_splat<i32>(minusSum), 5);
}

export function one(group: usize, columns: i32, values: usize, to: usize): void {
  const end = group + <usize>((columns / 256) * 768);
  let scales = end;
  let sum = f32x4.splat(0);
  for (; group < end; scales += 72) {
    let dots = f32x4.splat(0);
    // Two units share a block of activations for their lower nibbles and the block after next for their higher.
    for (let pair: usize = 0; pair < 64; pair += 16, group += 192) {
      let bits = v128.load(group, 64);
      let w0 = v128.or(lowNibbles(v128.load(group, 0)), upper(bits, 4));
      let w1 = v128.or(lowNibbles(v128.load(group, 16)), upper(bits, 2));
      let w2 = v128.or(lowNibbles(v128.load(group, 32)), upper(bits, 0));
      let w3 = v128.or(lowNibbles(v128.load(group, 48)), upper(bits, -2));
      let scale = signedScales(scales + pair + 0);
      dots = addLower(dots, dotLower(begin(values + MINUS_SUM), w0, w1, w2, w3, values), scale, values);
      bits = v128.load(group, 80);
      w0 = v128.or(highNibbles(v128.load(group, 0)), upper(bits, 4));
      w1 = v128.or(highNibbles(v128.load(group, 16)), upper(bits, 2));
      w2 = v128.or(highNibbles(v128.load(group, 32)), upper(bits, 0));
      w3 = v128.or(highNibbles(v128.load(group, 48)), upper(bits, -2));
      scale = signedScales(scales + pair + 4);
      dots = addLower(dots, dotLower(begin(values + 2 * BLOCK + MINUS_SUM), w0, w1, w2, w3, values + 2 * BLOCK), scale, values + 2 * BLOCK);
      bits = v128.load(group, 160);
      w0 = v128.or(lowNibbles(v128.load(group, 96)), upper(bits, 4));
      w1 = v128.or(lowNibbles(v128.load(group, 112)), upper(bits, 2));
      w2 = v128.or(lowNibbles(v128.load(group, 128)), upper(bits, 0));
      w3 = v128.or(lowNibbles(v128.load(group, 144)), upper(bits, -2));
      scale = signedScales(scales + pair + 8);
      dots = addUpper(dots, dotUpper(begin(values + MINUS_SUM_UPPER), w0, w1, w2, w3, values), scale, values);
      bits = v128.load(group, 176);
      w0 = v128.or(highNibbles(v128.load(group, 96)), upper(bits, 4));
      w1 = v128.or(highNibbles(v128.load(group, 112)), upper(bits, 2));
      w2 = v128.or(highNibbles(v128.load(group, 128)), upper(bits, 0));
      w3 = v128.or(highNibbles(v128.load(group, 144)), upper(bits, -2));
      scale = signedScales(scales + pair + 12);
      dots = addUpper(dots, dotUpper(begin(values + 2 * BLOCK + MINUS_SUM_UPPER), w0, w1, w2, w3, values + 2 * BLOCK), scale, values + 2 * BLOCK);
      // After the first 64 columns of a half its last 64 are done as well.
      values += pair & 16 ? BLOCK * 3 : BLOCK;
    }
    const unit = lowered(scales + 64);
    sum = multiplyAdd(unit, dots, sum);
  }
  v128.store(to, sum);
}

export function four(group: usize, columns: i32, values: usize, stride: usize, to: usize, step: usize): void {
  const end = group + <usize>((columns / 256) * 768);
  let scales = end;
  let b = values + stride;
  let c = b + stride;
  let d = c + stride;
  let sumA = f32x4.splat(0);
  let sumB = f32x4.splat(0);
  let sumC = f32x4.splat(0);
  let sumD = f32x4.splat(0);
  for (; group < end; scales += 72) {
    let dotsA = f32x4.splat(0);
    let dotsB = f32x4.splat(0);
    let dotsC = f32x4.splat(0);
    let dotsD = f32x4.splat(0);
    // Two units share a block of activations for their lower nibbles and the block after next for their higher.
    for (let pair: usize = 0; pair < 64; pair += 16, group += 192) {
      let bits = v128.load(group, 64);
      let w0 = v128.or(lowNibbles(v128.load(group, 0)), upper(bits, 4));
      let w1 = v128.or(lowNibbles(v128.load(group, 16)), upper(bits, 2));
      let w2 = v128.or(lowNibbles(v128.load(group, 32)), upper(bits, 0));
      let w3 = v128.or(lowNibbles(v128.load(group, 48)), upper(bits, -2));
      let scale = signedScales(scales + pair + 0);
      dotsA = addLower(dotsA, dotLower(begin(values + MINUS_SUM), w0, w1, w2, w3, values), scale, values);
      dotsB = addLower(dotsB, dotLower(begin(b + MINUS_SUM), w0, w1, w2, w3, b), scale, b);
      dotsC = addLower(dotsC, dotLower(begin(c + MINUS_SUM), w0, w1, w2, w3, c), scale, c);
      dotsD = addLower(dotsD, dotLower(begin(d + MINUS_SUM), w0, w1, w2, w3, d), scale, d);
      bits = v128.load(group, 80);
      w0 = v128.or(highNibbles(v128.load(group, 0)), upper(bits, 4));
      w1 = v128.or(highNibbles(v128.load(group, 16)), upper(bits, 2));
      w2 = v128.or(highNibbles(v128.load(group, 32)), upper(bits, 0));
      w3 = v128.or(highNibbles(v128.load(group, 48)), upper(bits, -2));
      scale = signedScales(scales + pair + 4);
      dotsA = addLower(dotsA, dotLower(begin(values + 2 * BLOCK + MINUS_SUM), w0, w1, w2, w3, values + 2 * BLOCK), scale, values + 2 * BLOCK);
      dotsB = addLower(dotsB, dotLower(begin(b + 2 * BLOCK + MINUS_SUM), w0, w1, w2, w3, b + 2 * BLOCK), scale, b + 2 * BLOCK);
      dotsC = addLower(dotsC, dotLower(begin(c + 2 * BLOCK + MINUS_SUM), w0, w1, w2, w3, c + 2 * BLOCK), scale, c + 2 * BLOCK);
      dotsD = addLower(dotsD, dotLower(begin(d + 2 * BLOCK + MINUS_SUM), w0, w1, w2, w3, d + 2 * BLOCK), scale, d + 2 * BLOCK);
      bits = v128.load(group, 160);
      w0 = v128.or(lowNibbles(v128.load(group, 96)), upper(bits, 4));
      w1 = v128.or(lowNibbles(v128.load(group, 112)), upper(bits, 2));
      w2 = v128.or(lowNibbles(v128.load(group, 128)), upper(bits, 0));
      w3 = v128.or(lowNibbles(v128.load(group, 144)), upper(bits, -2));
      scale = signedScales(scales + pair + 8);
      dotsA = addUpper(dotsA, dotUpper(begin(values + MINUS_SUM_UPPER), w0, w1, w2, w3, values), scale, values);
      dotsB = addUpper(dotsB, dotUpper(begin(b + MINUS_SUM_UPPER), w0, w1, w2, w3, b), scale, b);
      dotsC = addUpper(dotsC, dotUpper(begin(c + MINUS_SUM_UPPER), w0, w1, w2, w3, c), scale, c);
      dotsD = addUpper(dotsD, dotUpper(begin(d + MINUS_SUM_UPPER), w0, w1, w2, w3, d), scale, d);
      bits = v128.load(group, 176);
      w0 = v128.or(highNibbles(v128.load(group, 96)), upper(bits, 4));
      w1 = v128.or(highNibbles(v128.load(group, 112)), upper(bits, 2));
      w2 = v128.or(highNibbles(v128.load(group, 128)), upper(bits, 0));
      w3 = v128.or(highNibbles(v128.load(group, 144)), upper(bits, -2));
      scale = signedScales(scales + pair + 12);
      dotsA = addUpper(dotsA, dotUpper(begin(values + 2 * BLOCK + MINUS_SUM_UPPER), w0, w1, w2, w3, values + 2 * BLOCK), scale, values + 2 * BLOCK);
      dotsB = addUpper(dotsB, dotUpper(begin(b + 2 * BLOCK + MINUS_SUM_UPPER), w0, w1, w2, w3, b + 2 * BLOCK), scale, b + 2 * BLOCK);
      dotsC = addUpper(dotsC, dotUpper(begin(c + 2 * BLOCK + MINUS_SUM_UPPER), w0, w1, w2, w3, c + 2 * BLOCK), scale, c + 2 * BLOCK);
      dotsD = addUpper(dotsD, dotUpper(begin(d + 2 * BLOCK + MINUS_SUM_UPPER), w0, w1, w2, w3, d + 2 * BLOCK), scale, d + 2 * BLOCK);
      // After the first 64 columns of a half its last 64 are done as well.
      values += pair & 16 ? BLOCK * 3 : BLOCK;
      b += pair & 16 ? BLOCK * 3 : BLOCK;
      c += pair & 16 ? BLOCK * 3 : BLOCK;
      d += pair & 16 ? BLOCK * 3 : BLOCK;
    }
    const unit = lowered(scales + 64);
    sumA = multiplyAdd(unit, dotsA, sumA);
    sumB = multiplyAdd(unit, dotsB, sumB);
    sumC = multiplyAdd(unit, dotsC, sumC);
    sumD = multiplyAdd(unit, dotsD, sumD);
  }
  v128.store(to, sumA);
  v128.store(to + step, sumB);
  v128.store(to + step * 2, sumC);
  v128.store(to + step * 3, sumD);
}
