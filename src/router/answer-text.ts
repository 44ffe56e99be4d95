import { toHex } from '../base/bytes.ts';
import type { Random } from '../base/random.ts';
import type { Drawn } from '../engine/stage.ts';
import type { CallStyle } from '../model/call-style.ts';
import type { TextStream, Tokenizer } from '../model/tokenizer.ts';
import { type AnswerPart, CallReader } from './call-reader.ts';
import { toolsOf } from './prompt.ts';
import type { CompletionEvent, CompletionRequest } from './request.ts';
import { ShownTokens } from './shown-tokens.ts';
import { StopFilter } from './stop-filter.ts';

type Shown = Extract<CompletionEvent, { kind: 'text' | 'tool-call' | 'tool-arguments' }>;

/** The tokens of one answer to what is told of them: text, which a stop may end, and calls of tools. */
export class AnswerText {
  readonly #stream: TextStream;
  readonly #stop: StopFilter;
  readonly #tokens: ShownTokens;
  readonly #reader: CallReader | undefined;
  readonly #isTold: boolean;
  readonly #random: Random;
  #calls = 0;

  /** `marks` are control tokens that calls are written with. */
  constructor(
    request: CompletionRequest,
    tokenizer: Tokenizer,
    style: CallStyle,
    marks: ReadonlySet<number>,
    random: Random,
  ) {
    const names = toolsOf(request)?.map(({ name }) => name);
    this.#stream = tokenizer.stream(marks);
    this.#stop = new StopFilter(request.stop);
    this.#tokens = new ShownTokens(tokenizer);
    this.#reader = names && new CallReader(style, names);
    this.#isTold = request.likeliest !== undefined;
    this.#random = random;
  }

  get stopped(): boolean {
    return this.#stop.stopped;
  }

  /** What stopped it. */
  get stop(): string | undefined {
    return this.#stop.found;
  }

  get called(): boolean {
    return this.#calls > 0;
  }

  push(drawn: Drawn): Shown[] {
    const completed = this.#stream.push(drawn.token);
    this.#tokens.push(drawn, completed);
    return this.#read(completed);
  }

  /** No more comes. */
  end(): Shown[] {
    if (this.stopped) return [];
    const shown = this.#read(this.#stream.end());
    const rest = this.#reader?.end() ?? [];
    return [...shown, ...rest.flatMap(part => this.#show(part)), ...this.#unhold()];
  }

  #read(text: string): Shown[] {
    const parts: AnswerPart[] = this.#reader?.push(text) ?? [{ kind: 'text', text }];
    return parts.flatMap(part => this.#show(part));
  }

  #show(part: AnswerPart): Shown[] {
    if (this.stopped) return [];
    if (part.kind === 'text') return this.#said(this.#stop.push(part.text));
    // No stop goes on behind a call.
    const before = this.#unhold();
    if (part.kind === 'mark') {
      this.#tokens.skip(part.raw);
      return before;
    }
    if (part.kind === 'call') {
      const id = `call_${toHex(this.#random.bytes(12))}`;
      return [...before, { kind: 'tool-call', index: this.#calls++, id, name: part.name }];
    }
    this.#tokens.skip(part.text.length);
    return [...before, { kind: 'tool-arguments', index: this.#calls - 1, text: part.text }];
  }

  #unhold(): Shown[] {
    return this.stopped ? [] : this.#said(this.#stop.end());
  }

  #said(text: string): Shown[] {
    if (text === '') return [];
    return [{ kind: 'text', text, ...(this.#isTold ? { tokens: this.#tokens.take(text) } : {}) }];
  }
}
