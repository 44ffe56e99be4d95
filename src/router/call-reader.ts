import type { CallStyle } from '../model/call-style.ts';
import { JsonEnd } from './json-end.ts';

/** Of an answer's text, in its order: what is shown, and what calls say. `raw` is as long as the part was in the answer. */
export type AnswerPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'mark'; readonly raw: number }
  | { readonly kind: 'call'; readonly name: string }
  | { readonly kind: 'arguments'; readonly text: string };

/**
 * Reads the calls of tools out of an answer that is held to answerGrammar, as it comes. What may be the beginning of the trigger is
 * held back.
 */
export class CallReader {
  readonly #style: CallStyle;
  /** What each call may begin with: the first, and those behind it. */
  readonly #first: ReadonlyMap<string, string>;
  readonly #next: ReadonlyMap<string, string>;
  #begins: ReadonlyMap<string, string> | undefined;
  #json: JsonEnd | undefined;
  #held = '';

  constructor(style: CallStyle, tools: readonly string[]) {
    const { open, between = '', begin, end } = style;
    this.#style = style;
    this.#first = new Map(tools.map(name => [open + begin(name), name]));
    this.#next = new Map(tools.map(name => [end + between + begin(name), name]));
  }

  push(text: string): AnswerPart[] {
    const parts: AnswerPart[] = [];
    this.#held += text;
    while (this.#step(parts));
    return parts;
  }

  /** What was held back, when no more comes. */
  end(): AnswerPart[] {
    const text = this.#held;
    this.#held = '';
    return this.#begins ? [{ kind: 'mark', raw: text.length }] : [{ kind: 'text', text }];
  }

  /** True where more may be said of what is held. */
  #step(parts: AnswerPart[]): boolean {
    if (!this.#begins) return this.#readText(parts);
    return this.#json ? this.#readArguments(parts, this.#json) : this.#readBegin(parts, this.#begins);
  }

  #readText(parts: AnswerPart[]): boolean {
    const { trigger } = this.#style;
    const at = this.#held.indexOf(trigger);
    const free = at >= 0 ? at : this.#held.length - beginning(this.#held, trigger);
    if (free > 0) parts.push({ kind: 'text', text: this.#held.slice(0, free) });
    this.#held = this.#held.slice(free);
    if (at >= 0) this.#begins = this.#first;
    return at >= 0;
  }

  #readBegin(parts: AnswerPart[], begins: ReadonlyMap<string, string>): boolean {
    for (const [begin, name] of begins) {
      if (!this.#held.startsWith(begin)) continue;
      parts.push({ kind: 'mark', raw: begin.length }, { kind: 'call', name });
      this.#held = this.#held.slice(begin.length);
      this.#begins = this.#next;
      this.#json = new JsonEnd();
      return true;
    }
    return false;
  }

  #readArguments(parts: AnswerPart[], json: JsonEnd): boolean {
    const length = json.push(this.#held);
    if (length > 0) parts.push({ kind: 'arguments', text: this.#held.slice(0, length) });
    this.#held = this.#held.slice(length);
    if (!json.ended) return false;
    this.#json = undefined;
    return true;
  }
}

/** Length of the longest end of `text` that `trigger` begins with. */
function beginning(text: string, trigger: string): number {
  for (let length = Math.min(trigger.length - 1, text.length); length > 0; length--)
    if (text.endsWith(trigger.slice(0, length))) return length;
  return 0;
}
