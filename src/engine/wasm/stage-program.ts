import type { Hyperparameters } from '../../model/model.ts';
import type { Machine } from './machine.ts';
import { Program } from './program.ts';
import type { SessionCache } from './session-cache.ts';
import { Turns } from './turns.ts';
import { createWorkspace } from './workspace.ts';
import { type PlacedLayer, writeLayers } from './write-layers.ts';

/** Rows that pass through the layers together: weights are read once for them, and buffers stay small (8 MB for 1024 wide). */
const rowsAtOnce = 128;

/** Consecutive rows of one session. */
export interface CachedRows {
  readonly cache: SessionCache;
  readonly position: number;
  readonly count: number;
}

/** The layers of a stage as one program. */
export class StageProgram {
  readonly #machine: Machine;
  readonly #width: number;
  readonly #program: Program;
  readonly #hidden: number;
  readonly #turns: Turns;

  /** Throws TabmeshError('full', 'engine'). */
  constructor(machine: Machine, hyper: Hyperparameters, layers: readonly PlacedLayer[], first: number) {
    this.#machine = machine;
    this.#width = hyper.width;
    this.#program = new Program(machine.heap, rowsAtOnce, machine.threads);
    this.#turns = new Turns(machine.heap, this.#program, hyper);
    try {
      this.#hidden = this.#program.buffer(hyper.width * 4);
      const space = createWorkspace(machine, this.#program, hyper);
      writeLayers(space, layers, first, this.#hidden, this.#turns);
      this.#program.finish();
    } catch (error) {
      this.#program.release();
      throw error;
    }
  }

  /** `hidden` is rows x width; so is the answer. */
  run(rows: readonly CachedRows[], hidden: Float32Array): Float32Array<ArrayBuffer> {
    const { heap } = this.#machine;
    const result = new Float32Array(hidden.length);
    let begin = 0;
    for (const batch of batches(rows)) {
      const runs = batch.map(({ cache, position, count }) => cache.run(position, count));
      const total = runs.reduce((sum, { count }) => sum + count, 0);
      const end = begin + total * this.#width;
      this.#turns.set(runs, total);
      heap.floats(this.#hidden, end - begin).set(hidden.subarray(begin, end));
      this.#machine.run(this.#program.prepare(runs));
      result.set(heap.floats(this.#hidden, end - begin), begin);
      begin = end;
    }
    return result;
  }

  release(): void {
    this.#program.release();
  }
}

/** Each of at most `rowsAtOnce` rows, and no session in it twice: threads take sessions at the same time. */
function* batches(rows: readonly CachedRows[]): Generator<CachedRows[]> {
  let batch: CachedRows[] = [];
  let room = rowsAtOnce;
  for (const { cache, ...all } of rows) {
    for (let { position, count } = all; count > 0; ) {
      if (room === 0 || batch.some(other => other.cache === cache)) {
        yield batch;
        batch = [];
        room = rowsAtOnce;
      }
      const taken = Math.min(count, room);
      batch.push({ cache, position, count: taken });
      position += taken;
      count -= taken;
      room -= taken;
    }
  }
  if (batch.length > 0) yield batch;
}
