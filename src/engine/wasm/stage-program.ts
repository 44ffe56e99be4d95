import { type Hyperparameters, isSlidingLayer } from '../../model/model.ts';
import { ropeFrequencies } from '../cpu/rope.ts';
import type { LayerParts } from '../layer-tensors.ts';
import type { Machine } from './machine.ts';
import type { Placed } from './placed.ts';
import { type Input, inputOf, Program, type Row } from './program.ts';

export type PlacedLayer = LayerParts<Placed, Placed>;

/** Rows that pass through the layers together: weights are read once for them, and buffers stay small (8 MB for 1024 wide). */
const rowsAtOnce = 128;

/** Cosines and sines of a batch's positions, for all layers that turn alike. */
interface Turns {
  readonly frequencies: Float64Array;
  readonly at: number;
}

/** The layers of a stage as one program. */
export class StageProgram {
  readonly #machine: Machine;
  readonly #width: number;
  readonly #program: Program;
  readonly #hidden: number;
  readonly #turns: Turns[] = [];

  /** Throws TabmeshError('full', 'engine'). */
  constructor(machine: Machine, hyper: Hyperparameters, layers: readonly PlacedLayer[], first: number) {
    this.#machine = machine;
    this.#width = hyper.width;
    this.#program = new Program(machine.heap, rowsAtOnce, machine.threads);
    try {
      this.#hidden = this.#program.buffer(hyper.width * 4);
      this.#write(hyper, layers, first);
      this.#program.finish();
    } catch (error) {
      this.#program.release();
      throw error;
    }
  }

  /** `hidden` is rows x width; so is the answer. */
  run(rows: readonly Row[], hidden: Float32Array): Float32Array<ArrayBuffer> {
    const { heap } = this.#machine;
    const result = new Float32Array(hidden.length);
    for (let from = 0; from < rows.length; from += rowsAtOnce) {
      const part = rows.slice(from, from + rowsAtOnce);
      const begin = from * this.#width;
      const end = begin + part.length * this.#width;
      for (const turns of this.#turns) this.#turn(turns, part);
      heap.floats(this.#hidden, end - begin).set(hidden.subarray(begin, end));
      this.#machine.run(this.#program.prepare(part));
      result.set(heap.floats(this.#hidden, end - begin), begin);
    }
    return result;
  }

  release(): void {
    this.#program.release();
  }

  #turn({ frequencies, at }: Turns, rows: readonly Row[]): void {
    const values = this.#machine.heap.floats(at, rows.length * frequencies.length * 2);
    let index = 0;
    for (const { position } of rows) {
      for (const frequency of frequencies) {
        values[index++] = Math.cos(position * frequency);
        values[index++] = Math.sin(position * frequency);
      }
    }
  }

  #turnsOf(hyper: Hyperparameters, sliding: boolean, divisors: Placed | undefined): number {
    const values = divisors && this.#machine.heap.floats(divisors.address, divisors.columns);
    const frequencies = ropeFrequencies(hyper, sliding, values);
    const known = this.#turns.find(turns => turns.frequencies.every((value, i) => value === frequencies[i]));
    if (known) return known.at;
    const at = this.#program.buffer(frequencies.length * 8);
    this.#turns.push({ frequencies, at });
    return at;
  }

  #write(hyper: Hyperparameters, layers: readonly PlacedLayer[], firstLayer: number): void {
    const { width, heads, kvHeads, keySize, valueSize, feedForward, normEpsilon: epsilon } = hyper;
    const program = this.#program;
    const hidden = this.#hidden;
    const normed = program.buffer(width * 4);
    const queries = program.buffer(heads * keySize * 4);
    const keys = program.buffer(kvHeads * keySize * 4);
    const values = program.buffer(kvHeads * valueSize * 4);
    const attended = program.buffer(heads * valueSize * 4);
    const output = program.buffer(width * 4);
    const gate = program.buffer(feedForward * 4);
    const up = program.buffer(feedForward * 4);
    const blocksOf = (columns: number) => Math.ceil(columns / 32) * this.#machine.activationBlockBytes;
    const blocks = program.buffer(
      Math.max(blocksOf(width), blocksOf(heads * valueSize), blocksOf(feedForward)),
    );
    const inputFor = (plain: number, ...matrices: Placed[]): Input => inputOf(plain, blocks, matrices);

    let more: { values: number; norm?: Placed | undefined } | undefined;
    layers.forEach((weights, index) => {
      const sliding = isSlidingLayer(hyper, firstLayer + index);
      const forAttention = inputFor(normed, weights.query, weights.key, weights.value);
      const next = { weights: weights.attentionNorm, input: forAttention };
      program.norm({ width, epsilon, hidden, more, next });
      program.multiply(forAttention, [
        [weights.query, queries],
        [weights.key, keys],
        [weights.value, values],
      ]);
      program.heads(
        index,
        { f32: epsilon },
        queries,
        keys,
        values,
        weights.queryBias?.address ?? 0,
        weights.keyBias?.address ?? 0,
        weights.valueBias?.address ?? 0,
        weights.queryNorm?.address ?? 0,
        weights.keyNorm?.address ?? 0,
        heads,
        kvHeads,
        keySize,
        valueSize,
        this.#turnsOf(hyper, sliding, weights.ropeDivisors),
        hyper.rope.dimensions / 2,
        hyper.rope.pairs === 'interleaved' ? 1 : 0,
      );
      const window = sliding ? hyper.sliding!.window : 0;
      const scale = { f32: hyper.attentionScale };
      program.attend(index, scale, queries, attended, heads, kvHeads, keySize, valueSize, window);
      const forOutput = inputFor(attended, weights.attentionOutput);
      program.quantize(heads * valueSize, forOutput);
      program.multiply(forOutput, [[weights.attentionOutput, output]]);
      const forFeed = inputFor(normed, weights.gate, weights.up);
      program.norm({
        width,
        epsilon,
        hidden,
        more: { values: output, norm: weights.postAttentionNorm },
        next: { weights: weights.feedForwardNorm, input: forFeed },
      });
      program.multiply(forFeed, [
        [weights.gate, gate],
        [weights.up, up],
      ]);
      const forDown = inputFor(gate, weights.down);
      program.gate(feedForward, forDown, up, hyper.activation);
      program.multiply(forDown, [[weights.down, output]]);
      more = { values: output, norm: weights.postFeedForwardNorm };
    });
    program.norm({ width, epsilon, hidden, more });
  }
}
