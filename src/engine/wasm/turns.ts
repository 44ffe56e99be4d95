import type { Hyperparameters } from '../../model/model.ts';
import { ropeFrequencies } from '../cpu/rope.ts';
import type { Heap } from './heap.ts';
import type { Placed } from './placed.ts';
import type { Program, Run } from './program.ts';

/** Cosines and sines of a batch's positions, once for all layers that turn alike. */
export class Turns {
  readonly #heap: Heap;
  readonly #program: Program;
  readonly #hyper: Hyperparameters;
  readonly #known: { readonly frequencies: Float64Array; readonly at: number }[] = [];

  constructor(heap: Heap, program: Program, hyper: Hyperparameters) {
    this.#heap = heap;
    this.#program = program;
    this.#hyper = hyper;
  }

  /** Where those of a layer are: of each row, of each pair the cosine and the sine. */
  of(sliding: boolean, divisors: Placed | undefined): number {
    const values = divisors && this.#heap.floats(divisors.address, divisors.columns);
    const frequencies = ropeFrequencies(this.#hyper, sliding, values);
    const known = this.#known.find(turns => turns.frequencies.every((value, i) => value === frequencies[i]));
    if (known) return known.at;
    const at = this.#program.buffer(frequencies.length * 8);
    this.#known.push({ frequencies, at });
    return at;
  }

  set(runs: readonly Run[], rows: number): void {
    for (const { frequencies, at } of this.#known) {
      const values = this.#heap.floats(at, rows * frequencies.length * 2);
      let index = 0;
      for (const { position, count } of runs) {
        for (let row = position; row < position + count; row++) {
          for (const frequency of frequencies) {
            values[index++] = Math.cos(row * frequency);
            values[index++] = Math.sin(row * frequency);
          }
        }
      }
    }
  }
}
