/** The items of an answer and the events that tell of them, https://platform.openai.com/docs/api-reference/responses-streaming. */
import type { Random } from '../../base/random.ts';
import type { ChatMessage, ShownToken } from '../../router/request.ts';
import type { ToldEvent } from '../answer.ts';
import { pieceObject } from '../completion-objects.ts';
import { newId } from '../openai-objects.ts';

export interface ResponseEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

type Status = 'in_progress' | 'completed' | 'incomplete';

interface TextItem {
  readonly kind: 'text';
  readonly id: string;
  text: string;
  readonly tokens: ShownToken[];
  status: Status;
}
interface CallItem {
  readonly kind: 'call';
  readonly id: string;
  readonly callId: string;
  readonly name: string;
  json: string;
  status: Status;
}
type Item = TextItem | CallItem;

const logprobs = (tokens: readonly ShownToken[]) =>
  tokens.map(token => ({ ...pieceObject(token), top_logprobs: token.likeliest.map(pieceObject) }));

const partObject = (text: string, tokens: readonly ShownToken[]) => ({
  type: 'output_text',
  text,
  annotations: [],
  logprobs: logprobs(tokens),
});

const itemObject = (item: Item) =>
  item.kind === 'text'
    ? {
        id: item.id,
        type: 'message',
        status: item.status,
        role: 'assistant',
        content: item.status === 'in_progress' ? [] : [partObject(item.text, item.tokens)],
      }
    : {
        id: item.id,
        type: 'function_call',
        status: item.status,
        call_id: item.callId,
        name: item.name,
        arguments: item.json,
      };

export class ResponseOutput {
  readonly #random: Random;
  readonly #items: Item[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  objects(): object[] {
    return this.#items.map(itemObject);
  }

  /** As the next request of this conversation has it. */
  message(): ChatMessage {
    const content = this.#items.map(item => (item.kind === 'text' ? item.text : '')).join('');
    const toolCalls = this.#items.flatMap(item =>
      item.kind === 'call' ? [{ id: item.callId, name: item.name, arguments: item.json }] : [],
    );
    return { role: 'assistant', content, ...(toolCalls.length > 0 ? { toolCalls } : {}) };
  }

  take(event: ToldEvent): ResponseEvent[] {
    if (event.kind === 'text') return this.#text(event.text, event.tokens ?? []);
    if (event.kind === 'tool-call') {
      const id = newId('fc_', this.#random);
      return this.#begin({
        kind: 'call',
        id,
        callId: event.id,
        name: event.name,
        json: '',
        status: 'in_progress',
      });
    }
    if (event.kind === 'tool-arguments') return this.#arguments(event.text);
    return this.#close(event.reason === 'length' ? 'incomplete' : 'completed');
  }

  get #open(): Item | undefined {
    const last = this.#items.at(-1);
    return last?.status === 'in_progress' ? last : undefined;
  }

  #at(item: Item): { item_id: string; output_index: number } {
    return { item_id: item.id, output_index: this.#items.indexOf(item) };
  }

  #begin(item: Item): ResponseEvent[] {
    const before = this.#close('completed');
    this.#items.push(item);
    const at = this.#at(item);
    const added = {
      type: 'response.output_item.added',
      output_index: at.output_index,
      item: itemObject(item),
    };
    if (item.kind === 'call') return [...before, added];
    const part = { type: 'response.content_part.added', ...at, content_index: 0, part: partObject('', []) };
    return [...before, added, part];
  }

  #text(text: string, tokens: readonly ShownToken[]): ResponseEvent[] {
    let item = this.#open;
    let before: ResponseEvent[] = [];
    if (item?.kind !== 'text') {
      item = { kind: 'text', id: newId('msg_', this.#random), text: '', tokens: [], status: 'in_progress' };
      before = this.#begin(item);
    }
    item.text += text;
    item.tokens.push(...tokens);
    const delta = { delta: text, logprobs: logprobs(tokens) };
    return [...before, { type: 'response.output_text.delta', ...this.#at(item), content_index: 0, ...delta }];
  }

  #arguments(delta: string): ResponseEvent[] {
    const item = this.#open;
    if (item?.kind !== 'call') throw new Error('a call has begun');
    item.json += delta;
    return [{ type: 'response.function_call_arguments.delta', ...this.#at(item), delta }];
  }

  #close(status: Status): ResponseEvent[] {
    const item = this.#open;
    if (!item) return [];
    item.status = status;
    const at = this.#at(item);
    const done = { type: 'response.output_item.done', output_index: at.output_index, item: itemObject(item) };
    if (item.kind === 'call') {
      const { name, json } = item;
      return [{ type: 'response.function_call_arguments.done', ...at, name, arguments: json }, done];
    }
    const where = { ...at, content_index: 0 };
    const { text, tokens } = item;
    return [
      { type: 'response.output_text.done', ...where, text, logprobs: logprobs(tokens) },
      { type: 'response.content_part.done', ...where, part: partObject(text, tokens) },
      done,
    ];
  }
}
