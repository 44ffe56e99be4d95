import type { SessionId } from '../base/brand.ts';
import { TabmeshError } from '../base/error.ts';
import { prefillRows, rowsPerForwardMax, shortRowsMax } from '../base/limits.ts';
import type { Stage } from '../engine/stage.ts';

interface Waiting {
  readonly session: SessionId;
  readonly position: number;
  readonly count: number;
  readonly hidden: Float32Array;
  readonly goesBack: boolean;
  readonly resolve: (hidden: Float32Array<ArrayBuffer>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Rows that wait while the stage computes go together in its next pass, whichever sessions they belong to: a pass reads
 * every weight once, so a few more rows cost next to nothing.
 */
export class Batch {
  readonly #stage: Stage;
  #waiting: Waiting[] = [];
  #running = false;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /**
   * `hidden` is count x width and is given away. Each session's calls must come in order of position, or with `goesBack`:
   * these take the session back to `position` first, and reject as Stage.rewind does.
   */
  run(
    session: SessionId,
    position: number,
    count: number,
    hidden: Float32Array,
    goesBack = false,
  ): Promise<Float32Array<ArrayBuffer>> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ session, position, count, hidden, goesBack, resolve, reject });
      if (!this.#running) void this.#pass();
    });
  }

  /** Forgets what waits of a session that ends: its rows would fail the whole pass. */
  drop(session: SessionId): void {
    const ended = this.#waiting.filter(each => each.session === session);
    this.#waiting = this.#waiting.filter(each => each.session !== session);
    for (const each of ended) each.reject(new TabmeshError('cancelled', 'pod', 'The session ended.'));
  }

  async #pass(): Promise<void> {
    this.#running = true;
    // What arrives in the same turn goes along.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#next();
      try {
        await this.#forward(batch);
      } catch (error) {
        if (batch.length === 1) batch[0]!.reject(error);
        // A stage refuses all rows for the fault of one, before it changes anything: each shows alone whose it was.
        else for (const each of batch) await this.#forward([each]).catch(each.reject);
      }
    }
    this.#running = false;
  }

  async #forward(batch: readonly Waiting[]): Promise<void> {
    for (const { session, position, goesBack } of batch) {
      if (goesBack) await this.#stage.rewind(session, position);
    }
    const width = batch[0]!.hidden.length / batch[0]!.count;
    const rows = batch.map(({ session, position, count }) => ({ session, position, count }));
    const result = await this.#stage.forward(rows, joined(batch));
    let row = 0;
    for (const each of batch) {
      const from = row * width;
      row += each.count;
      each.resolve(batch.length === 1 ? result : result.slice(from, row * width));
    }
  }

  /**
   * The first waiting chunk of each session: all short ones that fit in one pass, and of long ones, which make the others
   * wait, one full chunk's worth. Whoever had its turn waits behind the others.
   */
  #next(): Waiting[] {
    const batch: Waiting[] = [];
    const passed: Waiting[] = [];
    const queued: Waiting[] = [];
    const taken = new Set<SessionId>();
    const seen = new Set<SessionId>();
    let rows = 0;
    let longRows = 0;
    for (const each of this.#waiting) {
      const { session, count } = each;
      const long = count > shortRowsMax ? count : 0;
      const fits = rows + count <= rowsPerForwardMax && (long === 0 || longRows + long <= prefillRows);
      if (!seen.has(session) && (batch.length === 0 || fits)) {
        batch.push(each);
        taken.add(session);
        rows += count;
        longRows += long;
      } else if (taken.has(session)) queued.push(each);
      else passed.push(each);
      seen.add(session);
    }
    this.#waiting = [...passed, ...queued];
    return batch;
  }
}

function joined(batch: readonly Waiting[]): Float32Array {
  if (batch.length === 1) return batch[0]!.hidden;
  const all = new Float32Array(batch.reduce((sum, each) => sum + each.hidden.length, 0));
  let at = 0;
  for (const { hidden } of batch) {
    all.set(hidden, at);
    at += hidden.length;
  }
  return all;
}
