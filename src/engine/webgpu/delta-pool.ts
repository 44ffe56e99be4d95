import { must } from '../../base/assert.ts';
import { TabmeshError } from '../../base/error.ts';
import { rewindRowsMax, sessionsPerStageMax } from '../../base/limits.ts';
import type { DeltaNet } from '../../model/model.ts';
import { type DeltaRow, deltaWords, deltaWordsPerRow } from './delta-step.ts';
import { DeltaTrack, statesKept } from './delta-track.ts';
import type { Gpu } from './gpu.ts';
import { LayerBuffers } from './layer-buffers.ts';
import { keptColumns, rowsPerTurn } from './workspace.ts';

/** Of one layer: the states of each session, the rows that it may have to take again, and what a step's kernels learn. */
export interface DeltaMemory {
  readonly states: GPUBuffer;
  readonly kept: GPUBuffer;
  readonly rows: GPUBuffer;
}

/** Those behind the older of two saved states, and those before it that the convolution looks back on. */
export const keptRows = (net: DeltaNet): number => 2 * rewindRowsMax + net.kernel - 1;

/**
 * The recurrent states of all sessions of a stage: two buffers a layer with a slot for each session, so that rows of several
 * sessions share one dispatch. A slot that is taken again needs no clearing: rows at position 0 begin at zeros.
 */
export class DeltaPool {
  readonly #gpu: Gpu;
  readonly #buffers: LayerBuffers<'states' | 'kept'>;
  readonly #taken = new Set<number>();
  readonly #slotsMax: number;
  #rows: GPUBuffer | undefined;

  constructor(gpu: Gpu, net: DeltaNet, layerCount: number) {
    this.#gpu = gpu;
    const states = statesKept * net.valueHeads * net.headSize ** 2 * 4;
    const kept = keptRows(net) * keptColumns(net) * 4;
    this.#buffers = new LayerBuffers(gpu, { states, kept }, layerCount);
    this.#slotsMax = Math.min(sessionsPerStageMax, this.#buffers.unitsMax);
  }

  get generation(): number {
    return this.#buffers.generation;
  }

  /** Throws TabmeshError('full', 'engine') where no buffer of this device could hold one more. */
  promise(): DeltaTrack {
    let slot = 0;
    while (this.#taken.has(slot)) slot++;
    if (slot >= this.#slotsMax) {
      const reason = `This GPU holds the states of ${this.#slotsMax} conversations. Try again when one has ended.`;
      throw new TabmeshError('full', 'engine', reason);
    }
    this.#taken.add(slot);
    return new DeltaTrack(slot);
  }

  giveBack({ slot }: DeltaTrack): void {
    this.#taken.delete(slot);
  }

  /** Room for the slots of `tracks`, and no more than that: one is megabytes. Throws TabmeshError('full', 'engine'). */
  async reserve(tracks: Iterable<DeltaTrack>): Promise<void> {
    const slots = Array.from(tracks, ({ slot }) => slot + 1);
    await this.#buffers.grow(Math.max(0, ...slots));
  }

  get stepBytes(): number {
    return rowsPerTurn * deltaWordsPerRow * 4;
  }

  /** Belongs into `gpu.checked`. */
  createStep(): void {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;
    const size = this.stepBytes;
    this.#rows ??= this.#gpu.createBuffer('scratch', { label: 'delta step', size, usage });
  }

  /** Of layer `index` of those that are recurrent, once there is room for a session. */
  of(index: number): DeltaMemory {
    return { ...this.#buffers.layers[index]!, rows: must(this.#rows) };
  }

  upload(rows: readonly DeltaRow[]): void {
    this.#gpu.device.queue.writeBuffer(must(this.#rows), 0, deltaWords(rows));
  }

  destroy(): void {
    this.#buffers.destroy();
    if (this.#rows) this.#gpu.destroy(this.#rows);
  }
}
