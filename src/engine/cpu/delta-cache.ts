import { assert } from '../../base/assert.ts';
import { rewindRowsMax } from '../../base/limits.ts';
import { advance, type DeltaRule, DeltaState, inputSize, stateBytes } from './delta-rule.ts';
import type { LayerCache } from './layer-cache.ts';

interface Saved {
  readonly state: DeltaState;
  length: number;
}

/** What the recurrence read of this many rows is kept: those behind the older of two saved states. */
const journalRows = 2 * rewindRowsMax;

/**
 * The state of one gated delta net in one session. States are large (1 to 3 MiB a layer) and the rows that made them
 * small, so a state is saved at every eighth position only, the last two are kept, and a rewind computes the few rows
 * from there anew: no matrix is read for that, and the bits are the same.
 */
export class DeltaCache implements LayerCache {
  readonly #rule: DeltaRule;
  #length = 0;
  #now: DeltaState | undefined;
  /** The older one first; at least one, that of position 0 at the beginning. */
  #saved: Saved[] = [];
  #spare: DeltaState | undefined;
  #journal = new Float32Array(0);

  constructor(rule: DeltaRule) {
    this.#rule = rule;
  }

  get bytes(): number {
    return this.#now === undefined ? 0 : this.bytesFor();
  }

  bytesFor(): number {
    const { net } = this.#rule;
    return 3 * stateBytes(net) + journalRows * inputSize(net) * Float32Array.BYTES_PER_ELEMENT;
  }

  /** All at once: a state does not grow. */
  reserve(): void {
    if (this.#now !== undefined) return;
    const { net } = this.#rule;
    const [now, first, spare] = [new DeltaState(net), new DeltaState(net), new DeltaState(net)];
    this.#journal = new Float32Array(journalRows * inputSize(net));
    this.#now = now;
    this.#spare = spare;
    this.#saved = [{ state: first, length: 0 }];
  }

  /** Takes the row at `position`, which is the next, and writes what it reads to `out` (see advance). */
  step(position: number, input: Float32Array, out: Float32Array, outFrom: number): void {
    assert(position === this.#length && this.#now !== undefined, 'rows come in order');
    this.#journalAt(position).set(input);
    advance(this.#rule, this.#now, input, out, outFrom);
    this.#length++;
    if (this.#length % rewindRowsMax === 0) this.#save(this.#now);
  }

  canRewind(length: number): boolean {
    return length === this.#length || length === 0 || length >= this.#saved[0]!.length;
  }

  rewind(length: number): void {
    if (length === this.#length) return;
    assert(this.canRewind(length) && this.#now !== undefined, `no state to go back to ${length} from`);
    if (this.#saved.length === 2 && length < this.#saved[1]!.length) this.#spare = this.#saved.pop()!.state;
    const saved = this.#saved.at(-1)!;
    if (length < saved.length) {
      saved.state.clear();
      saved.length = 0;
    }
    this.#now.set(saved.state);
    const { valueHeads, headSize } = this.#rule.net;
    const unread = new Float32Array(valueHeads * headSize);
    for (let position = saved.length; position < length; position++)
      advance(this.#rule, this.#now, this.#journalAt(position), unread, 0);
    this.#length = length;
  }

  #save(now: DeltaState): void {
    const state = this.#saved.length === 2 ? this.#saved.shift()!.state : this.#spare!;
    this.#spare = undefined;
    state.set(now);
    this.#saved.push({ state, length: this.#length });
  }

  #journalAt(position: number): Float32Array {
    const size = inputSize(this.#rule.net);
    const from = (position % journalRows) * size;
    return this.#journal.subarray(from, from + size);
  }
}
