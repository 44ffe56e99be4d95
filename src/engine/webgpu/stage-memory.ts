import { must } from '../../base/assert.ts';
import { type Hyperparameters, isRecurrentLayer, type LayerRange } from '../../model/model.ts';
import { type DeltaMemory, DeltaPool } from './delta-pool.ts';
import type { DeltaTrack } from './delta-track.ts';
import type { Gpu } from './gpu.ts';
import { type AttentionMemory, KvCaches, type SessionPages } from './kv-caches.ts';

/** What the layers of a stage remember of one session. */
export interface SessionMemory {
  readonly pages: SessionPages;
  /** Of all recurrent layers: they go the same way. Missing where there are none. */
  readonly track?: DeltaTrack;
}

export interface RememberedRow extends SessionMemory {
  readonly position: number;
}

/** What one layer remembers of all sessions, and where its kernels learn about the rows of a step. */
export type LayerMemory = AttentionMemory | DeltaMemory;

/** Keys and values in the layers of a stage that have attention, states in those that are recurrent. */
export class StageMemory {
  readonly #caches: KvCaches;
  readonly #states: DeltaPool | undefined;
  /** Counted from the first of the stage. */
  readonly #recurrent: readonly number[];

  constructor(gpu: Gpu, hyper: Hyperparameters, layers: LayerRange) {
    const { first, last } = layers;
    this.#caches = new KvCaches(gpu, hyper, layers);
    this.#recurrent = Array.from({ length: last - first }, (_, layer) => layer).filter(layer =>
      isRecurrentLayer(hyper, first + layer),
    );
    if (this.#recurrent.length > 0)
      this.#states = new DeltaPool(gpu, must(hyper.deltaNet), this.#recurrent.length);
  }

  /** Changes with the buffers of any layer. */
  get generation(): number {
    return this.#caches.generation + (this.#states?.generation ?? 0);
  }

  /** Throws TabmeshError('full', 'engine') where no buffer of this device could hold what was promised. */
  promise(capacity: number): SessionMemory {
    const pages = this.#caches.promise(capacity);
    try {
      return this.#states ? { pages, track: this.#states.promise() } : { pages };
    } catch (error) {
      this.#caches.giveBack(pages);
      throw error;
    }
  }

  giveBack({ pages, track }: SessionMemory): void {
    this.#caches.giveBack(pages);
    if (track) this.#states?.giveBack(track);
  }

  /** Makes room for `lengths` positions of each session. Throws TabmeshError('full', 'engine'). */
  async reserve(lengths: ReadonlyMap<SessionMemory, number>): Promise<void> {
    await this.#caches.reserve(new Map([...lengths].map(([{ pages }, length]) => [pages, length])));
    await this.#states?.reserve([...lengths.keys()].map(({ track }) => must(track)));
  }

  /** Gives back what a session of `length` positions needs no more. */
  slide({ pages }: SessionMemory, length: number): void {
    this.#caches.slide(pages, length);
  }

  /** Of a state that is gone; what a window left, `rewind` refuses itself. */
  canRewind({ track }: SessionMemory, length: number): boolean {
    return track?.canRewind(length) ?? true;
  }

  rewind({ pages, track }: SessionMemory, length: number): void {
    this.#caches.rewind(pages, length);
    track?.rewind(length);
  }

  get stepBytes(): number {
    return this.#caches.stepBytes + (this.#states?.stepBytes ?? 0);
  }

  /** Buffers for the rows of steps, to be made anew whenever `generation` changes; belongs into `gpu.checked`. */
  createSteps(): void {
    this.#caches.createSteps();
    this.#states?.createStep();
  }

  /** Of layer `layer`, counted from the first of the stage. */
  of(layer: number): LayerMemory {
    const index = this.#recurrent.indexOf(layer);
    return index < 0 ? this.#caches.of(layer) : must(this.#states).of(index);
  }

  /** What comes next is a step of these rows. */
  upload(rows: readonly RememberedRow[], shares: number): void {
    this.#caches.upload(rows, shares);
    this.#states?.upload(rows.map(({ position, track }) => ({ position, track: must(track) })));
  }

  destroy(): void {
    this.#caches.destroy();
    this.#states?.destroy();
  }
}
