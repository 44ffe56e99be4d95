import { BLOCKS } from './panel';

/**
 * Where four packed rows of Q8_0 and Q4_0 have their blocks of 32 columns: always the scales of eight blocks, as many as a panel takes, or of what is left, 4 for
 * each block, and then their weights. So a matrix is read from one end to the other, as with the other types. Where all scales of a
 * group stood behind all its weights, one row times 2048 or 3072 columns ran at half the speed that it has now (12 instead of 26 G
 * multiply-adds a second): the processor does not read ahead across gaps of 512 bytes and more.
 */
const CHUNK: i32 = BLOCKS;
const SCALES: usize = 8;

/** Blocks of the chunk that begins with `left` blocks to come. */
// @ts-ignore: decorator
@inline
export function chunkOf(left: i32): usize {
  return <usize>min(CHUNK, left);
}

/** Where block `block` has its scales; its weights take `bytes`. */
export function scalesAt(group: usize, block: i32, bytes: usize): usize {
  const place = block % CHUNK;
  return group + <usize>(block - place) * (SCALES + bytes) + <usize>place * SCALES;
}

/** Where block `block` of `blocks` has its weights. */
export function weightsAt(group: usize, block: i32, blocks: i32, bytes: usize): usize {
  const place = block % CHUNK;
  return scalesAt(group, block - place, bytes) + chunkOf(blocks - block + place) * SCALES + <usize>place * bytes;
}
