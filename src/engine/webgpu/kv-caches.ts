import { must } from '../../base/assert.ts';
import { TabmeshError } from '../../base/error.ts';
import { slidingRewindMax } from '../../base/limits.ts';
import {
  type Hyperparameters,
  isRecurrentLayer,
  isSlidingLayer,
  type LayerRange,
} from '../../model/model.ts';
import type { Gpu } from './gpu.ts';
import { KvPool, type LayerCache, type PageTable } from './kv-pool.ts';
import { stepWords, wordsPerRow } from './step.ts';
import { rowsPerTurn } from './workspace.ts';

/** Layers that keep the same positions. */
interface Kind {
  /** Counted from the first of the stage. */
  readonly layers: readonly number[];
  readonly pool: KvPool;
  step: GPUBuffer | undefined;
}

/** A session's pages, for each kind of layers. */
export type SessionPages = readonly PageTable[];

/** Of one layer. */
export interface AttentionMemory {
  readonly cache: LayerCache;
  readonly step: GPUBuffer;
}

export interface CachedRow {
  readonly position: number;
  readonly pages: SessionPages;
}

/** Keys and values of all sessions of a stage: whole in most layers, in those that slide (gemma3) what their window needs. */
export class KvCaches {
  readonly #gpu: Gpu;
  readonly #kinds: readonly Kind[];

  constructor(gpu: Gpu, hyper: Hyperparameters, { first, last }: LayerRange) {
    this.#gpu = gpu;
    const all = Array.from({ length: last - first }, (_, layer) => layer);
    const layers = all.filter(layer => !isRecurrentLayer(hyper, first + layer));
    this.#kinds = [Infinity, hyper.sliding?.window ?? 0].flatMap((window, kind) => {
      const own = layers.filter(layer => isSlidingLayer(hyper, first + layer) === (kind === 1));
      if (own.length === 0) return [];
      return [{ layers: own, pool: new KvPool(gpu, hyper, own.length, window), step: undefined }];
    });
  }

  /** Changes with the buffers of any layer. */
  get generation(): number {
    return this.#kinds.reduce((sum, { pool }) => sum + pool.generation, 0);
  }

  /** Throws TabmeshError('full', 'engine') where no buffer of this device could hold what was promised. */
  promise(capacity: number): SessionPages {
    const pages: PageTable[] = [];
    try {
      for (const { pool } of this.#kinds) pages.push(pool.promise(capacity));
    } catch (error) {
      this.giveBack(pages);
      throw error;
    }
    return pages;
  }

  giveBack(pages: SessionPages): void {
    for (const [kind, table] of pages.entries()) this.#kinds[kind]!.pool.giveBack(table);
  }

  /** Makes room for `lengths` positions of each session. Throws TabmeshError('full', 'engine'). */
  async reserve(lengths: ReadonlyMap<SessionPages, number>): Promise<void> {
    for (const [kind, { pool }] of this.#kinds.entries())
      await pool.reserve(new Map([...lengths].map(([pages, length]) => [pages[kind]!, length])));
  }

  /** Gives back what a session of `length` positions needs no more. */
  slide(pages: SessionPages, length: number): void {
    for (const [kind, { pool }] of this.#kinds.entries()) pool.slide(pages[kind]!, length);
  }

  /** Throws TabmeshError('unsupported', 'engine') where what a row at `length` sees is gone, and changes nothing then. */
  rewind(pages: SessionPages, length: number): void {
    if (!this.#kinds.every(({ pool }, kind) => pool.canRewind(pages[kind]!, length))) {
      const reason = `A sliding layer cannot go back to position ${length}: it keeps ${slidingRewindMax} positions beyond its window. Rewind to 0 and send the rows again.`;
      throw new TabmeshError('unsupported', 'engine', reason);
    }
    for (const [kind, { pool }] of this.#kinds.entries()) pool.rewind(pages[kind]!, length);
  }

  get stepBytes(): number {
    return this.#kinds.reduce((sum, kind) => sum + stepBytes(kind), 0);
  }

  /** Buffers for the rows of steps, to be made anew whenever `generation` changes; belongs into `gpu.checked`. */
  createSteps(): void {
    for (const kind of this.#kinds) {
      if (kind.step) this.#gpu.destroy(kind.step);
      kind.step = this.#gpu.createBuffer('scratch', {
        label: 'step',
        size: stepBytes(kind),
        usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST,
      });
    }
  }

  /** Of layer `layer`, counted from the first of the stage. */
  of(layer: number): AttentionMemory {
    const { layers, pool, step } = must(this.#kinds.find(({ layers }) => layers.includes(layer)));
    return { cache: pool.layers[layers.indexOf(layer)]!, step: must(step) };
  }

  upload(rows: readonly CachedRow[], shares: number): void {
    for (const [kind, { step }] of this.#kinds.entries()) {
      const own = rows.map(({ position, pages }) => ({ position, table: pages[kind]! }));
      this.#gpu.device.queue.writeBuffer(must(step), 0, stepWords(own, shares));
    }
  }

  destroy(): void {
    for (const { pool, step } of this.#kinds) {
      pool.destroy();
      if (step) this.#gpu.destroy(step);
    }
  }
}

/** Any rows of a turn, and the tables of all sessions. */
const stepBytes = ({ pool }: Kind): number => (rowsPerTurn * wordsPerRow + pool.pages) * 4;
