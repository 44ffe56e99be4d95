import { TabmeshError } from '../../base/error.ts';
import { rowsPerForwardMax, slidingRewindMax } from '../../base/limits.ts';
import type { Hyperparameters } from '../../model/model.ts';
import type { Gpu } from './gpu.ts';
import { LayerBuffers } from './layer-buffers.ts';

/** Positions a page; shaders/attention.wgsl takes one page a turn. */
export const pagePositions = 64;

/** Pages of one session, in the order of its positions. */
export interface PageTable {
  readonly promised: number;
  /** Pages in front of `pages` that were given back, because no row sees them any more. */
  dropped: number;
  readonly pages: number[];
}

export interface LayerCache {
  readonly keys: GPUBuffer;
  readonly values: GPUBuffer;
}

/**
 * Keys and values of all sessions in layers that see equally far, as f16: two buffers a layer, cut into pages that
 * sessions take as they grow, so that rows of several sessions share one dispatch. The buffers double up to what the
 * open sessions were promised.
 */
export class KvPool {
  readonly #buffers: LayerBuffers<keyof LayerCache>;
  readonly #window: number;
  readonly #free: number[] = [];
  #promised = 0;

  /** `window` is how many positions a row sees, itself included. */
  constructor(
    gpu: Gpu,
    { kvHeads, keySize, valueSize }: Hyperparameters,
    layerCount: number,
    window = Infinity,
  ) {
    const keys = pagePositions * kvHeads * keySize * 2;
    const values = pagePositions * kvHeads * valueSize * 2;
    this.#buffers = new LayerBuffers(gpu, { keys, values }, layerCount);
    this.#window = window;
  }

  /** That exist in every layer. */
  get pages(): number {
    return this.#buffers.units;
  }

  /** Changes with the buffers in `layers`. */
  get generation(): number {
    return this.#buffers.generation;
  }

  /** One entry a layer once there are pages. */
  get layers(): readonly LayerCache[] {
    return this.#buffers.layers;
  }

  /** Throws TabmeshError('full', 'engine') where no buffer of this device could hold what was promised. */
  promise(positions: number): PageTable {
    // Where the first of them begins within its page, there is one more.
    const kept = this.#window + slidingRewindMax + rowsPerForwardMax + pagePositions;
    const wanted = Math.ceil(Math.min(positions, kept) / pagePositions);
    const most = this.#buffers.unitsMax;
    if (this.#promised + wanted > most) {
      const left = Math.max(0, most - this.#promised) * pagePositions;
      const reason = `This GPU holds ${most * pagePositions} positions in all, ${left} of them free; ${positions} were asked for. Start a shorter conversation.`;
      throw new TabmeshError('full', 'engine', reason);
    }
    this.#promised += wanted;
    return { promised: wanted, dropped: 0, pages: [] };
  }

  giveBack({ promised, pages }: PageTable): void {
    this.#promised -= promised;
    this.#free.push(...pages);
  }

  /** Makes room for `lengths` positions of each table. Throws TabmeshError('full', 'engine') and changes no table then. */
  async reserve(lengths: ReadonlyMap<PageTable, number>): Promise<void> {
    let missing = 0;
    for (const [{ dropped, pages }, length] of lengths) {
      missing += Math.max(0, Math.ceil(length / pagePositions) - dropped - pages.length);
    }
    if (missing > this.#free.length) {
      const { pages } = this;
      const needed = pages - this.#free.length + missing;
      await this.#buffers.grow(Math.max(needed, Math.min(this.#promised, pages * 2)));
      for (let page = pages; page < this.pages; page++) this.#free.push(page);
    }
    for (const [{ dropped, pages }, length] of lengths) {
      while ((dropped + pages.length) * pagePositions < length) pages.push(this.#free.pop()!);
    }
  }

  /** Gives back the pages that a row at `length` does not see, nor one `slidingRewindMax` before it. */
  slide(table: PageTable, length: number): void {
    const unseen = Math.floor((length - slidingRewindMax - this.#window + 1) / pagePositions);
    const gone = table.pages.splice(0, Math.max(0, unseen - table.dropped));
    table.dropped += gone.length;
    this.#free.push(...gone);
  }

  canRewind({ dropped }: PageTable, length: number): boolean {
    return length === 0 || dropped === 0 || length - this.#window + 1 >= dropped * pagePositions;
  }

  /** `canRewind` has to hold. Other pages stay where they are: nothing reads a row before it is written again. */
  rewind(table: PageTable, length: number): void {
    if (length > 0) return;
    this.#free.push(...table.pages.splice(0));
    table.dropped = 0;
  }

  destroy(): void {
    this.#buffers.destroy();
  }
}
