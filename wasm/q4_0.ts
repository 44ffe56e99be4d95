/**
 * Q4_0, four rows together, in chunks (chunks.ts): for each 32 columns 64 bytes, in the file's order of nibbles (the lower ones are
 * columns 0 to 15, the higher ones 16 to 31), 4 bytes of each row in turn.
 */
import { BLOCK, MINUS_SUM, MINUS_SUM_UPPER } from './activations';
import { chunkOf, scalesAt, weightsAt } from './chunks';
import { fifteens } from './constants';
import { addLower, addUpper, dotLower, dotUpper, highNibbles, lowNibbles } from './dot';
import { lowered, loweredOne, raise } from './halves';
import { put, putScale } from './panel';

/** Bytes of 32 columns. */
const WEIGHTS: usize = 64;

export function pack(from: usize, rowBytes: usize, rows: i32, columns: i32, to: usize): bool {
  const blocks = columns / 32;
  let fits = true;
  for (let row = 0; row < 4; row++) {
    let source = from + <usize>row * rowBytes;
    for (let block = 0; block < blocks; block++, source += 18) {
      let weights = weightsAt(to, block, blocks, WEIGHTS) + <usize>row * 4;
      const scale = row < rows ? raise(load<u16>(source)) : 0;
      if (scale == 0xffff) fits = false;
      store<u16>(scalesAt(to, block, WEIGHTS) + <usize>row * 2, scale);
      for (let k: usize = 0; k < 16; k += 4, weights += 16) {
        store<u32>(weights, row < rows ? load<u32>(source + k, 2) : 0);
      }
    }
  }
  return fits;
}

export function decode(group: usize, row: i32, columns: i32, to: usize): void {
  for (let column = 0; column < columns; column++) {
    const block = column >> 5;
    const at = weightsAt(group, block, columns >> 5, WEIGHTS) + <usize>(((column & 15) >> 2) * 16 + row * 4 + (column & 3));
    const byte = <i32>load<u8>(at);
    const quant = <i32>((column & 16 ? byte >> 4 : byte) & 15) - 8;
    const scale = loweredOne(scalesAt(group, block, WEIGHTS) + <usize>row * 2);
    store<f32>(to + <usize>column * 4, scale * <f32>quant);
  }
}

/** What 16 weights in 0 to 15 begin with, so that they count as -8 to 7. */
// @ts-ignore: decorator
@inline
function begin(block: usize): v128 {
  return i32x4.shl(v128.load_splat<i32>(block, MINUS_SUM), 3);
}

// @ts-ignore: decorator
@inline
function beginUpper(block: usize): v128 {
  return i32x4.shl(v128.load_splat<i32>(block, MINUS_SUM_UPPER), 3);
}

export function one(group: usize, columns: i32, values: usize, to: usize): void {
  const mask = fifteens();
  let sum = f32x4.splat(0);
  for (let left = columns >> 5; left > 0; left -= <i32>chunkOf(left)) {
    let scales = group;
    group += chunkOf(left) * 8;
    for (const end = group; scales < end; group += WEIGHTS, scales += 8, values += BLOCK) {
      const w0 = v128.load(group);
      const w1 = v128.load(group, 16);
      const w2 = v128.load(group, 32);
      const w3 = v128.load(group, 48);
      const scale = lowered(scales);
      const lower = dotLower(begin(values), lowNibbles(w0, mask), lowNibbles(w1, mask), lowNibbles(w2, mask), lowNibbles(w3, mask), values);
      const upper = dotUpper(beginUpper(values), highNibbles(w0, mask), highNibbles(w1, mask), highNibbles(w2, mask), highNibbles(w3, mask), values);
      sum = addLower(sum, lower, scale, values);
      sum = addUpper(sum, upper, scale, values);
    }
  }
  v128.store(to, sum);
}

export function fill(group: usize, columns: i32, first: i32, blocks: i32, to: usize): void {
  const mask = fifteens();
  let scales = scalesAt(group, first, WEIGHTS);
  let weights = weightsAt(group, first, columns >> 5, WEIGHTS);
  for (; blocks > 0; blocks--, scales += 8, weights += 64) {
    const scale = lowered(scales);
    const w0 = v128.load(weights);
    const w1 = v128.load(weights, 16);
    const w2 = v128.load(weights, 32);
    const w3 = v128.load(weights, 48);
    to = put(lowNibbles(w0, mask), lowNibbles(w1, mask), lowNibbles(w2, mask), lowNibbles(w3, mask), to);
    to = putScale(scale, to);
    to = put(highNibbles(w0, mask), highNibbles(w1, mask), highNibbles(w2, mask), highNibbles(w3, mask), to);
    to = putScale(scale, to);
  }
}
