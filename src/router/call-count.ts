import { TabmeshError } from '../base/error.ts';
import { toolCallsMax } from '../base/limits.ts';
import type { CompletionEvent } from './request.ts';

type CallPart = Extract<CompletionEvent, { kind: 'tool-call' | 'tool-arguments' }>;

/**
 * Calls of one answer, counted from 0 by us: some providers number them among other parts and write nothing for a tool that takes nothing,
 * and other peers may send any number. Throws TabmeshError('corrupt') for more than an answer may have.
 */
export class CallCount {
  readonly #indices = new Map<number, number>();
  #begun = 0;
  #empty: number | undefined;

  *take(part: CallPart): Generator<CallPart> {
    if (part.kind === 'tool-call') {
      yield* this.end();
      if (this.#begun >= toolCallsMax) throw tooMany();
      const index = this.#begun++;
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

const tooMany = () =>
  new TabmeshError(
    'corrupt',
    'router',
    `The answer has more than ${toolCallsMax} calls and was left. What had come is kept. Ask another, or again.`,
  );
