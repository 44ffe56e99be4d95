/** What is done to single rows of f32: norms, rotations, the gate of the feed-forward part. Counts are multiples of 4. */
import { dot, sumOfLanes } from './exact';
import { exponential } from './exponential';
import { multiplyAdd } from './dot';

/** RMSNorm (Zhang & Sennrich 2019); `to` may be `from`. */
export function normalize(from: usize, weights: usize, count: i32, epsilon: f32, to: usize): void {
  const bytes = <usize>count * 4;
  let squares = f32x4.splat(0);
  for (let at: usize = 0; at < bytes; at += 16) {
    const x = v128.load(from + at);
    squares = multiplyAdd(x, x, squares);
  }
  const factor = f32x4.splat(1 / sqrt<f32>(sumOfLanes(squares) / <f32>count + epsilon));
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(to + at, f32x4.mul(f32x4.mul(v128.load(from + at), factor), v128.load(weights + at)));
  }
}

/** Divides by the Euclidean length, or by epsilon where that is more, and multiplies by `scale`. */
export function scaleToUnit(at: usize, count: i32, epsilon: f32, scale: f32): void {
  const factor = f32x4.splat(scale / max<f32>(sqrt<f32>(dot(at, at, count)), epsilon));
  for (const end = at + <usize>count * 4; at < end; at += 16) v128.store(at, f32x4.mul(v128.load(at), factor));
}

export function add(to: usize, more: usize, count: i32): void {
  for (const end = to + <usize>count * 4; to < end; to += 16, more += 16) {
    v128.store(to, f32x4.add(v128.load(to), v128.load(more)));
  }
}

/** Rotary embedding of one head in place (Su et al. 2021); `turns` holds the cosine and the sine of each pair. */
export function rotate(head: usize, turns: usize, pairs: i32, interleaved: bool): void {
  const step: usize = interleaved ? 8 : 4;
  const distance: usize = interleaved ? 4 : <usize>pairs * 4;
  for (let pair = 0; pair < pairs; pair++, head += step, turns += 8) {
    const cosine = load<f32>(turns);
    const sine = load<f32>(turns, 4);
    const x = load<f32>(head);
    const y = load<f32>(head + distance);
    store<f32>(head, x * cosine - y * sine);
    store<f32>(head + distance, x * sine + y * cosine);
  }
}

/** x times sigmoid(gate) = 1 / (1 + e^-gate). */
function gated(x: v128, gate: v128): v128 {
  return f32x4.div(x, f32x4.add(f32x4.splat(1), exponential(f32x4.neg(gate))));
}

export function silu(x: v128): v128 {
  return gated(x, x);
}

/** gate = silu(gate) x up. */
export function siluMultiply(gate: usize, up: usize, count: i32): void {
  for (const end = gate + <usize>count * 4; gate < end; gate += 16, up += 16) {
    v128.store(gate, f32x4.mul(silu(v128.load(gate)), v128.load(up)));
  }
}

/** to = to x sigmoid(gate). */
export function sigmoidMultiply(to: usize, gate: usize, count: i32): void {
  for (const end = to + <usize>count * 4; to < end; to += 16, gate += 16) {
    v128.store(to, gated(v128.load(to), v128.load(gate)));
  }
}

/** gate = gelu(gate) x up, the tanh form: 0.5 (1 + tanh y) = 1 / (1 + e^(-2y)). */
export function geluMultiply(gate: usize, up: usize, count: i32): void {
  // sqrt(2 / pi)
  const root = f32x4.splat(-2 * 0.7978845608);
  for (const end = gate + <usize>count * 4; gate < end; gate += 16, up += 16) {
    const x = v128.load(gate);
    const cubed = f32x4.mul(f32x4.mul(x, x), f32x4.mul(x, f32x4.splat(0.044715)));
    const below = f32x4.add(f32x4.splat(1), exponential(f32x4.mul(f32x4.add(x, cubed), root)));
    v128.store(gate, f32x4.mul(f32x4.div(x, below), v128.load(up)));
  }
}
