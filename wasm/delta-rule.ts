/**
 * The arithmetic of a gated delta net (Yang et al. 2024, https://arxiv.org/abs/2412.06464; src/engine/cpu/delta-rule.ts is the
 * readable form). Columns of a head's memory do not depend on each other, so it is kept in blocks of 16: of each key 16 values. A
 * block of 128 keys is 8 KiB, which stays in the first cache while several rows pass over it.
 */
import { multiplyAdd } from './dot';
import { exponential } from './exponential';
import { silu } from './rows';

export const COLUMNS: i32 = 16;
/** A row's decay, write strength, and product of query and key. */
export const RATES: usize = 12;

/**
 * Takes `rows` rows into one block of a memory of `size` keys, and writes what each of them reads. A row's query is at `at`, its
 * key behind that; the next row's are `stride` bytes further, as are its values.
 */
export function advance(
  block: usize,
  size: i32,
  rows: i32,
  at: usize,
  values: usize,
  stride: usize,
  rates: usize,
  out: usize,
): void {
  const bytes = <usize>size * 4;
  const end = block + bytes * COLUMNS;
  for (let row = 0; row < rows; row++, at += stride, values += stride, rates += RATES, out += bytes) {
    let heldA = f32x4.splat(0);
    let heldB = f32x4.splat(0);
    let heldC = f32x4.splat(0);
    let heldD = f32x4.splat(0);
    let readA = f32x4.splat(0);
    let readB = f32x4.splat(0);
    let readC = f32x4.splat(0);
    let readD = f32x4.splat(0);
    for (let m = block, query = at; m < end; m += 64, query += 4) {
      const q = v128.load_splat<f32>(query);
      const k = v128.load_splat<f32>(query + bytes);
      const a = v128.load(m);
      const b = v128.load(m, 16);
      const c = v128.load(m, 32);
      const d = v128.load(m, 48);
      heldA = multiplyAdd(k, a, heldA);
      heldB = multiplyAdd(k, b, heldB);
      heldC = multiplyAdd(k, c, heldC);
      heldD = multiplyAdd(k, d, heldD);
      readA = multiplyAdd(q, a, readA);
      readB = multiplyAdd(q, b, readB);
      readC = multiplyAdd(q, c, readC);
      readD = multiplyAdd(q, d, readD);
    }
    const decay = v128.load_splat<f32>(rates);
    const strength = v128.load_splat<f32>(rates, 4);
    const product = v128.load_splat<f32>(rates, 8);
    // What the key should give, less what it gives.
    const newA = f32x4.mul(strength, f32x4.sub(v128.load(values), f32x4.mul(decay, heldA)));
    const newB = f32x4.mul(strength, f32x4.sub(v128.load(values, 16), f32x4.mul(decay, heldB)));
    const newC = f32x4.mul(strength, f32x4.sub(v128.load(values, 32), f32x4.mul(decay, heldC)));
    const newD = f32x4.mul(strength, f32x4.sub(v128.load(values, 48), f32x4.mul(decay, heldD)));
    // The query would read this of the memory after the write; so it need not be read again.
    v128.store(out, multiplyAdd(product, newA, f32x4.mul(decay, readA)));
    v128.store(out, multiplyAdd(product, newB, f32x4.mul(decay, readB)), 16);
    v128.store(out, multiplyAdd(product, newC, f32x4.mul(decay, readC)), 32);
    v128.store(out, multiplyAdd(product, newD, f32x4.mul(decay, readD)), 48);
    for (let m = block, key = at + bytes; m < end; m += 64, key += 4) {
      const k = v128.load_splat<f32>(key);
      v128.store(m, multiplyAdd(k, newA, f32x4.mul(decay, v128.load(m))));
      v128.store(m, multiplyAdd(k, newB, f32x4.mul(decay, v128.load(m, 16))), 16);
      v128.store(m, multiplyAdd(k, newC, f32x4.mul(decay, v128.load(m, 32))), 32);
      v128.store(m, multiplyAdd(k, newD, f32x4.mul(decay, v128.load(m, 48))), 48);
    }
  }
}

/** Causal and depthwise over the rows a, b, c and d, the last of them this one; then SiLU. `weights` are four for each channel. */
export function convolve(a: usize, b: usize, c: usize, d: usize, weights: usize, channels: i32, to: usize): void {
  for (const end = to + <usize>channels * 4; to < end; to += 16, weights += 64) {
    const first = v128.load(weights);
    const second = v128.load(weights, 16);
    const third = v128.load(weights, 32);
    const fourth = v128.load(weights, 48);
    // Four channels of four weights to four weights of four channels.
    const lowAB = v128.shuffle<i32>(first, second, 0, 4, 1, 5);
    const highAB = v128.shuffle<i32>(first, second, 2, 6, 3, 7);
    const lowCD = v128.shuffle<i32>(third, fourth, 0, 4, 1, 5);
    const highCD = v128.shuffle<i32>(third, fourth, 2, 6, 3, 7);
    let sum = f32x4.mul(v128.load(a), v128.shuffle<i64>(lowAB, lowCD, 0, 2));
    sum = multiplyAdd(v128.load(b), v128.shuffle<i64>(lowAB, lowCD, 1, 3), sum);
    sum = multiplyAdd(v128.load(c), v128.shuffle<i64>(highAB, highCD, 0, 2), sum);
    sum = multiplyAdd(v128.load(d), v128.shuffle<i64>(highAB, highCD, 1, 3), sum);
    v128.store(to, silu(sum));
    a += 16;
    b += 16;
    c += 16;
    d += 16;
  }
}

/** What a memory keeps from one row to the next: e^(scale x softplus(rate)). Straight from 20 on, as in ggml: e^rate would overflow. */
export function decayOf(rate: f32, scale: f32): f32 {
  const softened = rate > 20 ? rate : <f32>Math.log1p(raised(rate));
  return raised(scale * softened);
}

export function sigmoid(x: f32): f32 {
  return 1 / (1 + raised(-x));
}

/** Not the library's: its table would lie where threads tell each other what they do (team.ts). */
function raised(x: f32): f32 {
  return f32x4.extract_lane(exponential(f32x4.splat(x)), 0);
}
