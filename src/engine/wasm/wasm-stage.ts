import type { SessionId } from '../../base/brand.ts';
import type { Hyperparameters, LayerRange } from '../../model/model.ts';
import { freed, Sessions, tooFarBack } from '../sessions.ts';
import type { Rows, Stage } from '../stage.ts';
import type { Heap } from './heap.ts';
import { SessionCache } from './session-cache.ts';
import type { StageProgram } from './stage-program.ts';

/** Computes within the call, so that overlapping calls run in the order they were made. */
export class WasmStage implements Stage {
  readonly layers: LayerRange;
  readonly weightBytes: number;
  readonly #heap: Heap;
  readonly #hyper: Hyperparameters;
  readonly #program: StageProgram;
  readonly #free: () => Promise<void>;
  readonly #sessions = new Sessions<SessionCache>();
  #disposed = false;

  constructor(
    heap: Heap,
    hyper: Hyperparameters,
    layers: LayerRange,
    program: StageProgram,
    weightBytes: number,
    free: () => Promise<void>,
  ) {
    this.#heap = heap;
    this.#hyper = hyper;
    this.layers = layers;
    this.#program = program;
    this.weightBytes = weightBytes;
    this.#free = free;
  }

  async open(session: SessionId, capacity: number): Promise<void> {
    if (this.#disposed) freed();
    const make = () => new SessionCache(this.#heap, this.#hyper, this.layers, capacity);
    this.#sessions.open(session, capacity, make);
  }

  async forward(rows: readonly Rows[], hidden: Float32Array): Promise<Float32Array<ArrayBuffer>> {
    if (this.#disposed) freed();
    const sessions = this.#sessions.check(rows, hidden, this.#hyper.width);
    const cached = rows.map(({ position, count }, index) => {
      const { cache } = sessions[index]!;
      cache.reserve(position + count);
      return { cache, position, count };
    });
    const result = this.#program.run(cached, hidden);
    this.#sessions.advance(rows);
    return result;
  }

  async rewind(session: SessionId, length: number): Promise<void> {
    this.#sessions.rewind(session, length, cache => {
      if (!cache.canRewind(length)) throw tooFarBack(session, length);
      cache.rewind(length);
    });
  }

  async close(session: SessionId): Promise<void> {
    this.#sessions.close(session)?.release();
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const cache of this.#sessions.closeAll()) cache.release();
    this.#program.release();
    await this.#free();
  }
}
