/**
 * Q8_0, four rows together: 4 x columns weights (of each four columns 16 bytes, 4 of each row), then for each 32 columns
 * the 4 scales.
 */
import { BLOCK, START, START_UPPER, weightOffset } from './activations';
import { addLower, addUpper, dotLower, dotUpper } from './dot';
import { lowered, loweredOne, raise } from './halves';

/** Packs one group of rows out of the file's `rowBytes` per row; false where a scale is too large. */
export function pack(from: usize, rowBytes: usize, rows: i32, columns: i32, to: usize): bool {
  const blocks = columns / 32;
  const scales = to + <usize>(columns * 4);
  const flip: u32 = weightOffset() ? 0x80808080 : 0;
  let fits = true;
  for (let row = 0; row < 4; row++) {
    let source = from + <usize>row * rowBytes;
    let weights = to + <usize>row * 4;
    for (let block = 0; block < blocks; block++, source += 34) {
      const scale = row < rows ? raise(load<u16>(source)) : 0;
      if (scale == 0xffff) fits = false;
      store<u16>(scales + <usize>(block * 8 + row * 2), scale);
      for (let k: usize = 0; k < 32; k += 4, weights += 16) {
        store<u32>(weights, (row < rows ? load<u32>(source + k, 2) : 0) ^ flip);
      }
    }
  }
  return fits;
}

/** Row `row` of a group to f32. */
export function decode(group: usize, row: i32, columns: i32, to: usize): void {
  const scales = group + <usize>(columns * 4) + <usize>(row * 2);
  const flip: u8 = weightOffset() ? 0x80 : 0;
  for (let column = 0; column < columns; column++) {
    const weight = <i8>(load<u8>(group + <usize>((column >> 2) * 16 + row * 4 + (column & 3))) ^ flip);
    store<f32>(to + <usize>column * 4, loweredOne(scales + <usize>((column >> 5) * 8)) * <f32>weight);
  }
}

export function one(group: usize, columns: i32, values: usize, to: usize): void {
  let scales = group + <usize>(columns * 4);
  const end = scales;
  let sum = f32x4.splat(0);
  for (; group < end; group += 128, scales += 8, values += BLOCK) {
    const scale = lowered(scales);
    const start = v128.load_splat<i32>(values, START);
    const startUpper = v128.load_splat<i32>(values, START_UPPER);
    const lower = dotLower(start, v128.load(group), v128.load(group, 16), v128.load(group, 32), v128.load(group, 48), values);
    const upper = dotUpper(startUpper, v128.load(group, 64), v128.load(group, 80), v128.load(group, 96), v128.load(group, 112), values);
    sum = addLower(sum, lower, scale, values);
    sum = addUpper(sum, upper, scale, values);
  }
  v128.store(to, sum);
}

export function four(group: usize, columns: i32, values: usize, stride: usize, to: usize, step: usize): void {
  let scales = group + <usize>(columns * 4);
  const end = scales;
  let b = values + stride;
  let c = b + stride;
  let d = c + stride;
  let sumA = f32x4.splat(0);
  let sumB = f32x4.splat(0);
  let sumC = f32x4.splat(0);
  let sumD = f32x4.splat(0);
  for (; group < end; group += 128, scales += 8) {
    const scale = lowered(scales);
    let w0 = v128.load(group);
    let w1 = v128.load(group, 16);
    let w2 = v128.load(group, 32);
    let w3 = v128.load(group, 48);
    sumA = addLower(sumA, dotLower(v128.load_splat<i32>(values, START), w0, w1, w2, w3, values), scale, values);
    sumB = addLower(sumB, dotLower(v128.load_splat<i32>(b, START), w0, w1, w2, w3, b), scale, b);
    sumC = addLower(sumC, dotLower(v128.load_splat<i32>(c, START), w0, w1, w2, w3, c), scale, c);
    sumD = addLower(sumD, dotLower(v128.load_splat<i32>(d, START), w0, w1, w2, w3, d), scale, d);
    w0 = v128.load(group, 64);
    w1 = v128.load(group, 80);
    w2 = v128.load(group, 96);
    w3 = v128.load(group, 112);
    sumA = addUpper(sumA, dotUpper(v128.load_splat<i32>(values, START_UPPER), w0, w1, w2, w3, values), scale, values);
    sumB = addUpper(sumB, dotUpper(v128.load_splat<i32>(b, START_UPPER), w0, w1, w2, w3, b), scale, b);
    sumC = addUpper(sumC, dotUpper(v128.load_splat<i32>(c, START_UPPER), w0, w1, w2, w3, c), scale, c);
    sumD = addUpper(sumD, dotUpper(v128.load_splat<i32>(d, START_UPPER), w0, w1, w2, w3, d), scale, d);
    values += BLOCK;
    b += BLOCK;
    c += BLOCK;
    d += BLOCK;
  }
  v128.store(to, sumA);
  v128.store(to + step, sumB);
  v128.store(to + step * 2, sumC);
  v128.store(to + step * 3, sumD);
}
