import type { PeerId } from '../../base/brand.ts';
import type { Statement } from './statement.ts';

/** How many statements of each author somebody knew. */
export type Seen = ReadonlyMap<PeerId, number>;

export interface Ordered {
  readonly statement: Statement;
  /** All that its author knew, its own statements up to this one among them. */
  readonly seen: Seen;
}

/** The first number that each lying author has given twice; what it said from there on is void for everybody. */
export function liarsOf(statements: readonly Statement[]): Map<PeerId, number> {
  const liars = new Map<PeerId, number>();
  const mark = (author: PeerId, from: number) => {
    liars.set(author, Math.min(from, liars.get(author) ?? from));
  };
  const hashes = new Map<string, string>();
  for (const { author, sequence, hash, lie } of statements) {
    if (lie) mark(lie.author, lie.sequence);
    const place = `${sequence} ${author}`;
    if (hashes.has(place) && hashes.get(place) !== hash) mark(author, sequence);
    hashes.set(place, hash);
  }
  return liars;
}

/**
 * The statements that count, in one order for all who have the same: nothing stands before what its author knew. What
 * names something that is not there (yet) waits, and so does all that its author said after it.
 */
export function inOrder(statements: readonly Statement[], liars: ReadonlyMap<PeerId, number>): Ordered[] {
  const chains = chainsOf(statements, liars);
  const done = new Map<PeerId, { seen: Seen; ranks: number[] }>();
  for (const author of chains.keys()) done.set(author, { seen: new Map(), ranks: [0] });
  /** Statements of liars that are void hold nobody up. */
  const reached = (author: PeerId, count: number) =>
    Math.min(count, (liars.get(author) ?? Infinity) - 1) < (done.get(author)?.ranks.length ?? 1);
  const ordered: { statement: Statement; seen: Seen; rank: number }[] = [];
  for (let progress = true; progress; ) {
    progress = false;
    for (const [author, chain] of chains) {
      const state = done.get(author)!;
      for (;;) {
        const statement = chain[state.ranks.length - 1];
        if (!statement?.seen.every(([other, count]) => other !== author && reached(other, count))) break;
        const seen = new Map(state.seen);
        for (const [other, count] of statement.seen) seen.set(other, Math.max(count, seen.get(other) ?? 0));
        seen.set(author, statement.sequence);
        const known = statement.seen.map(([other, count]) => rankOf(done.get(other)?.ranks, count));
        const rank = 1 + Math.max(state.ranks.at(-1)!, ...known);
        state.seen = seen;
        state.ranks.push(rank);
        ordered.push({ statement, seen, rank });
        progress = true;
      }
    }
  }
  return ordered.sort((a, b) => a.rank - b.rank || compare(a.statement.author, b.statement.author));
}

const rankOf = (ranks: readonly number[] | undefined, count: number): number =>
  ranks ? ranks[Math.min(count, ranks.length - 1)]! : 0;

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Of each author what is one unbroken chain from its first statement on. */
function chainsOf(
  statements: readonly Statement[],
  liars: ReadonlyMap<PeerId, number>,
): Map<PeerId, Statement[]> {
  const byAuthor = new Map<PeerId, Map<number, Statement>>();
  for (const statement of statements) {
    const { author, sequence } = statement;
    if (sequence >= (liars.get(author) ?? Infinity)) continue;
    const own = byAuthor.get(author) ?? new Map<number, Statement>();
    byAuthor.set(author, own.set(sequence, statement));
  }
  const chains = new Map<PeerId, Statement[]>();
  for (const author of [...byAuthor.keys()].sort()) {
    const own = byAuthor.get(author)!;
    const chain: Statement[] = [];
    for (
      let next = own.get(1);
      next?.previous === (chain.at(-1)?.hash ?? '');
      next = own.get(chain.length + 1)
    )
      chain.push(next);
    chains.set(author, chain);
  }
  return chains;
}
