import { assert } from '../../base/assert.ts';
import type { Hyperparameters } from '../../model/model.ts';
import type { Heap } from './heap.ts';
import type { Pass } from './machine.ts';
import type { Placed } from './placed.ts';

/** Numbers of the steps, as wasm/program.ts has them. */
const steps = {
  norm: 0,
  multiply: 1,
  heads: 2,
  attend: 3,
  quantize: 4,
  gate: 5,
  choose: 6,
  group: 7,
  gather: 8,
  mix: 9,
  delta: 10,
} as const;

/** An argument: an address or a count, or a number that the kernels read as f32. */
type Word = number | { readonly f32: number };

/** As in wasm/batch.ts: the words of the header, those of them that change with every batch, and the words of a row and of a run. */
const headerWords = 10;
const [rowsAt, runsAt, wholeAt] = [0, 4, 9];
const rowWords = 3;
const runWords = 4;
/** As in wasm/panel.ts: a panel where products are made of 16-bit values, and behind it the sums of each row, or of both its halves. */
const panelBytes = 9216;
const sumBytes = 64;

/** Rows that matrices are multiplied with. */
export interface Input {
  /** As f32. */
  readonly plain: number;
  /** Quantized; 0 where none of the matrices wants that. */
  readonly blocks: number;
  /** Whether both halves of a quantized block have one scale, as Q4_K and Q5_K need it. */
  readonly shared: boolean;
  /** Whether what rounding to 8 bits leaves is quantized as well and multiplied too: some 15 bits for twice the work. */
  readonly twice: boolean;
}

export const inputOf = (
  plain: number,
  blocks: number,
  matrices: readonly Placed[],
  twice = false,
): Input => ({
  plain,
  blocks: matrices.some(({ wants }) => wants !== 'f32') ? blocks : 0,
  shared: matrices.some(({ wants }) => wants === 'coarse'),
  twice,
});

type Experts = NonNullable<Hyperparameters['experts']>;

/** Which experts rows chose. */
export interface Routes extends Experts {
  readonly choices: number;
  /** Rows of each expert that was chosen, for `multiply`. */
  readonly parts: number;
}

/** Consecutive rows of one session. */
export interface Run {
  readonly position: number;
  readonly count: number;
  /** Where the session's pages are listed, layer after layer. */
  readonly pages: number;
  readonly pagesPerLayer: number;
  /** Where the states of its recurrent layers are listed. */
  readonly states: number;
  /** The position from which those states have to be made again; -1 where they are those at `position`. */
  readonly again: number;
}

/** Rows that see none before them. */
export const alone = (count: number): Run => ({
  position: 0,
  count,
  pages: 0,
  pagesPerLayer: 0,
  states: 0,
  again: -1,
});

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
  readonly #rows: number;
  readonly #runs: number;
  #scratchBytes: number;
  /** Multiply-adds of a row, in matrices, and for each position that it sees. */
  #rowWork = 0;
  #positionWork = 0;
  #steps = 0;
  #address: number | undefined;

  constructor(heap: Heap, rowsMax: number, threads: number) {
    this.#heap = heap;
    this.#rowsMax = rowsMax;
    this.#threads = threads;
    this.#scratchBytes = panelBytes + sumBytes * (2 * rowsMax + 1);
    this.#rows = this.buffer((rowWords + runWords) * 4);
    this.#runs = this.#rows + rowsMax * rowWords * 4;
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
      step.next?.input.twice ? 1 : 0,
    );
  }

  /** Each matrix times one input; of experts each times its part of it (see `route`). */
  multiply(
    { plain, blocks, twice }: Input,
    products: readonly (readonly [matrix: Placed, to: number])[],
    routes?: Routes,
  ): void {
    for (const [{ columns, rows }] of products) {
      this.#scratch(columns * 4);
      this.#rowWork += columns * rows * (routes?.used ?? 1);
    }
    const pairs = products.flatMap(([{ address }, to]) => [address, to]);
    this.#step('multiply', routes?.parts ?? 0, plain, blocks, twice ? 1 : 0, products.length, ...pairs);
  }

  /** The arguments in the order in which wasm/attention-steps.ts lists them; `attend` also takes its multiply-adds for each position. */
  heads(...words: Word[]): void {
    assert(words.length === 18, 'arguments of heads');
    this.#step('heads', ...words);
  }

  attend(positionWork: number, ...words: Word[]): void {
    assert(words.length === 10, 'arguments of attend');
    this.#positionWork += positionWork;
    this.#step('attend', ...words);
  }

  /** The arguments in the order in which wasm/delta-step.ts lists them. */
  delta(scratchBytes: number, ...words: Word[]): void {
    assert(words.length === 13, 'arguments of delta');
    this.#scratch(scratchBytes);
    this.#step('delta', ...words);
  }

  /** Quantizes what stands in `plain`, where a matrix wants that. */
  quantize(width: number, { plain, blocks, shared, twice }: Input): void {
    if (blocks) this.#step('quantize', width, plain, blocks, shared ? 1 : 0, twice ? 1 : 0);
  }

  /** plain = activation(plain) x up, also quantized. */
  gate(
    width: number,
    { plain, blocks, shared, twice }: Input,
    up: number,
    activation: 'silu' | 'gelu',
  ): void {
    assert(!twice, 'the gate quantizes once');
    this.#step('gate', width, plain, up, activation === 'gelu' ? 1 : 0, blocks, shared ? 1 : 0);
  }

  /** Room for what rows choose of experts. */
  routes({ count, used }: Experts): Routes {
    this.#scratch(count * 4);
    return { count, used, choices: this.buffer(used * 12), parts: this.buffer(used * 12 + 4) };
  }

  /**
   * Chooses experts by their scores, and puts the rows, as `input` has them, in the order of the experts into `gathered`: each row as
   * often as it has experts.
   */
  route(
    { count, used, choices, parts }: Routes,
    scores: number,
    width: number,
    input: Input,
    gathered: Input,
  ): void {
    assert(!input.twice && !gathered.twice, 'rows are gathered as they were quantized once');
    this.#step('choose', scores, count, used, choices);
    this.#step('group', choices, count, used, parts);
    this.#step('gather', choices, used, width, input.plain, gathered.plain, input.blocks, gathered.blocks);
  }

  /** Rows in the order of the experts back to those of the batch, by weight. */
  mix({ choices, used }: Routes, width: number, from: number, to: number): void {
    this.#step('mix', choices, used, width, from, to);
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
    const header = [0, this.#rows, scratch, this.#scratchBytes, 0, this.#runs, 1, 0, 0, 0];
    this.#heap.words(address, headerWords).set(header);
    this.#heap.bytes(address + headerWords * 4, view.byteLength).set(new Uint8Array(view.buffer));
    this.#address = address;
  }

  /** Sets the rows of the next pass; no two runs are of one session. */
  prepare(runs: readonly Run[]): Pass {
    const total = runs.reduce((sum, { count }) => sum + count, 0);
    const seen = runs.reduce((sum, { position, count }) => sum + count * (position + count), 0);
    assert(
      this.#address !== undefined && total <= this.#rowsMax,
      'a finished program, no more rows than it holds',
    );
    const header = this.#heap.words(this.#address, headerWords);
    header[rowsAt] = total;
    header[runsAt] = runs.length;
    header[wholeAt] = total;
    const rows = this.#heap.words(this.#rows, total * rowWords);
    const table = this.#heap.words(this.#runs, runs.length * runWords);
    let row = 0;
    runs.forEach(({ position, count, pages, pagesPerLayer, states, again }, index) => {
      table.set([row, count, states, again], index * runWords);
      for (let i = 0; i < count; i++, row++) rows.set([position + i, pages, pagesPerLayer], row * rowWords);
    });
    return {
      program: this.#address,
      stepWork: (total * this.#rowWork + seen * this.#positionWork) / this.#steps,
    };
  }

  release(): void {
    for (const address of this.#taken) this.#heap.release(address);
    this.#taken.length = 0;
  }

  #scratch(bytes: number): void {
    this.#scratchBytes = Math.max(this.#scratchBytes, bytes);
  }

  #take(bytes: number): number {
    const address = this.#heap.take(bytes);
    this.#taken.push(address);
    return address;
  }

  #step(kind: keyof typeof steps, ...words: Word[]): void {
    this.#steps += 1;
    this.#words.push(words.length + 2, steps[kind], ...words);
  }
}
