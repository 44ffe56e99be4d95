/**
 * Q8_0, four rows together, in chunks (chunks.ts): of each four columns 16 bytes, 4 of each row.
 */
import { BLOCK, START, START_UPPER, weightOffset } from './activations';
import { chunkOf, scalesAt, weightsAt } from './chunks';
import { addLower, addUpper, dotBytesLower, dotBytesUpper } from './dot';
import { lowered, loweredOne, raise } from './halves';
import { putBytes, putScale } from './panel';

/** Bytes of 32 columns. */
const WEIGHTS: usize = 128;

/** Packs one group of rows out of the file's `rowBytes` per row; false where a scale is too large. */
export function pack(from: usize, rowBytes: usize, rows: i32, columns: i32, to: usize): bool {
  const blocks = columns / 32;
  const flip: u32 = weightOffset() ? 0x80808080 : 0;
  let fits = true;
  for (let row = 0; row < 4; row++) {
    let source = from + <usize>row * rowBytes;
    for (let block = 0; block < blocks; block++, source += 34) {
      let weights = weightsAt(to, block, blocks, WEIGHTS) + <usize>row * 4;
      const scale = row < rows ? raise(load<u16>(source)) : 0;
      if (scale == 0xffff) fits = false;
      store<u16>(scalesAt(to, block, WEIGHTS) + <usize>row * 2, scale);
      for (let k: usize = 0; k < 32; k += 4, weights += 16) {
        store<u32>(weights, (row < rows ? load<u32>(source + k, 2) : 0) ^ flip);
      }
    }
  }
  return fits;
}

/** Row `row` of a group to f32. */
export function decode(group: usize, row: i32, columns: i32, to: usize): void {
  const flip: u8 = weightOffset() ? 0x80 : 0;
  for (let column = 0; column < columns; column++) {
    const block = column >> 5;
    const at = weightsAt(group, block, columns >> 5, WEIGHTS) + <usize>(((column & 31) >> 2) * 16 + row * 4 + (column & 3));
    const scale = loweredOne(scalesAt(group, block, WEIGHTS) + <usize>row * 2);
    store<f32>(to + <usize>column * 4, scale * <f32>(<i8>(load<u8>(at) ^ flip)));
  }
}

export function one(group: usize, columns: i32, values: usize, to: usize): void {
  let sum = f32x4.splat(0);
  for (let left = columns >> 5; left > 0; left -= <i32>chunkOf(left)) {
    let scales = group;
    group += chunkOf(left) * 8;
    for (const end = group; scales < end; group += WEIGHTS, scales += 8, values += BLOCK) {
      const scale = lowered(scales);
      const start = v128.load_splat<i32>(values, START);
      const startUpper = v128.load_splat<i32>(values, START_UPPER);
      const lower = dotBytesLower(start, group, values);
      const upper = dotBytesUpper(startUpper, group + 64, values);
      sum = addLower(sum, lower, scale, values);
      sum = addUpper(sum, upper, scale, values);
    }
  }
  v128.store(to, sum);
}

/** Puts `blocks` blocks of 32 columns from number `first` on into a panel. */
export function fill(group: usize, columns: i32, first: i32, blocks: i32, to: usize): void {
  let scales = scalesAt(group, first, WEIGHTS);
  let weights = weightsAt(group, first, columns >> 5, WEIGHTS);
  for (; blocks > 0; blocks--, scales += 8) {
    const scale = lowered(scales);
    for (let half = 0; half < 2; half++) {
      to = putBytes(v128.load(weights), v128.load(weights, 16), v128.load(weights, 32), v128.load(weights, 48), to);
      to = putScale(scale, to);
      weights += 64;
    }
  }
}
