import { assert } from '../../base/assert.ts';
import type { Heap } from './heap.ts';
import type { Placed } from './placed.ts';

/** Numbers of the steps, as wasm/program.ts has them. */
const steps = { norm: 0, multiply: 1, heads: 2, attend: 3, quantize: 4, gate: 5 } as const;

/** An argument: an address or a count, or a number that the kernels read as f32. */
type Word = number | { readonly f32: number };

const headerWords = 4;
const rowBytes = 16;

/** Rows that matrices are multiplied with. */
export interface Input {
  /** As f32. */
  readonly plain: number;
  /** Quantized; 0 where none of the matrices wants that. */
  readonly blocks: number;
  /** Whether both halves of a quantized block have one scale, as Q4_K and Q5_K need it. */
  readonly shared: boolean;
}

export const inputOf = (plain: number, blocks: number, matrices: readonly Placed[]): Input => ({
  plain,
  blocks: matrices.some(({ wants }) => wants !== 'f32') ? blocks : 0,
  shared: matrices.some(({ wants }) => wants === 'coarse'),
});

export interface Row {
  readonly position: number;
  /** Where the session's pages are listed, layer after layer. */
  readonly pages: number;
  readonly pagesPerLayer: number;
}

/**
 * What the kernels do with a batch of rows, written down once (wasm/program.ts reads it). Buffers that it takes hold `rowsMax` rows
 * and go with it.
 */
export class Program {
  readonly #heap: Heap;
  readonly #rowsMax: number;
  readonly #threads: number;
  readonly #taken: number[] = [];
  readonly #words: Word[] = [];
  readonly #table: number;
  #scratchBytes = 512;
  #address: number | undefined;

  constructor(heap: Heap, rowsMax: number, threads: number) {
    this.#heap = heap;
    this.#rowsMax = rowsMax;
    this.#threads = threads;
    this.#table = this.#take(rowsMax * rowBytes);
  }

  /** Room for `bytes` bytes of each row. */
  buffer(bytes: number): number {
    return this.#take(this.#rowsMax * bytes);
  }

  /** hidden += [norm of] more; then the norm of the sum goes to `input`. */
  norm(step: {
    width: number;
    epsilon: number;
    hidden: number;
    more?: { values: number; norm?: Placed | undefined } | undefined;
    next?: { weights: Placed; input: Input } | undefined;
  }): void {
    this.#step(
      'norm',
      step.width,
      { f32: step.epsilon },
      step.hidden,
      step.more?.values ?? 0,
      step.more?.norm?.address ?? 0,
      step.next?.weights.address ?? 0,
      step.next?.input.plain ?? 0,
      step.next?.input.blocks ?? 0,
      step.next?.input.shared ? 1 : 0,
    );
  }

  /** Each matrix times one input. */
  multiply({ plain, blocks }: Input, products: readonly (readonly [matrix: Placed, to: number])[]): void {
    for (const [{ columns }] of products) this.#scratchBytes = Math.max(this.#scratchBytes, columns * 4);
    const pairs = products.flatMap(([{ address }, to]) => [address, to]);
    this.#step('multiply', plain, blocks, products.length, ...pairs);
  }

  /** The arguments in the order in which wasm/program.ts lists them. */
  heads(...words: Word[]): void {
    assert(words.length === 17, 'arguments of heads');
    this.#step('heads', ...words);
  }

  attend(...words: Word[]): void {
    assert(words.length === 9, 'arguments of attend');
    this.#step('attend', ...words);
  }

  /** Quantizes what stands in `plain`, where a matrix wants that. */
  quantize(width: number, { plain, blocks, shared }: Input): void {
    if (blocks) this.#step('quantize', width, plain, blocks, shared ? 1 : 0);
  }

  /** plain = activation(plain) x up, also quantized. */
  gate(width: number, { plain, blocks, shared }: Input, up: number, activation: 'silu' | 'gelu'): void {
    this.#step('gate', width, plain, up, activation === 'gelu' ? 1 : 0, blocks, shared ? 1 : 0);
  }

  /** Ends the list of steps. */
  finish(): void {
    const words = [...this.#words, 0];
    const scratch = this.#take(this.#scratchBytes * this.#threads);
    const address = this.#take((headerWords + words.length) * 4);
    const view = new DataView(new ArrayBuffer(words.length * 4));
    words.forEach((word, index) => {
      if (typeof word === 'number') view.setUint32(index * 4, word, true);
      else view.setFloat32(index * 4, word.f32, true);
    });
    this.#heap.words(address, headerWords).set([0, this.#table, scratch, this.#scratchBytes]);
    this.#heap.bytes(address + headerWords * 4, view.byteLength).set(new Uint8Array(view.buffer));
    this.#address = address;
  }

  /** Sets the rows of the next run; answers what to run. */
  prepare(rows: readonly Row[]): number {
    assert(
      this.#address !== undefined && rows.length <= this.#rowsMax,
      'a finished program, no more rows than it holds',
    );
    this.#heap.words(this.#address, 1)[0] = rows.length;
    const table = this.#heap.words(this.#table, rows.length * 4);
    rows.forEach(({ position, pages, pagesPerLayer }, index) => {
      table.set([position, pages, pagesPerLayer], index * 4);
    });
    return this.#address;
  }

  release(): void {
    for (const address of this.#taken) this.#heap.release(address);
    this.#taken.length = 0;
  }

  #take(bytes: number): number {
    const address = this.#heap.take(bytes);
    this.#taken.push(address);
    return address;
  }

  #step(kind: keyof typeof steps, ...words: Word[]): void {
    this.#words.push(words.length + 2, steps[kind], ...words);
  }
}
