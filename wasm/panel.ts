/**
 * Weights for several rows of activations: of sixteen rows of a matrix up to 256 columns, decoded once to numbers of 8 or 16 bits and
 * scales of f32, whatever the type. They lie in the first cache and are multiplied with two rows of activations at a time: a weight
 * that was loaded serves two, an activation sixteen, and the eight sums stay in registers.
 *
 * Of each block of 32 columns, one step after the other, four times 16 bytes, one for each group of four rows: 4 columns of each row (where
 * products are made of 16 bits, two of them). Then four times 4 scales. Where halves of blocks have scales of their own
 * these follow each half; where they share one, 4 minima of each group follow it, and count as negative.
 */
import { BLOCK, MINUS_SUM, SCALE, SUM, WIDENED } from './activations';
import { addScaled, dot, multiplyAdd, paired } from './dot';
import { BUILD, FUSED, PAIRED, WIDE } from './products';

export const GROUPS: i32 = 4;
/** 32 columns. */
export const BLOCKS: i32 = 8;

/** From one step to the next. */
const STEP: usize = 64;
const FOUR_COLUMNS: usize = BUILD == WIDE ? 2 * STEP : STEP;
const HALF: usize = 4 * FOUR_COLUMNS;
/** 16 columns where each half has its scales. */
export const PANEL_HALF: usize = HALF + STEP;
export const PANEL_BLOCK: usize = 2 * PANEL_HALF;
/** With weights of 16 bits. */
export const PANEL: usize = <usize>BLOCKS * 2 * 9 * STEP;
/** The sums of one row of activations: 16 f32. */
export const SUMS: usize = 64;

/** 16 columns of 4 rows, 4 columns in each vector, from 0 to 63; answers where the group goes on. */
// @ts-ignore: decorator
@inline
export function put(w0: v128, w1: v128, w2: v128, w3: v128, to: usize): usize {
  return BUILD == WIDE ? putWide(w0, w1, w2, w3, to) : putNarrow(w0, w1, w2, w3, to);
}

/** The same of Q8_0. */
// @ts-ignore: decorator
@inline
export function putBytes(w0: v128, w1: v128, w2: v128, w3: v128, to: usize): usize {
  return BUILD == FUSED ? putNarrow(w0, w1, w2, w3, to) : putWide(w0, w1, w2, w3, to);
}

// @ts-ignore: decorator
@inline
function putNarrow(w0: v128, w1: v128, w2: v128, w3: v128, to: usize): usize {
  v128.store(to, w0);
  v128.store(to, w1, STEP);
  v128.store(to, w2, 2 * STEP);
  v128.store(to, w3, 3 * STEP);
  return to + 4 * STEP;
}

// @ts-ignore: decorator
@inline
function putWide(w0: v128, w1: v128, w2: v128, w3: v128, to: usize): usize {
  to = putTwice(w0, to);
  to = putTwice(w1, to);
  to = putTwice(w2, to);
  return putTwice(w3, to);
}

/** Two columns of each row, and then the other two. */
// @ts-ignore: decorator
@inline
function putTwice(weights: v128, to: usize): usize {
  const low = i16x8.extend_low_i8x16_s(weights);
  const high = i16x8.extend_high_i8x16_s(weights);
  v128.store(to, v128.shuffle<i32>(low, high, 0, 2, 4, 6));
  v128.store(to, v128.shuffle<i32>(low, high, 1, 3, 5, 7), STEP);
  return to + 2 * STEP;
}

/** Scales or minima of 4 rows; answers where the next step of the group goes. */
// @ts-ignore: decorator
@inline
export function putScale(scale: v128, to: usize): usize {
  v128.store(to, scale);
  return to + STEP;
}

/** A panel of Q8_0 times two rows of activations, added to their sums: 16 f32 each. `bias` was added to every weight. */
export function multiplyBytes(panel: usize, blocks: i32, bias: i32, a: usize, b: usize, sums: usize): void {
  multiplyPanel(panel, blocks, bias, BUILD == FUSED ? FUSED : WIDE, false, a, b, sums);
}

/** The same of other types. */
export function multiplyFine(panel: usize, blocks: i32, bias: i32, a: usize, b: usize, sums: usize): void {
  multiplyPanel(panel, blocks, bias, BUILD, false, a, b, sums);
}

/** The same where halves of blocks share a scale, and weights have minima. */
export function multiplyCoarse(panel: usize, blocks: i32, a: usize, b: usize, sums: usize): void {
  multiplyPanel(panel, blocks, 0, BUILD, true, a, b, sums);
}

// @ts-ignore: decorator
@inline
function multiplyPanel(
  panel: usize,
  blocks: i32,
  bias: i32,
  products: i32,
  coarse: bool,
  a: usize,
  b: usize,
  sums: usize,
): void {
  let a0 = v128.load(sums);
  let a1 = v128.load(sums, 16);
  let a2 = v128.load(sums, 32);
  let a3 = v128.load(sums, 48);
  let b0 = v128.load(sums, 64);
  let b1 = v128.load(sums, 80);
  let b2 = v128.load(sums, 96);
  let b3 = v128.load(sums, 112);
  const halves: usize = coarse ? 4 : 8;
  // Of what a row of activations has for 4 columns.
  const bytes: usize = products == WIDE ? 8 : 4;
  const columns: usize = (coarse ? 8 : 4) * bytes;
  const start: usize = products == WIDE ? WIDENED : 0;
  for (; blocks > 0; blocks--, a += BLOCK, b += BLOCK) {
    let valuesA = a + start;
    let valuesB = b + start;
    // Words of the upper half lie behind those of the lower.
    for (let half: usize = 0; half < halves; half += 4) {
      let dotA0 = coarse ? i32x4.splat(0) : i32x4.splat(bias * load<i32>(a + half, MINUS_SUM));
      let dotB0 = coarse ? i32x4.splat(0) : i32x4.splat(bias * load<i32>(b + half, MINUS_SUM));
      let dotA1 = dotA0;
      let dotA2 = dotA0;
      let dotA3 = dotA0;
      let dotB1 = dotB0;
      let dotB2 = dotB0;
      let dotB3 = dotB0;
      for (const end = valuesA + columns; valuesA < end; valuesA += 4, valuesB += 4, panel += STEP) {
        const valueA = v128.load_splat<u32>(valuesA);
        const valueB = v128.load_splat<u32>(valuesB);
        const w0 = v128.load(panel);
        const w1 = v128.load(panel, 16);
        const w2 = v128.load(panel, 32);
        const w3 = v128.load(panel, 48);
        if (products == PAIRED) {
          valuesA += 4;
          valuesB += 4;
          panel += STEP;
          const nextA = v128.load_splat<u32>(valuesA);
          const nextB = v128.load_splat<u32>(valuesB);
          let next = v128.load(panel);
          dotA0 = paired(dotA0, w0, valueA, next, nextA);
          dotB0 = paired(dotB0, w0, valueB, next, nextB);
          next = v128.load(panel, 16);
          dotA1 = paired(dotA1, w1, valueA, next, nextA);
          dotB1 = paired(dotB1, w1, valueB, next, nextB);
          next = v128.load(panel, 32);
          dotA2 = paired(dotA2, w2, valueA, next, nextA);
          dotB2 = paired(dotB2, w2, valueB, next, nextB);
          next = v128.load(panel, 48);
          dotA3 = paired(dotA3, w3, valueA, next, nextA);
          dotB3 = paired(dotB3, w3, valueB, next, nextB);
        } else {
          dotA0 = dot(products, dotA0, w0, valueA);
          dotB0 = dot(products, dotB0, w0, valueB);
          dotA1 = dot(products, dotA1, w1, valueA);
          dotB1 = dot(products, dotB1, w1, valueB);
          dotA2 = dot(products, dotA2, w2, valueA);
          dotB2 = dot(products, dotB2, w2, valueB);
          dotA3 = dot(products, dotA3, w3, valueA);
          dotB3 = dot(products, dotB3, w3, valueB);
        }
      }
      const scaleA = v128.load_splat<f32>(a + half, SCALE);
      const scaleB = v128.load_splat<f32>(b + half, SCALE);
      let scale = v128.load(panel);
      a0 = addScaled(a0, dotA0, scale, scaleA);
      b0 = addScaled(b0, dotB0, scale, scaleB);
      scale = v128.load(panel, 16);
      a1 = addScaled(a1, dotA1, scale, scaleA);
      b1 = addScaled(b1, dotB1, scale, scaleB);
      scale = v128.load(panel, 32);
      a2 = addScaled(a2, dotA2, scale, scaleA);
      b2 = addScaled(b2, dotB2, scale, scaleB);
      scale = v128.load(panel, 48);
      a3 = addScaled(a3, dotA3, scale, scaleA);
      b3 = addScaled(b3, dotB3, scale, scaleB);
      panel += STEP;
    }
    if (coarse) {
      const sumA = v128.load_splat<f32>(a, SUM);
      const sumB = v128.load_splat<f32>(b, SUM);
      let minimum = v128.load(panel);
      a0 = multiplyAdd(minimum, sumA, a0);
      b0 = multiplyAdd(minimum, sumB, b0);
      minimum = v128.load(panel, 16);
      a1 = multiplyAdd(minimum, sumA, a1);
      b1 = multiplyAdd(minimum, sumB, b1);
      minimum = v128.load(panel, 32);
      a2 = multiplyAdd(minimum, sumA, a2);
      b2 = multiplyAdd(minimum, sumB, b2);
      minimum = v128.load(panel, 48);
      a3 = multiplyAdd(minimum, sumA, a3);
      b3 = multiplyAdd(minimum, sumB, b3);
      panel += STEP;
    }
  }
  v128.store(sums, a0);
  v128.store(sums, a1, 16);
  v128.store(sums, a2, 32);
  v128.store(sums, a3, 48);
  v128.store(sums, b0, 64);
  v128.store(sums, b1, 80);
  v128.store(sums, b2, 96);
  v128.store(sums, b3, 112);
}
