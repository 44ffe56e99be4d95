import type { SessionId } from '../base/brand.ts';
import { TabmeshError } from '../base/error.ts';
import {
  contextPositionsMax,
  rewindRowsMax,
  rowsPerForwardMax,
  sessionsPerStageMax,
} from '../base/limits.ts';
import type { Rows } from './stage.ts';

export interface OpenSession<Cache> {
  readonly capacity: number;
  /** Positions in the cache. */
  length: number;
  readonly cache: Cache;
}

/** The sessions of one stage: checks what comes from outside, before any engine computes. */
export class Sessions<Cache> {
  readonly #open = new Map<SessionId, OpenSession<Cache>>();

  open(id: SessionId, capacity: number, makeCache: () => Cache): void {
    if (!Number.isInteger(capacity) || capacity < 1 || capacity > contextPositionsMax) {
      throw invalid(`A session holds 1 to ${contextPositionsMax} positions, not ${capacity}.`);
    }
    if (this.#open.has(id)) throw invalid(`Session ${id} is open already. Close it before opening it again.`);
    if (this.#open.size >= sessionsPerStageMax) {
      throw full(`This device serves ${sessionsPerStageMax} answers at once. Try again when one has ended.`);
    }
    this.#open.set(id, { capacity, length: 0, cache: makeCache() });
  }

  /** Answers the session of each entry of `rows`, and changes nothing. `width` is the hidden state's. */
  check(rows: readonly Rows[], hidden: Float32Array, width: number): OpenSession<Cache>[] {
    const lengths = new Map<SessionId, number>();
    const sessions = rows.map(({ session: id, position, count }) => {
      const session = this.get(id);
      const length = lengths.get(id) ?? session.length;
      if (!Number.isInteger(count) || count < 1) throw invalid(`Rows come in counts from 1, not ${count}.`);
      if (position !== length) {
        throw invalid(`Session ${id} is at position ${length}, so rows for ${position} do not fit.`);
      }
      if (length + count > session.capacity) {
        throw full(`Session ${id} was opened for ${session.capacity} positions. Shorten the conversation.`);
      }
      lengths.set(id, length + count);
      return session;
    });
    const total = rows.reduce((sum, { count }) => sum + count, 0);
    if (total > rowsPerForwardMax) throw invalid(`At most ${rowsPerForwardMax} rows at once, not ${total}.`);
    checkHidden(hidden, total, width);
    return sessions;
  }

  /** After `check`, once the rows are in the cache. */
  advance(rows: readonly Rows[]): void {
    for (const { session, count } of rows) this.get(session).length += count;
  }

  /** `undo` takes the cache back first; where it throws, the session stays as it is. */
  rewind(id: SessionId, length: number, undo?: (cache: Cache) => void): void {
    const session = this.get(id);
    if (!Number.isInteger(length) || length < 0 || length > session.length) {
      throw invalid(`Session ${id} has ${session.length} positions and cannot rewind to ${length}.`);
    }
    undo?.(session.cache);
    session.length = length;
  }

  /** Answers the cache, so that it can be freed; undefined where the session was not open. */
  close(id: SessionId): Cache | undefined {
    const cache = this.#open.get(id)?.cache;
    this.#open.delete(id);
    return cache;
  }

  closeAll(): Cache[] {
    const caches = [...this.#open.values()].map(({ cache }) => cache);
    this.#open.clear();
    return caches;
  }

  get(id: SessionId): OpenSession<Cache> {
    const session = this.#open.get(id);
    if (!session)
      throw new TabmeshError('not-found', 'engine', `Session ${id} is not open here. Open it again.`);
    return session;
  }
}

/** Hidden states come from other peers: their size and their numbers are checked. */
export function checkHidden(hidden: Float32Array, rows: number, width: number): void {
  if (!(hidden instanceof Float32Array) || hidden.length !== rows * width) {
    throw invalid(`${rows} rows of ${width} values were announced, ${hidden?.length} values came.`);
  }
  for (let i = 0; i < hidden.length; i++) {
    if (!Number.isFinite(hidden[i])) throw invalid('The hidden state holds a value that is no number.');
  }
}

const invalid = (reason: string) => new TabmeshError('invalid', 'engine', reason);
const full = (reason: string) => new TabmeshError('full', 'engine', reason);

/** What stages with recurrent layers answer to a rewind that these cannot follow. */
export const tooFarBack = (session: SessionId, length: number): TabmeshError =>
  new TabmeshError(
    'unsupported',
    'engine',
    `Session ${session} cannot go back to position ${length}: a recurrent layer keeps its state of the last ${rewindRowsMax} rows. Rewind to 0 and send the rows again.`,
  );

/** What every call to a disposed stage or head throws. */
export function freed(): never {
  throw new TabmeshError('not-found', 'engine', 'This part of the model was freed. Load it again.');
}

/** What loads get from an engine that its owner closed, and calls that were under way then. */
export const closed = (): TabmeshError =>
  new TabmeshError('cancelled', 'engine', 'The engine was closed. Load the layers again.');
