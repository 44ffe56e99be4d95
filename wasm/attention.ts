/**
 * Attention of one row over a cache in pages. A page has 64 positions of one layer: of each key head its 64 keys, then of each its 64
 * values, f32. The softmax is taken as it goes (Milakov & Gimelshein 2018), so that no more than a page of scores is kept.
 */
import { multiplyAdd } from './dot';
import { sumOfLanes } from './exact';
import { exponential } from './exponential';

export const PAGE: i32 = 64;

/**
 * One query head over positions [first, last]. `pages` points to the pages of the layer; the key head's keys begin `keys` bytes into
 * a page and its values `values` bytes; `scores` is room for 64.
 */
export function attend(
  query: usize,
  pages: usize,
  keys: usize,
  values: usize,
  keySize: i32,
  valueSize: i32,
  scale: f32,
  first: i32,
  last: i32,
  scores: usize,
  out: usize,
): void {
  memory.fill(out, 0, <usize>valueSize * 4);
  let highest: f32 = -Infinity;
  let total: f32 = 0;
  for (let position = first; position <= last; ) {
    const within = position & (PAGE - 1);
    const count = min(PAGE - within, last - position + 1);
    const page = load<usize>(pages + <usize>(position / PAGE) * 4);
    const most = score(query, page + keys + <usize>(within * keySize) * 4, keySize, scale, count, scores);
    if (most > highest) {
      const shrink = f32x4.extract_lane(exponential(f32x4.splat(highest - most)), 0);
      total *= shrink;
      multiplyAll(out, shrink, valueSize);
      highest = most;
    }
    total += raise(scores, highest, count);
    addValues(page + values + <usize>(within * valueSize) * 4, valueSize, count, scores, out);
    position += count;
  }
  multiplyAll(out, 1 / total, valueSize);
}

/** Scores of `count` keys, and lows after them up to a multiple of four; answers the highest. */
function score(query: usize, key: usize, size: i32, scale: f32, count: i32, scores: usize): f32 {
  const bytes = <usize>size * 4;
  let most: f32 = -Infinity;
  let i = 0;
  for (; i + 4 <= count; i += 4, key += bytes * 4) {
    const b = key + bytes;
    const c = b + bytes;
    const d = c + bytes;
    let sumA = f32x4.splat(0);
    let sumB = f32x4.splat(0);
    let sumC = f32x4.splat(0);
    let sumD = f32x4.splat(0);
    for (let at: usize = 0; at < bytes; at += 16) {
      const q = v128.load(query + at);
      sumA = multiplyAdd(q, v128.load(key + at), sumA);
      sumB = multiplyAdd(q, v128.load(b + at), sumB);
      sumC = multiplyAdd(q, v128.load(c + at), sumC);
      sumD = multiplyAdd(q, v128.load(d + at), sumD);
    }
    most = max(most, keep(scores, i, sumOfLanes(sumA) * scale));
    most = max(most, keep(scores, i + 1, sumOfLanes(sumB) * scale));
    most = max(most, keep(scores, i + 2, sumOfLanes(sumC) * scale));
    most = max(most, keep(scores, i + 3, sumOfLanes(sumD) * scale));
  }
  for (; i < count; i++, key += bytes) {
    let sum = f32x4.splat(0);
    for (let at: usize = 0; at < bytes; at += 16) {
      sum = multiplyAdd(v128.load(query + at), v128.load(key + at), sum);
    }
    most = max(most, keep(scores, i, sumOfLanes(sum) * scale));
  }
  for (; i & 3; i++) keep(scores, i, -Infinity);
  return most;
}

// @ts-ignore: decorator
@inline
function keep(scores: usize, index: i32, value: f32): f32 {
  store<f32>(scores + <usize>index * 4, value);
  return value;
}

/** Scores to e^(score - highest); answers their sum. */
function raise(scores: usize, highest: f32, count: i32): f32 {
  const shift = f32x4.splat(highest);
  let sum: f32 = 0;
  for (let i = 0; i < count; i += 4, scores += 16) {
    v128.store(scores, exponential(f32x4.sub(v128.load(scores), shift)));
    for (let lane: usize = 0; lane < 4 && i + <i32>lane < count; lane++) sum += load<f32>(scores + lane * 4);
  }
  return sum;
}

function multiplyAll(at: usize, factor: f32, count: i32): void {
  const factors = f32x4.splat(factor);
  for (const end = at + <usize>count * 4; at < end; at += 16) v128.store(at, f32x4.mul(v128.load(at), factors));
}

/** out += each value times its weight. */
function addValues(value: usize, size: i32, count: i32, weights: usize, out: usize): void {
  const bytes = <usize>size * 4;
  let i = 0;
  for (; i + 4 <= count; i += 4, weights += 16, value += bytes * 4) {
    const b = value + bytes;
    const c = b + bytes;
    const d = c + bytes;
    const weightA = v128.load_splat<f32>(weights);
    const weightB = v128.load_splat<f32>(weights, 4);
    const weightC = v128.load_splat<f32>(weights, 8);
    const weightD = v128.load_splat<f32>(weights, 12);
    for (let at: usize = 0; at < bytes; at += 16) {
      let sum = multiplyAdd(weightA, v128.load(value + at), v128.load(out + at));
      sum = multiplyAdd(weightB, v128.load(b + at), sum);
      sum = multiplyAdd(weightC, v128.load(c + at), sum);
      v128.store(out + at, multiplyAdd(weightD, v128.load(d + at), sum));
    }
  }
  for (; i < count; i++, weights += 4, value += bytes) {
    const weight = v128.load_splat<f32>(weights);
    for (let at: usize = 0; at < bytes; at += 16) {
      v128.store(out + at, multiplyAdd(weight, v128.load(value + at), v128.load(out + at)));
    }
  }
}
