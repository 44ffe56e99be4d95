/** The objects of https://docs.anthropic.com/en/api/messages: one for an answer, events for a stream. */
import { TabmeshError } from '../../base/error.ts';
import type { Route, ToolCall } from '../../router/request.ts';
import type { End, Protocol, Said, ToldEvent } from '../answer.ts';
import { eventFrame } from '../event-stream.ts';
import { extension } from '../openai-objects.ts';
import { messageError } from './message-error.ts';

export interface MessageHead {
  readonly id: string;
  readonly model: string;
}

/** It counts apart what was in a cache. */
const usageObject = ({ usage: { promptTokens, cachedTokens, completionTokens } }: End) => ({
  input_tokens: promptTokens - cachedTokens,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: cachedTokens,
  output_tokens: completionTokens,
});

function stopOf({ reason, stop }: End) {
  if (reason === 'length') return { stop_reason: 'max_tokens', stop_sequence: null };
  if (reason === 'tool-calls') return { stop_reason: 'tool_use', stop_sequence: null };
  if (stop !== undefined) return { stop_reason: 'stop_sequence', stop_sequence: stop };
  return { stop_reason: 'end_turn', stop_sequence: null };
}

const messageObject = ({ id, model }: MessageHead) => ({
  id,
  type: 'message',
  role: 'assistant',
  model,
  content: [] as object[],
  stop_reason: null,
  stop_sequence: null,
  usage: { input_tokens: 0, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 0 },
});

function contentOf({ text, calls, end }: Said): object[] {
  const blocks: object[] = text === '' ? [] : [{ type: 'text', text, citations: null }];
  calls.forEach((call, index) => {
    const input = inputOf(call);
    if (input) blocks.push({ type: 'tool_use', id: call.id, name: call.name, input });
    // Only the last call can have been cut off; half of one is none.
    else if (end.reason !== 'length' || index < calls.length - 1) throw noInput(call);
  });
  return blocks;
}

/** Undefined where the model wrote no JSON object; some write nothing for a tool that takes nothing. */
function inputOf({ arguments: json }: ToolCall): object | undefined {
  try {
    const value: unknown = JSON.parse(json || '{}');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const noInput = ({ name }: ToolCall) =>
  new TabmeshError('corrupt', 'api', `The model called ${name} with what is no JSON object. Ask again.`);

export function inMessages(head: MessageHead): Protocol {
  /** The block that is open, and how many were. */
  let open: 'text' | 'tool' | undefined;
  let index = -1;
  const event = (type: string, more: object) => eventFrame(type, { type, ...more });
  const close = () => {
    const frame = open ? event('content_block_stop', { index }) : '';
    open = undefined;
    return frame;
  };
  const start = (kind: 'text' | 'tool', block: object) => {
    const before = close();
    open = kind;
    index++;
    return before + event('content_block_start', { index, content_block: block });
  };
  const delta = (part: object) => event('content_block_delta', { index, delta: part });

  const tell = (told: ToldEvent, route: Route | undefined): string => {
    if (told.kind === 'text') {
      const begin = open === 'text' ? '' : start('text', { type: 'text', text: '' });
      return begin + delta({ type: 'text_delta', text: told.text });
    }
    if (told.kind === 'tool-call')
      return start('tool', { type: 'tool_use', id: told.id, name: told.name, input: {} });
    if (told.kind === 'tool-arguments') return delta({ type: 'input_json_delta', partial_json: told.text });
    const end = { delta: stopOf(told), usage: usageObject(told), ...extension(route, told) };
    return close() + event('message_delta', end) + event('message_stop', {});
  };

  return {
    object: ([said], route) => ({
      ...messageObject(head),
      content: contentOf(said!),
      ...stopOf(said!.end),
      usage: usageObject(said!.end),
      ...extension(route, said!.end),
    }),
    begin: () => event('message_start', { message: messageObject(head) }),
    tell,
    fail: error => eventFrame('error', messageError(error)),
  };
}
