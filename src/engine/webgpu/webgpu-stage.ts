import { must } from '../../base/assert.ts';
import type { SessionId } from '../../base/brand.ts';
import { TabmeshError } from '../../base/error.ts';
import type { Hyperparameters, LayerRange } from '../../model/model.ts';
import { freed, Sessions } from '../sessions.ts';
import type { Rows, Stage } from '../stage.ts';
import { type Dispatch, prepare, Recording, strideOf } from './dispatch.ts';
import type { Gpu } from './gpu.ts';
import type { GpuLayer } from './gpu-layer.ts';
import { KvPool, type PageTable, pagePositions } from './kv-pool.ts';
import { padRows, stripRows } from './padding.ts';
import { sharesFor } from './shares.ts';
import { type Rotations, type StepRow, stepWords, wordsPerRow } from './step.ts';
import { rowsPerTurn, type Workspace } from './workspace.ts';

export interface StageParts {
  readonly layers: readonly GpuLayer[];
  readonly space: Workspace;
  readonly rotations: Rotations;
  readonly rotationBuffer: GPUBuffer;
  readonly weightBytes: number;
}

/** Calls queue up for the moment in which they are encoded; reading back overlaps with the encoding of the next. */
export class WebGpuStage implements Stage {
  readonly layers: LayerRange;
  readonly weightBytes: number;
  readonly #gpu: Gpu;
  readonly #hyper: Hyperparameters;
  readonly #parts: StageParts;
  readonly #free: () => Promise<void>;
  readonly #pool: KvPool;
  readonly #sessions = new Sessions<PageTable>();
  #turn: Promise<unknown> = Promise.resolve();
  #step: GPUBuffer | undefined;
  /** Of all layers, in order; made for the caches of #boundGeneration. */
  #dispatches: readonly Dispatch[] = [];
  #boundGeneration = -1;
  #disposed = false;
  #ending: Promise<void> | undefined;

  constructor(
    gpu: Gpu,
    hyper: Hyperparameters,
    layers: LayerRange,
    parts: StageParts,
    free: () => Promise<void>,
  ) {
    this.layers = layers;
    this.weightBytes = parts.weightBytes;
    this.#gpu = gpu;
    this.#hyper = hyper;
    this.#parts = parts;
    this.#free = free;
    this.#pool = new KvPool(gpu, hyper, parts.layers.length);
  }

  open(session: SessionId, capacity: number): Promise<void> {
    return this.#inTurn(async () => {
      this.#assertUsable();
      this.#sessions.open(session, capacity, () => this.#pool.promise(capacity));
    });
  }

  async forward(rows: readonly Rows[], hidden: Float32Array): Promise<Float32Array<ArrayBuffer>> {
    const { reading } = await this.#inTurn(async () => {
      this.#assertUsable();
      const sessions = this.#sessions.check(rows, hidden, this.#hyper.width);
      const lengths = new Map<PageTable, number>();
      const places: StepRow[] = [];
      rows.forEach(({ position, count }, index) => {
        const table = sessions[index]!.cache;
        lengths.set(table, position + count);
        for (let row = 0; row < count; row++) places.push({ position: position + row, table });
      });
      if (places.length === 0) return { reading: new Float32Array(0) };
      await this.#pool.reserve(lengths);
      if (this.#boundGeneration !== this.#pool.generation) await this.#bind();
      await prepare(this.#dispatches, Math.min(places.length, rowsPerTurn));
      await prepare(this.#dispatches, places.length % rowsPerTurn);
      const reading = this.#compute(places, hidden);
      this.#sessions.advance(rows);
      // Wrapped, because a bare promise would be awaited here and hold up the next call.
      return { reading };
    });
    const stride = strideOf(this.#hyper.width);
    return stripRows(await reading, this.#hyper.width, stride);
  }

  rewind(session: SessionId, length: number): Promise<void> {
    return this.#inTurn(async () => this.#sessions.rewind(session, length));
  }

  close(session: SessionId): Promise<void> {
    return this.#inTurn(async () => {
      const table = this.#sessions.close(session);
      if (table) this.#pool.giveBack(table);
    });
  }

  dispose(): Promise<void> {
    this.#ending ??= this.#inTurn(async () => {
      this.#disposed = true;
      this.#sessions.closeAll();
      this.#pool.destroy();
      this.#step?.destroy();
      await this.#free();
    });
    return this.#ending;
  }

  #assertUsable(): void {
    if (this.#disposed) freed();
    this.#gpu.assertAlive();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => {});
    return result;
  }

  async #bind(): Promise<void> {
    const { layers, rotationBuffer } = this.#parts;
    const bytes = (rowsPerTurn * wordsPerRow + this.#pool.pages) * 4;
    this.#step?.destroy();
    await this.#gpu.checked('page tables', bytes, () => {
      const step = this.#gpu.device.createBuffer({
        label: 'step',
        size: bytes,
        usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST,
      });
      this.#step = step;
      this.#dispatches = layers.flatMap(({ before, attention, after }, index) => [
        ...before,
        ...attention(this.#pool.layers[index]!, { step, rotations: rotationBuffer }),
        ...after,
      ]);
    });
    this.#boundGeneration = this.#pool.generation;
  }

  /** Padded rows in, padded rows out. */
  #compute(places: readonly StepRow[], hidden: Float32Array): Promise<Float32Array<ArrayBuffer>> {
    const { space } = this.#parts;
    const { width } = this.#hyper;
    const rowBytes = strideOf(width) * 4;
    return this.#gpu.read('a step', places.length * rowBytes, staging => {
      const recording = new Recording(this.#gpu.device);
      for (let from = 0; from < places.length; from += rowsPerTurn) {
        const turn = places.slice(from, from + rowsPerTurn);
        const positions = 1 + Math.max(...turn.map(({ position }) => position));
        const shares = sharesFor(this.#hyper, turn.length, Math.ceil(positions / pagePositions));
        this.#upload(turn, shares, hidden.subarray(from * width, (from + turn.length) * width));
        recording.run(this.#dispatches, { rows: turn.length, shares, positions });
        recording.copy(space.hidden, 0, staging, from * rowBytes, turn.length * rowBytes);
        // What the next turn uploads must not overtake this one.
        recording.submit();
      }
    });
  }

  #upload(turn: readonly StepRow[], shares: number, hidden: Float32Array): void {
    const { space, rotations, rotationBuffer } = this.#parts;
    const { queue } = this.#gpu.device;
    const { width } = this.#hyper;
    queue.writeBuffer(space.hidden, 0, padRows(hidden, width, strideOf(width)));
    queue.writeBuffer(must(this.#step), 0, stepWords(turn, shares));
    for (const { first, turns } of rotations.of(turn)) queue.writeBuffer(rotationBuffer, first * 8, turns);
  }
}

/** shaders/attention.wgsl holds a query and a sum of up to 256 values, and reads keys by fours and values by twos. */
export function checkHeads({ keySize, valueSize, heads, kvHeads, rope }: Hyperparameters): void {
  const readable = keySize % 4 === 0 && keySize <= 256 && valueSize % 2 === 0 && valueSize <= 256;
  if (readable && heads % kvHeads === 0 && rope.dimensions % 2 === 0 && rope.dimensions <= keySize) return;
  const reason = `Heads of ${keySize} and ${valueSize} values, ${heads} over ${kvHeads}, are more than the GPU kernels take. Use the CPU.`;
  throw new TabmeshError('unsupported', 'engine', reason);
}
