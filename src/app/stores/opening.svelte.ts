import { toError } from '../../base/error.ts';
import type { ModelCard } from '../../peer/peer.ts';
import { peers } from './peer.svelte.ts';

/** One header that is being read at a time; another takes its place. */
export class Opening {
  /** What is being opened. */
  what = $state.raw<string | File>();
  added = $state('');
  problem = $state('');
  #abort: AbortController | undefined;

  /** Undefined where it was given up or failed; `problem` then says why. */
  async open(what: string | File): Promise<ModelCard | undefined> {
    this.cancel();
    const mine = new AbortController();
    this.#abort = mine;
    this.what = what;
    this.added = '';
    this.problem = '';
    try {
      const card = await (await peers.ready()).models.open(what, mine.signal);
      if (mine.signal.aborted) return undefined;
      this.added = card.name;
      return card;
    } catch (error) {
      if (!mine.signal.aborted) this.problem = toError(error, 'app').reason;
      return undefined;
    } finally {
      if (this.#abort === mine) this.what = undefined;
    }
  }

  cancel(): void {
    this.#abort?.abort();
    this.#abort = undefined;
    this.what = undefined;
  }
}
