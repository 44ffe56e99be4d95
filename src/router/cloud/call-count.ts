import type { CompletionEvent } from '../request.ts';

type CallPart = Extract<CompletionEvent, { kind: 'tool-call' | 'tool-arguments' }>;

/** Calls of one answer, counted from 0: some providers number them among other parts, and write nothing for a tool that takes nothing. */
export class CallCount {
  readonly #indices = new Map<number, number>();
  #empty: number | undefined;

  *take(part: CallPart): Generator<CallPart> {
    if (part.kind === 'tool-call') {
      yield* this.end();
      const index = this.#indices.size;
      this.#indices.set(part.index, index);
      this.#empty = index;
      yield { ...part, index };
      return;
    }
    const index = this.#indices.get(part.index);
    // Arguments of no call say nothing.
    if (index === undefined) return;
    if (this.#empty === index) this.#empty = undefined;
    yield { ...part, index };
  }

  /** Of the last call, where it takes nothing. */
  *end(): Generator<CallPart> {
    if (this.#empty !== undefined) yield { kind: 'tool-arguments', index: this.#empty, text: '{}' };
    this.#empty = undefined;
  }
}
