/** What the kernels need to know about the rows of one step, beside the hidden states. */
import type { Hyperparameters } from '../../model/model.ts';
import { ropeFrequencies } from '../cpu/rope.ts';
import { type PageTable, pagePositions } from './kv-pool.ts';

export interface StepRow {
  readonly position: number;
  readonly table: PageTable;
}

/** Words before the page tables, for each row: position, cell, start of its page table, shares (in row 0). */
export const wordsPerRow = 4;

/** Rows, then the page tables of the sessions among them, as shaders/place-heads.wgsl and attention.wgsl read them. */
export function stepWords(rows: readonly StepRow[], shares: number): Uint32Array<ArrayBuffer> {
  const starts = new Map<PageTable, number>();
  const tables: number[] = [];
  for (const { table } of rows) {
    if (starts.has(table)) continue;
    // May wrap around below 0, as the kernels' sum with the number of a page does.
    starts.set(table, rows.length * wordsPerRow + tables.length - table.dropped);
    tables.push(...table.pages);
  }
  const words = new Uint32Array(rows.length * wordsPerRow + tables.length);
  rows.forEach(({ position, table }, row) => {
    const page = table.pages[Math.floor(position / pagePositions) - table.dropped]!;
    const cell = page * pagePositions + (position % pagePositions);
    words.set([position, cell, starts.get(table)!, row === 0 ? shares : 0], row * wordsPerRow);
  });
  words.set(tables, rows.length * wordsPerRow);
  return words;
}

/** Turns of the rotary embedding: one set for all layers, and where layers slide (gemma3) a second one for those. */
export class Rotations {
  readonly #frequencies: readonly Float64Array[];
  readonly #rowsMax: number;

  /** `rowsMax` rows of the first set lie before the second. */
  constructor(hyper: Hyperparameters, divisors: Float32Array | undefined, rowsMax: number) {
    const global = ropeFrequencies(hyper, false, divisors);
    this.#frequencies = hyper.sliding ? [global, ropeFrequencies(hyper, true, divisors)] : [global];
    this.#rowsMax = rowsMax;
  }

  /** Of the buffer that holds all sets. */
  get bytes(): number {
    return this.first(this.#frequencies.length) * 8;
  }

  /** Index of the first (cosine, sine) of a set; set 1 is that of sliding layers. */
  first(set: number): number {
    return set * this.#rowsMax * this.#frequencies[0]!.length;
  }

  /** For each set where it begins, and rows x pairs x (cosine, sine). */
  of(rows: readonly { readonly position: number }[]): { first: number; turns: Float32Array<ArrayBuffer> }[] {
    return this.#frequencies.map((frequencies, set) => {
      const turns = new Float32Array(rows.length * frequencies.length * 2);
      let at = 0;
      for (const { position } of rows) {
        for (const frequency of frequencies) {
          turns[at++] = Math.cos(position * frequency);
          turns[at++] = Math.sin(position * frequency);
        }
      }
      return { first: this.first(set), turns };
    });
  }
}
