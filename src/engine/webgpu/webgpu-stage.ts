import type { SessionId } from '../../base/brand.ts';
import { TabmeshError } from '../../base/error.ts';
import { Turns } from '../../base/turns.ts';
import type { Hyperparameters, LayerRange } from '../../model/model.ts';
import { freed, Sessions, tooFarBack } from '../sessions.ts';
import type { Rows, Stage } from '../stage.ts';
import { type Dispatch, prepareStep, Recording, strideOf } from './dispatch.ts';
import type { ExpectedRows } from './expected-rows.ts';
import type { Gpu } from './gpu.ts';
import type { GpuLayer } from './gpu-layer.ts';
import { pagePositions } from './kv-pool.ts';
import { padRows, stripRows } from './padding.ts';
import { sharesFor } from './shares.ts';
import { type RememberedRow, type SessionMemory, StageMemory } from './stage-memory.ts';
import type { Rotations } from './step.ts';
import type { TopLogits } from './top.ts';
import type { WebGpuHead } from './webgpu-head.ts';
import { rowsPerTurn, type Workspace } from './workspace.ts';

export interface StageParts {
  readonly layers: readonly GpuLayer[];
  readonly space: Workspace;
  readonly rotations: Rotations;
  readonly rotationBuffer: GPUBuffer;
  readonly weightBytes: number;
}

/** Of the rows of a step, the last of one session. */
interface LastRow {
  readonly memory: SessionMemory;
  readonly row: number;
  readonly isOnly: boolean;
}

/** Calls queue up for the moment in which they are encoded; reading back overlaps with the encoding of the next. */
export class WebGpuStage implements Stage {
  readonly layers: LayerRange;
  readonly weightBytes: number;
  readonly #gpu: Gpu;
  readonly #hyper: Hyperparameters;
  readonly #parts: StageParts;
  readonly #expected: ExpectedRows<WebGpuHead, TopLogits>;
  readonly #free: () => Promise<void>;
  readonly #memory: StageMemory;
  readonly #sessions = new Sessions<SessionMemory>();
  readonly #turns = new Turns();
  /** Of all layers, in order; made for the memory of #boundGeneration. */
  #dispatches: readonly Dispatch[] = [];
  #boundGeneration = -1;
  #disposed = false;
  #ending: Promise<void> | undefined;

  constructor(
    gpu: Gpu,
    hyper: Hyperparameters,
    layers: LayerRange,
    parts: StageParts,
    expected: ExpectedRows<WebGpuHead, TopLogits>,
    free: () => Promise<void>,
  ) {
    this.layers = layers;
    this.weightBytes = parts.weightBytes;
    this.#gpu = gpu;
    this.#hyper = hyper;
    this.#parts = parts;
    this.#expected = expected;
    this.#free = free;
    this.#memory = new StageMemory(gpu, hyper, layers);
  }

  open(session: SessionId, capacity: number): Promise<void> {
    return this.#turns.take(async () => {
      this.#assertUsable();
      this.#sessions.open(session, capacity, () => this.#memory.promise(capacity));
      this.#expected.open(this.#sessions.get(session).cache);
    });
  }

  async forward(rows: readonly Rows[], hidden: Float32Array): Promise<Float32Array<ArrayBuffer>> {
    const { reading } = await this.#turns.take(async () => {
      this.#assertUsable();
      const sessions = this.#sessions.check(rows, hidden, this.#hyper.width);
      const lengths = new Map<SessionMemory, number>();
      const places: RememberedRow[] = [];
      const lastRows: LastRow[] = [];
      rows.forEach(({ position, count }, index) => {
        const memory = sessions[index]!.cache;
        lengths.set(memory, position + count);
        for (let row = 0; row < count; row++) places.push({ position: position + row, ...memory });
        lastRows.push({ memory, row: places.length - 1, isOnly: count === 1 });
      });
      if (places.length === 0) return { reading: new Float32Array(0) };
      await this.#memory.reserve(lengths);
      if (this.#boundGeneration !== this.#memory.generation) await this.#bind();
      await prepareStep(this.#gpu, this.#dispatches, Math.min(places.length, rowsPerTurn));
      await prepareStep(this.#gpu, this.#dispatches, places.length % rowsPerTurn);
      const reading = this.#compute(places, lastRows, hidden);
      this.#sessions.advance(rows);
      // Whoever takes these pages next writes them in a later step.
      for (const [memory, length] of lengths) this.#memory.slide(memory, length);
      // Wrapped, because a bare promise would be awaited here and hold up the next call.
      return { reading };
    });
    return reading;
  }

  rewind(session: SessionId, length: number): Promise<void> {
    return this.#turns.take(async () =>
      this.#sessions.rewind(session, length, memory => {
        if (!this.#memory.canRewind(memory, length)) throw tooFarBack(session, length);
        this.#memory.rewind(memory, length);
      }),
    );
  }

  close(session: SessionId): Promise<void> {
    return this.#turns.take(async () => {
      const memory = this.#sessions.close(session);
      if (!memory) return;
      this.#expected.close(memory);
      this.#memory.giveBack(memory);
    });
  }

  dispose(): Promise<void> {
    this.#ending ??= this.#turns.take(async () => {
      this.#disposed = true;
      for (const memory of this.#sessions.closeAll()) this.#expected.close(memory);
      this.#memory.destroy();
      await this.#free();
    });
    return this.#ending;
  }

  #assertUsable(): void {
    if (this.#disposed) freed();
    this.#gpu.assertAlive();
  }

  async #bind(): Promise<void> {
    const { layers, rotationBuffer } = this.#parts;
    const memory = this.#memory;
    await this.#gpu.checked('page tables', memory.stepBytes, () => {
      memory.createSteps();
      this.#dispatches = layers.flatMap(({ before, mix, after }, index) => [
        ...before,
        ...mix(memory.of(index), rotationBuffer),
        ...after,
      ]);
    });
    this.#boundGeneration = memory.generation;
  }

  /** What heads are expected to make of the rows comes with them, in the same submit. */
  async #compute(
    places: readonly RememberedRow[],
    lastRows: readonly LastRow[],
    hidden: Float32Array,
  ): Promise<Float32Array<ArrayBuffer>> {
    const { space } = this.#parts;
    const { width } = this.#hyper;
    const stride = strideOf(width);
    const rowBytes = stride * 4;
    let bytes = places.length * rowBytes;
    const ends = lastRows.map(({ memory, row, isOnly }) => {
      const head = isOnly ? this.#expected.expectedBy(memory) : undefined;
      const at = bytes;
      bytes += head?.bestBytes ?? 0;
      return { memory, row, head, at };
    });
    const read = await this.#gpu.read('a step', bytes, staging => {
      const recording = new Recording(this.#gpu);
      for (let from = 0; from < places.length; from += rowsPerTurn) {
        const turn = places.slice(from, from + rowsPerTurn);
        const positions = 1 + Math.max(...turn.map(({ position }) => position));
        const shares = sharesFor(this.#hyper, turn.length, Math.ceil(positions / pagePositions));
        this.#upload(turn, shares, hidden.subarray(from * width, (from + turn.length) * width));
        recording.run(this.#dispatches, { rows: turn.length, shares, positions });
        recording.copy(space.hidden, 0, staging, from * rowBytes, turn.length * rowBytes);
        for (const { head, row, at } of ends) {
          if (row >= from && row < from + turn.length)
            head?.recordBest(recording, space.hidden, (row - from) * rowBytes, staging, at);
        }
        // What the next turn uploads must not overtake this one.
        recording.submit();
      }
    });
    const rows = stripRows(read.subarray(0, places.length * stride), width, stride);
    for (const { memory, row, head, at } of ends) {
      const ahead = head && { head, made: head.bestOf(read.buffer.slice(at, at + head.bestBytes)) };
      this.#expected.give(memory, rows.slice(row * width, (row + 1) * width), ahead);
    }
    return rows;
  }

  #upload(turn: readonly RememberedRow[], shares: number, hidden: Float32Array): void {
    const { space, rotations, rotationBuffer } = this.#parts;
    const { queue } = this.#gpu.device;
    const { width } = this.#hyper;
    queue.writeBuffer(space.hidden, 0, padRows(hidden, width, strideOf(width)));
    this.#memory.upload(turn, shares);
    for (const { first, turns } of rotations.of(turn)) queue.writeBuffer(rotationBuffer, first * 8, turns);
  }
}

/**
 * shaders/attention.wgsl holds a query and a sum of up to 256 values, and reads keys by fours and values by twos; a gate is
 * as long as the query in front of it.
 */
export function checkHeads(hyper: Hyperparameters): void {
  const { keySize, valueSize, heads, kvHeads, rope, gatedAttention } = hyper;
  const readable = keySize % 4 === 0 && keySize <= 256 && valueSize % 2 === 0 && valueSize <= 256;
  const turns = rope.dimensions % 2 === 0 && rope.dimensions <= keySize;
  if (readable && turns && heads % kvHeads === 0 && (!gatedAttention || keySize === valueSize)) return;
  const reason = `Heads of ${keySize} and ${valueSize} values, ${heads} over ${kvHeads}, are more than the GPU kernels take. Use the CPU.`;
  throw new TabmeshError('unsupported', 'engine', reason);
}
