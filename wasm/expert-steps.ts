/**
 * Steps of a feed-forward of experts. Rows are put in order of the experts that they chose, so that each expert's matrices are
 * read once for all its rows, and no others are. `words` are a step's arguments.
 */
import { BLOCK } from './activations';
import { ROWS, word } from './batch';
import { multiplyAdd } from './dot';
import { exponential } from './exponential';
import { PART } from './multiply-step';
import { takePiece } from './team';

/** A row's choice: the expert, its score and then its weight, and its place in the order of experts. */
const CHOICE: usize = 12;
const WEIGHT: usize = 4;
const PLACE: usize = 8;

/** 0 scores of each row, 1 experts, 2 how many of them are used, 3 the choices of each row. */
export function chooseStep(program: usize, words: usize): void {
  const experts = <i32>word(words, 1);
  const used = <i32>word(words, 2);
  const rows = load<i32>(program, ROWS);
  for (let row = takePiece(); row < rows; row = takePiece()) {
    const choices = word(words, 3) + <usize>(row * used) * CHOICE;
    choose(word(words, 0) + <usize>(row * experts) * 4, experts, used, choices);
    weigh(choices, used);
  }
}

/** The largest scores, falling, the first of equals first. Scores that are no numbers still choose `used` experts. */
function choose(scores: usize, experts: i32, used: i32, choices: usize): void {
  const last = <usize>(used - 1) * CHOICE;
  for (let expert = 0; expert < experts; expert++, scores += 4) {
    const score = load<f32>(scores);
    let at = choices + <usize>expert * CHOICE;
    if (expert >= used) {
      at = choices + last;
      if (!(score > load<f32>(at, WEIGHT))) continue;
    }
    for (; at > choices && score > load<f32>(at - CHOICE, WEIGHT); at -= CHOICE) {
      memory.copy(at, at - CHOICE, CHOICE);
    }
    store<i32>(at, expert);
    store<f32>(at, score, WEIGHT);
  }
}

/** Scores to a softmax of the chosen: the same as softmax over all with the chosen renormalised. */
function weigh(choices: usize, used: i32): void {
  const highest = load<f32>(choices, WEIGHT);
  const end = choices + <usize>used * CHOICE;
  let total: f32 = 0;
  for (let at = choices; at < end; at += CHOICE) {
    const raised = f32x4.extract_lane(exponential(f32x4.splat(load<f32>(at, WEIGHT) - highest)), 0);
    store<f32>(at, raised, WEIGHT);
    total += raised;
  }
  for (let at = choices; at < end; at += CHOICE) store<f32>(at, load<f32>(at, WEIGHT) / total, WEIGHT);
}

/** By one thread: experts that were chosen become parts. 0 choices, 1 experts, 2 how many are used, 3 parts. */
export function groupStep(program: usize, words: usize, scratch: usize): void {
  if (takePiece() != 0) return;
  const experts = word(words, 1);
  const choices = word(words, 0);
  const end = choices + <usize>load<i32>(program, ROWS) * word(words, 2) * CHOICE;
  memory.fill(scratch, 0, experts * 4);
  for (let at = choices; at < end; at += CHOICE) {
    const count = scratch + load<usize>(at) * 4;
    store<i32>(count, load<i32>(count) + 1);
  }
  const parts = word(words, 3);
  let part = parts + 4;
  let first = 0;
  for (let expert: usize = 0; expert < experts; expert++) {
    const count = load<i32>(scratch + expert * 4);
    store<i32>(scratch + expert * 4, first);
    if (count == 0) continue;
    store<usize>(part, expert);
    store<i32>(part, first, 4);
    store<i32>(part, count, 8);
    part += PART;
    first += count;
  }
  store<usize>(parts, (part - parts - 4) / PART);
  for (let at = choices; at < end; at += CHOICE) {
    const next = scratch + load<usize>(at) * 4;
    store<i32>(at, load<i32>(next), PLACE);
    store<i32>(next, load<i32>(next) + 1);
  }
}

/** Copies rows to their places. 0 choices, 1 how many are used, 2 width, 3 rows as f32, 4 where they go (or 0), 5 rows quantized, 6 where they go (or 0). */
export function gatherStep(program: usize, words: usize): void {
  const used = <i32>word(words, 1);
  const plain = word(words, 2) * 4;
  const blocks = (word(words, 2) >> 5) * BLOCK;
  const count = load<i32>(program, ROWS) * used;
  for (let piece = takePiece(); piece < count; piece = takePiece()) {
    const row = <usize>(piece / used);
    const place = load<usize>(word(words, 0) + <usize>piece * CHOICE, PLACE);
    if (word(words, 4)) memory.copy(word(words, 4) + place * plain, word(words, 3) + row * plain, plain);
    if (word(words, 6)) memory.copy(word(words, 6) + place * blocks, word(words, 5) + row * blocks, blocks);
  }
}

/** Adds up what the experts made of each row, by weight, in the order of its choices. 0 choices, 1 how many are used, 2 width, 3 what they made, 4 where it goes. */
export function mixStep(program: usize, words: usize): void {
  const used = word(words, 1);
  const bytes = word(words, 2) * 4;
  const rows = load<i32>(program, ROWS);
  for (let row = takePiece(); row < rows; row = takePiece()) {
    const out = word(words, 4) + <usize>row * bytes;
    const choices = word(words, 0) + <usize>row * used * CHOICE;
    memory.fill(out, 0, bytes);
    for (let at = choices; at < choices + used * CHOICE; at += CHOICE) {
      const weight = v128.load_splat<f32>(at, WEIGHT);
      const made = word(words, 3) + load<usize>(at, PLACE) * bytes;
      for (let i: usize = 0; i < bytes; i += 16) {
        v128.store(out + i, multiplyAdd(weight, v128.load(made + i), v128.load(out + i)));
      }
    }
  }
}
