/**
 * The recurrence of a gated delta net (Yang et al. 2024, https://arxiv.org/abs/2412.06464, as llama.cpp runs Qwen 3.5:
 * src/models/delta-net-base.cpp): a short convolution, then a memory that forgets, corrects itself and is read.
 */
import { type DeltaNet, deltaNetChannels } from '../../model/model.ts';
import { silu } from './activation.ts';

export interface DeltaRule {
  readonly net: DeltaNet;
  /** channels x kernel. */
  readonly convolution: Float32Array;
  readonly epsilon: number;
}

/** What the recurrence reads of one row: its channels, then each value head's decay, then its write strength. */
export const inputSize = (net: DeltaNet): number => deltaNetChannels(net) + 2 * net.valueHeads;

export const stateBytes = (net: DeltaNet): number =>
  (net.valueHeads * net.headSize * net.headSize + (net.kernel - 1) * deltaNetChannels(net)) *
  Float32Array.BYTES_PER_ELEMENT;

/** What a layer knows of all rows so far; a new one is of zeros. */
export class DeltaState {
  /** valueHeads x keys x values. */
  readonly memory: Float32Array;
  /** The last kernel - 1 rows of channels, the oldest first. */
  readonly recent: Float32Array;

  constructor(net: DeltaNet) {
    this.memory = new Float32Array(net.valueHeads * net.headSize * net.headSize);
    this.recent = new Float32Array((net.kernel - 1) * deltaNetChannels(net));
  }

  set(other: DeltaState): void {
    this.memory.set(other.memory);
    this.recent.set(other.recent);
  }

  clear(): void {
    this.memory.fill(0);
    this.recent.fill(0);
  }
}

/** Takes `input` (see inputSize) into `state`, and writes valueHeads x headSize values to `out` from `outFrom`. */
export function advance(
  rule: DeltaRule,
  state: DeltaState,
  input: Float32Array,
  out: Float32Array,
  outFrom: number,
): void {
  const { keyHeads, valueHeads, headSize: size } = rule.net;
  const channels = deltaNetChannels(rule.net);
  const mixed = convolve(rule, state.recent, input);
  for (let head = 0; head < 2 * keyHeads; head++) scaleToUnit(mixed, head * size, size, rule.epsilon);
  const queryScale = 1 / Math.sqrt(size);
  const held = new Float64Array(size);
  const read = new Float64Array(size);
  for (let head = 0; head < valueHeads; head++) {
    const decay = input[channels + head]!;
    const strength = input[channels + valueHeads + head]!;
    const query = (head % keyHeads) * size;
    const key = query + keyHeads * size;
    const value = (2 * keyHeads + head) * size;
    const memory = state.memory.subarray(head * size * size, (head + 1) * size * size);
    held.fill(0);
    for (let i = 0, at = 0; i < size; i++) {
      const weight = mixed[key + i]!;
      for (let j = 0; j < size; j++, at++) {
        const kept = memory[at]! * decay;
        memory[at] = kept;
        held[j]! += weight * kept;
      }
    }
    // What the key should give, less what it gives.
    for (let j = 0; j < size; j++) held[j] = strength * (mixed[value + j]! - held[j]!);
    read.fill(0);
    for (let i = 0, at = 0; i < size; i++) {
      const write = mixed[key + i]!;
      const weight = mixed[query + i]! * queryScale;
      for (let j = 0; j < size; j++, at++) {
        const now = memory[at]! + write * held[j]!;
        memory[at] = now;
        read[j]! += weight * now;
      }
    }
    out.set(read, outFrom + head * size);
  }
}

/** Causal and depthwise, then SiLU; `recent` moves on by the row. */
function convolve({ net, convolution }: DeltaRule, recent: Float32Array, input: Float32Array): Float64Array {
  const { kernel } = net;
  const channels = deltaNetChannels(net);
  const mixed = new Float64Array(channels);
  for (let channel = 0; channel < channels; channel++) {
    const weight = channel * kernel;
    let sum = input[channel]! * convolution[weight + kernel - 1]!;
    for (let tap = 0; tap < kernel - 1; tap++)
      sum += recent[tap * channels + channel]! * convolution[weight + tap]!;
    mixed[channel] = silu(sum);
  }
  recent.copyWithin(0, channels);
  recent.set(input.subarray(0, channels), (kernel - 2) * channels);
  return mixed;
}

function scaleToUnit(values: Float64Array, from: number, size: number, epsilon: number): void {
  let squares = 0;
  for (let i = from; i < from + size; i++) squares += values[i]! ** 2;
  const factor = 1 / Math.max(Math.sqrt(squares), epsilon);
  for (let i = from; i < from + size; i++) values[i]! *= factor;
}
