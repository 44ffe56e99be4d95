/**
 * Q4_K, four rows together. For each 256 columns 512 bytes: four chunks of 64 columns, in each 8 x 16 bytes with 4 bytes of
 * each row in turn; lower nibbles are the chunk's columns 0 to 31, higher ones 32 to 63.
 * After all weights, for each 256 columns 80 bytes: 8 x 4 scales, 8 x 4 minima, 4 units of the scales, 4 of the minima.
 */
import { BLOCK, SUM } from './activations';
import { addLower, dotLower, dotUpper, highNibbles, lowNibbles, multiplyAdd, unsignedScales } from './dot';
import { lowered, loweredOne, raise } from './halves';
import { minimumOf, scaleOf } from './k-scales';

export function pack(from: usize, rowBytes: usize, rows: i32, columns: i32, to: usize): bool {
  const blocks = columns / 256;
  let fits = true;
  let weights = to;
  let scales = to + <usize>(blocks * 512);
  for (let block = 0; block < blocks; block++, weights += 512, scales += 80) {
    memory.fill(weights, 0, 512);
    memory.fill(scales, 0, 80);
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
  const end = group + <usize>((columns / 256) * 512);
  let scales = end;
  for (; group < end; group += 512, scales += 80) {
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
  const end = group + <usize>((columns / 256) * 512);
  let scales = end;
  let sum = f32x4.splat(0);
  for (; group < end; scales += 80) {
    let dots = f32x4.splat(0);
    let minima = f32x4.splat(0);
    for (let part: usize = 0; part < 32; part += 8, group += 128, values += BLOCK * 2) {
      const w0 = v128.load(group);
      const w1 = v128.load(group, 16);
      const w2 = v128.load(group, 32);
      const w3 = v128.load(group, 48);
      const w4 = v128.load(group, 64);
      const w5 = v128.load(group, 80);
      const w6 = v128.load(group, 96);
      const w7 = v128.load(group, 112);
      let low = dotLower(i32x4.splat(0), lowNibbles(w0), lowNibbles(w1), lowNibbles(w2), lowNibbles(w3), values);
      low = dotUpper(low, lowNibbles(w4), lowNibbles(w5), lowNibbles(w6), lowNibbles(w7), values);
      const next = values + BLOCK;
      let high = dotLower(i32x4.splat(0), highNibbles(w0), highNibbles(w1), highNibbles(w2), highNibbles(w3), next);
      high = dotUpper(high, highNibbles(w4), highNibbles(w5), highNibbles(w6), highNibbles(w7), next);
      dots = addLower(dots, low, unsignedScales(scales + part), values);
      dots = addLower(dots, high, unsignedScales(scales + part + 4), next);
      minima = multiplyAdd(unsignedScales(scales + part + 32), v128.load_splat<f32>(values, SUM), minima);
      minima = multiplyAdd(unsignedScales(scales + part + 36), v128.load_splat<f32>(next, SUM), minima);
    }
    sum = multiplyAdd(lowered(scales + 64), dots, sum);
    sum = f32x4.sub(sum, f32x4.mul(lowered(scales + 72), minima));
  }
  v128.store(to, sum);
}

export function four(group: usize, columns: i32, values: usize, stride: usize, to: usize, step: usize): void {
  const end = group + <usize>((columns / 256) * 512);
  let scales = end;
  let b = values + stride;
  let c = b + stride;
  let d = c + stride;
  let sumA = f32x4.splat(0);
  let sumB = f32x4.splat(0);
  let sumC = f32x4.splat(0);
  let sumD = f32x4.splat(0);
  for (; group < end; scales += 80) {
    let dotsA = f32x4.splat(0);
    let minimaA = f32x4.splat(0);
    let dotsB = f32x4.splat(0);
    let minimaB = f32x4.splat(0);
    let dotsC = f32x4.splat(0);
    let minimaC = f32x4.splat(0);
    let dotsD = f32x4.splat(0);
    let minimaD = f32x4.splat(0);
    for (let part: usize = 0; part < 32; part += 8, group += 128) {
      let w0 = lowNibbles(v128.load(group));
      let w1 = lowNibbles(v128.load(group, 16));
      let w2 = lowNibbles(v128.load(group, 32));
      let w3 = lowNibbles(v128.load(group, 48));
      let dotA = dotLower(i32x4.splat(0), w0, w1, w2, w3, values);
      let dotB = dotLower(i32x4.splat(0), w0, w1, w2, w3, b);
      let dotC = dotLower(i32x4.splat(0), w0, w1, w2, w3, c);
      let dotD = dotLower(i32x4.splat(0), w0, w1, w2, w3, d);
      w0 = lowNibbles(v128.load(group, 64));
      w1 = lowNibbles(v128.load(group, 80));
      w2 = lowNibbles(v128.load(group, 96));
      w3 = lowNibbles(v128.load(group, 112));
      dotA = dotUpper(dotA, w0, w1, w2, w3, values);
      dotB = dotUpper(dotB, w0, w1, w2, w3, b);
      dotC = dotUpper(dotC, w0, w1, w2, w3, c);
      dotD = dotUpper(dotD, w0, w1, w2, w3, d);
      let scale = unsignedScales(scales + part);
      let minimum = unsignedScales(scales + part + 32);
      dotsA = addLower(dotsA, dotA, scale, values);
      minimaA = multiplyAdd(minimum, v128.load_splat<f32>(values, SUM), minimaA);
      dotsB = addLower(dotsB, dotB, scale, b);
      minimaB = multiplyAdd(minimum, v128.load_splat<f32>(b, SUM), minimaB);
      dotsC = addLower(dotsC, dotC, scale, c);
      minimaC = multiplyAdd(minimum, v128.load_splat<f32>(c, SUM), minimaC);
      dotsD = addLower(dotsD, dotD, scale, d);
      minimaD = multiplyAdd(minimum, v128.load_splat<f32>(d, SUM), minimaD);
      values += BLOCK;
      b += BLOCK;
      c += BLOCK;
      d += BLOCK;
      w0 = highNibbles(v128.load(group));
      w1 = highNibbles(v128.load(group, 16));
      w2 = highNibbles(v128.load(group, 32));
      w3 = highNibbles(v128.load(group, 48));
      dotA = dotLower(i32x4.splat(0), w0, w1, w2, w3, values);
      dotB = dotLower(i32x4.splat(0), w0, w1, w2, w3, b);
      dotC = dotLower(i32x4.splat(0), w0, w1, w2, w3, c);
      dotD = dotLower(i32x4.splat(0), w0, w1, w2, w3, d);
      w0 = highNibbles(v128.load(group, 64));
      w1 = highNibbles(v128.load(group, 80));
      w2 = highNibbles(v128.load(group, 96));
      w3 = highNibbles(v128.load(group, 112));
      dotA = dotUpper(dotA, w0, w1, w2, w3, values);
      dotB = dotUpper(dotB, w0, w1, w2, w3, b);
      dotC = dotUpper(dotC, w0, w1, w2, w3, c);
      dotD = dotUpper(dotD, w0, w1, w2, w3, d);
      scale = unsignedScales(scales + part + 4);
      minimum = unsignedScales(scales + part + 36);
      dotsA = addLower(dotsA, dotA, scale, values);
      minimaA = multiplyAdd(minimum, v128.load_splat<f32>(values, SUM), minimaA);
      dotsB = addLower(dotsB, dotB, scale, b);
      minimaB = multiplyAdd(minimum, v128.load_splat<f32>(b, SUM), minimaB);
      dotsC = addLower(dotsC, dotC, scale, c);
      minimaC = multiplyAdd(minimum, v128.load_splat<f32>(c, SUM), minimaC);
      dotsD = addLower(dotsD, dotD, scale, d);
      minimaD = multiplyAdd(minimum, v128.load_splat<f32>(d, SUM), minimaD);
      values += BLOCK;
      b += BLOCK;
      c += BLOCK;
      d += BLOCK;
    }
    const unit = lowered(scales + 64);
    const unitOfMinimum = lowered(scales + 72);
    sumA = f32x4.sub(multiplyAdd(unit, dotsA, sumA), f32x4.mul(unitOfMinimum, minimaA));
    sumB = f32x4.sub(multiplyAdd(unit, dotsB, sumB), f32x4.mul(unitOfMinimum, minimaB));
    sumC = f32x4.sub(multiplyAdd(unit, dotsC, sumC), f32x4.mul(unitOfMinimum, minimaC));
    sumD = f32x4.sub(multiplyAdd(unit, dotsD, sumD), f32x4.mul(unitOfMinimum, minimaD));
  }
  v128.store(to, sumA);
  v128.store(to + step, sumB);
  v128.store(to + step * 2, sumC);
  v128.store(to + step * 3, sumD);
}
