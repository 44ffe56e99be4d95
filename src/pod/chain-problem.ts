/**
 * Which peers compute which layers, in which order, so that one token takes the least time. Costs are whole nanoseconds and
 * peers are numbers, so every member finds the same chain of the same figures.
 */
export interface ChainProblem {
  readonly layers: number;
  /** Bytes of all layers before each: layers + 1 numbers that never fall. */
  readonly bytesBefore: Float64Array;
  /** Bytes that each peer has for its range. */
  readonly room: readonly number[];
  /** For each peer, what it takes for all layers before each: layers + 1 numbers that never fall. */
  readonly costBefore: readonly Float64Array[];
  /** From whoever asks to each peer, and back. */
  readonly enter: readonly number[];
  readonly leave: readonly number[];
  /** between[a][b]: from a to b. */
  readonly between: readonly (readonly number[])[];
}

export interface ChainPart {
  readonly peer: number;
  readonly first: number;
  readonly last: number;
}

export interface FoundChain {
  readonly cost: number;
  readonly parts: readonly ChainPart[];
}

/** What the parts cost, which need not be the cheapest. */
export function costOf(problem: ChainProblem, parts: readonly ChainPart[]): number {
  const { costBefore, enter, leave, between } = problem;
  let cost = enter[parts[0]!.peer]! + leave[parts.at(-1)!.peer]!;
  for (const [index, { peer, first, last }] of parts.entries()) {
    cost += costBefore[peer]![last]! - costBefore[peer]![first]!;
    if (index > 0) cost += between[parts[index - 1]!.peer]![peer]!;
  }
  return cost;
}

/** The same problem from its end: what ends a chain there begins it here. */
export function mirrored(problem: ChainProblem): ChainProblem {
  const { layers, bytesBefore, room, costBefore, enter, leave, between } = problem;
  const turn = (before: Float64Array) => before.map((_, at) => before[layers]! - before[layers - at]!);
  return {
    layers,
    bytesBefore: turn(bytesBefore),
    room,
    costBefore: costBefore.map(turn),
    enter: leave,
    leave: enter,
    between: between.map((row, a) => row.map((_, b) => between[b]![a]!)),
  };
}

export const mirroredParts = (parts: readonly ChainPart[], layers: number): ChainPart[] =>
  parts.map(({ peer, first, last }) => ({ peer, first: layers - last, last: layers - first })).reverse();

/**
 * Rows of the cheapest ways to have given away all layers before each border, each with its own peer as the last. Flat arrays that
 * are filled again and again: a search goes through thousands of rows.
 */
export class WayTable {
  readonly problem: ChainProblem;
  /** Numbers of one row. */
  readonly width: number;
  readonly cost: Float64Array;
  /** What it costs to be at the peer of the next row with all layers before each border given away, and from which row. */
  readonly entry: Float64Array;
  readonly entryFrom: Int32Array;
  readonly #start: Uint16Array;
  readonly #from: Int32Array;
  readonly #peers: Int32Array;
  readonly #window: Int32Array;

  constructor(problem: ChainProblem, rows: number) {
    this.problem = problem;
    this.width = problem.layers + 1;
    this.cost = new Float64Array(rows * this.width);
    this.entry = new Float64Array(this.width);
    this.entryFrom = new Int32Array(this.width);
    this.#start = new Uint16Array(rows * this.width);
    this.#from = new Int32Array(rows * this.width);
    this.#peers = new Int32Array(rows);
    this.#window = new Int32Array(this.width);
  }

  /** Begins the entries of a row; `isFirst`: its peer may begin a chain. */
  begin(peer: number, isFirst: boolean): void {
    this.entry.fill(Number.POSITIVE_INFINITY);
    if (isFirst) this.entry[0] = this.problem.enter[peer]!;
  }

  /** The next row may go on from that one. */
  enterFrom(row: number, peer: number): void {
    const { cost, entry, entryFrom, width } = this;
    const way = this.problem.between[this.#peers[row]!]![peer]!;
    const base = row * width;
    for (let at = 1; at < width - 1; at++) {
      const total = cost[base + at]! + way;
      if (total >= entry[at]!) continue;
      entry[at] = total;
      entryFrom[at] = row;
    }
  }

  /**
   * Fills a row from the entries. The best start of a range for each border is the least of a window that only moves forward, so
   * all of them take one pass. False where the peer has room for no layer that could be its turn.
   */
  fill(row: number, peer: number): boolean {
    const { entry, cost, width } = this;
    const { bytesBefore } = this.problem;
    const own = this.problem.costBefore[peer]!;
    const room = this.problem.room[peer]!;
    const window = this.#window;
    const start = this.#start;
    const base = row * width;
    let head = 0;
    let tail = 0;
    let found = false;
    this.#peers[row] = peer;
    this.#from.set(this.entryFrom, base);
    cost[base] = Number.POSITIVE_INFINITY;
    for (let end = 1; end < width; end++) {
      const next = end - 1;
      if (entry[next]! < Number.POSITIVE_INFINITY) {
        const value = entry[next]! - own[next]!;
        while (tail > head && entry[window[tail - 1]!]! - own[window[tail - 1]!]! > value) tail--;
        window[tail++] = next;
      }
      while (head < tail && bytesBefore[end]! - bytesBefore[window[head]!]! > room) head++;
      if (head === tail) {
        cost[base + end] = Number.POSITIVE_INFINITY;
        continue;
      }
      const from = window[head]!;
      cost[base + end] = entry[from]! - own[from]! + own[end]!;
      start[base + end] = from;
      found = true;
    }
    return found;
  }

  /** What a chain costs that ends with this row. */
  total(row: number): number {
    return this.cost[row * this.width + this.width - 1]! + this.problem.leave[this.#peers[row]!]!;
  }

  /** The ranges of the way to a border that ends with this row. */
  parts(row: number, border: number): ChainPart[] {
    const parts: ChainPart[] = [];
    for (let last = border, at = row; last > 0; ) {
      const first = this.#start[at * this.width + last]!;
      parts.push({ peer: this.#peers[at]!, first, last });
      at = this.#from[at * this.width + first]!;
      last = first;
    }
    return parts.reverse();
  }
}
