/**
 * The recurrence of a layer with a gated delta net. Of each session it has in memory (src/engine/wasm/delta-states.ts): the heads'
 * memories now and at two earlier positions, then what it read of the last rows: channels, rates and strengths. Where a session
 * went back, its memories are made again from there: no matrix is read for that, and the bits are the same.
 */
import { AGAIN, COUNT, FIRST, POSITION, ROW, ROW_TABLE, RUN, RUN_TABLE, RUNS, STATES } from './batch';
import { advance, COLUMNS, convolve, decayOf, RATES, sigmoid } from './delta-rule';
import { dot } from './exact';
import { normalize, scaleToUnit, siluMultiply } from './rows';
import { takePiece } from './team';

/** Memories are saved at multiples of this (base/limits.ts, rewindRowsMax), and as many rows pass over a memory together. */
const SPAN: i32 = 8;
/** Rows behind the older of two saved positions, and three in front of it that its convolution sees. */
const KEPT: i32 = 18;

/** The step's words. */
// @ts-ignore: decorator
@unmanaged
class Delta {
  layer: usize;
  epsilon: f32;
  keyHeads: i32;
  valueHeads: i32;
  size: i32;
  /** Of each row: queries, keys, values before the convolution; rates; strengths; gates, which the results overwrite. */
  channels: usize;
  rates: usize;
  strengths: usize;
  gates: usize;
  convolution: usize;
  bias: usize;
  scale: usize;
  norm: usize;
}

/** The rows of a run for one key head. */
let state: usize = 0;
let keyHead: i32 = 0;
let firstRow: i32 = 0;
let begin: i32 = 0;

export function deltaStep(program: usize, words: usize, scratch: usize): void {
  const delta = changetype<Delta>(words);
  const pieces = load<i32>(program, RUNS) * delta.keyHeads;
  // The value heads that share a key head are one piece.
  for (let piece = takePiece(); piece < pieces; piece = takePiece()) {
    const run = load<usize>(program, RUN_TABLE) + <usize>(piece / delta.keyHeads) * RUN;
    keyHead = piece % delta.keyHeads;
    state = load<usize>(load<usize>(run, STATES) + delta.layer * 4);
    firstRow = load<i32>(run, FIRST);
    begin = load<i32>(load<usize>(program, ROW_TABLE) + <usize>firstRow * ROW, POSITION);
    const end = begin + load<i32>(run, COUNT);
    const again = load<i32>(run, AGAIN);
    if (again >= 0) restore(delta, again);
    for (let at = again >= 0 ? again : begin; at < end; ) {
      const to = min(at < begin ? begin : end, (at & -SPAN) + SPAN);
      pass(delta, at, to, scratch);
      at = to;
      // Of those that a run could save only the last two are of use.
      if (at % SPAN == 0 && at > end - 2 * SPAN) save(delta, at);
    }
  }
}

/** The memory of a value head: the one now, or one that was saved. */
function memoryOf(delta: Delta, head: i32, saved: i32): usize {
  const bytes = <usize>(delta.size * delta.size) * 4;
  return state + <usize>(saved * delta.valueHeads + head) * bytes;
}

/** Positions that are neighbours among those that are saved have different places. */
function placeOf(position: i32): i32 {
  return 1 + ((position / SPAN) & 1);
}

function save(delta: Delta, position: i32): void {
  const bytes = <usize>(delta.size * delta.size) * 4;
  for (let head = keyHead; head < delta.valueHeads; head += delta.keyHeads) {
    memory.copy(memoryOf(delta, head, placeOf(position)), memoryOf(delta, head, 0), bytes);
  }
}

/** Position 0 is not saved: there memories are of zeros. */
function restore(delta: Delta, position: i32): void {
  const bytes = <usize>(delta.size * delta.size) * 4;
  for (let head = keyHead; head < delta.valueHeads; head += delta.keyHeads) {
    const now = memoryOf(delta, head, 0);
    if (position == 0) memory.fill(now, 0, bytes);
    else memory.copy(now, memoryOf(delta, head, placeOf(position)), bytes);
  }
}

/** Takes positions [from, to), at most SPAN, into the memories; those of this batch also give results. */
function pass(delta: Delta, from: i32, to: i32, scratch: usize): void {
  const size = delta.size;
  const bytes = <usize>size * 4;
  const rows = to - from;
  const stride = <usize>(2 + delta.valueHeads / delta.keyHeads) * bytes;
  const zeros = scratch;
  const mixed = zeros + bytes;
  const read = mixed + stride * SPAN;
  const rates = read + bytes * SPAN;
  memory.fill(zeros, 0, bytes);
  for (let row = 0; row < rows; row++) mix(delta, from + row, zeros, mixed + <usize>row * stride);
  let values = mixed + 2 * bytes;
  for (let head = keyHead; head < delta.valueHeads; head += delta.keyHeads, values += bytes) {
    for (let row = 0; row < rows; row++) {
      const at = rates + <usize>row * RATES;
      const query = mixed + <usize>row * stride;
      rate(delta, from + row, head, at);
      store<f32>(at, dot(query, query + bytes, size), 8);
    }
    const now = memoryOf(delta, head, 0);
    for (let column = 0; column < size; column += COLUMNS) {
      const block = now + <usize>column * bytes;
      advance(block, size, rows, mixed, values + <usize>column * 4, stride, rates, read + <usize>column * 4);
    }
    if (from < begin) continue;
    for (let row = 0; row < rows; row++) {
      const at = read + <usize>row * bytes;
      const gate = delta.gates + <usize>(rowOf(from + row) * delta.valueHeads + head) * bytes;
      normalize(at, delta.norm, size, delta.epsilon, at);
      siluMultiply(gate, at, size);
    }
  }
}

/** Query, key and values of one position after the convolution, to `to`; what they were before is kept. */
function mix(delta: Delta, position: i32, zeros: usize, to: usize): void {
  const size = delta.size;
  const bytes = <usize>size * 4;
  const heads = 2 * delta.keyHeads + delta.valueHeads;
  let out = to;
  for (let head = keyHead; head < heads; head += delta.keyHeads, out += bytes) {
    const skip = <usize>head * bytes;
    const a = channelsAt(delta, position - 3, skip, zeros);
    const b = channelsAt(delta, position - 2, skip, zeros);
    const c = channelsAt(delta, position - 1, skip, zeros);
    const d = channelsAt(delta, position, skip, zeros);
    convolve(a, b, c, d, delta.convolution + skip * 4, size, out);
    if (position >= begin) memory.copy(keptAt(delta, position) + skip, d, bytes);
  }
  scaleToUnit(to, size, delta.epsilon, 1 / sqrt<f32>(<f32>size));
  scaleToUnit(to + bytes, size, delta.epsilon, 1);
}

/** Decay and write strength of a head at one position, to `to`; what they are made of is kept. */
function rate(delta: Delta, position: i32, head: i32, to: usize): void {
  const heads = <usize>delta.valueHeads;
  const skip = <usize>head * 4;
  const kept = keptAt(delta, position) + channelBytes(delta) + skip;
  if (position >= begin) {
    const from = <usize>rowOf(position) * heads * 4 + skip;
    store<f32>(kept, load<f32>(delta.rates + from));
    store<f32>(kept + heads * 4, load<f32>(delta.strengths + from));
  }
  store<f32>(to, decayOf(load<f32>(kept) + load<f32>(delta.bias + skip), load<f32>(delta.scale + skip)));
  store<f32>(to, sigmoid(load<f32>(kept + heads * 4)), 4);
}

function rowOf(position: i32): i32 {
  return firstRow + position - begin;
}

function channelBytes(delta: Delta): usize {
  return <usize>((2 * delta.keyHeads + delta.valueHeads) * delta.size) * 4;
}

/** What the batch brought at a position, or what was kept of it; nothing before the first. */
function channelsAt(delta: Delta, position: i32, skip: usize, zeros: usize): usize {
  if (position < 0) return zeros;
  if (position < begin) return keptAt(delta, position) + skip;
  return delta.channels + <usize>rowOf(position) * channelBytes(delta) + skip;
}

function keptAt(delta: Delta, position: i32): usize {
  const bytes = channelBytes(delta) + <usize>delta.valueHeads * 8;
  return memoryOf(delta, 0, 3) + <usize>(position % KEPT) * bytes;
}
