/** The items of a response's input as the messages of a conversation. */
import * as v from 'valibot';
import { messagesMax } from '../../base/limits.ts';
import type { ChatMessage, ToolCall } from '../../router/request.ts';
import { callId } from '../fields.ts';
import { toolName } from '../tool-fields.ts';

const parts = v.array(
  v.variant(
    'type',
    [
      v.object({ type: v.picklist(['input_text', 'output_text', 'text']), text: v.string('must be a text') }),
      v.object({ type: v.literal('refusal'), refusal: v.string('must be a text') }),
    ],
    'must be text: no images, sound or files are read',
  ),
);
const content = v.union([v.string(), parts], 'must be a text or a list of text parts');

const item = v.variant(
  'type',
  [
    v.object({
      type: v.literal('message'),
      role: v.picklist(
        ['user', 'assistant', 'system', 'developer'],
        'must be "user", "assistant", "system" or "developer"',
      ),
      content,
    }),
    v.object({
      type: v.literal('function_call'),
      call_id: callId,
      name: toolName,
      arguments: v.string('must be JSON as text'),
    }),
    v.object({ type: v.literal('function_call_output'), call_id: callId, output: content }),
    // What another model thought says nothing to this one.
    v.object({ type: v.literal('reasoning') }),
  ],
  'must be "message", "function_call", "function_call_output" or "reasoning"',
);

export const inputSchema = v.pipe(
  v.array(item, 'must be a text or a list of items'),
  v.minLength(1, 'must hold at least one item'),
  v.maxLength(messagesMax, `must hold at most ${messagesMax} items`),
);

/** A text is what the user says, and messages may leave their type out. */
export function asItems(input: unknown): unknown {
  if (typeof input === 'string')
    return input === '' ? [] : [{ type: 'message', role: 'user', content: input }];
  if (!Array.isArray(input)) return input;
  const isUntyped = (each: unknown) =>
    typeof each === 'object' && each !== null && (each as { type?: unknown }).type === undefined;
  return input.map(each => (isUntyped(each) ? { ...each, type: 'message' } : each));
}

/** Calls that stand behind each other, or behind what the assistant said, are one message of it. */
export function inputMessages(input: v.InferOutput<typeof inputSchema>): ChatMessage[] {
  const messages: ChatMessage[] = [];
  for (const each of input) {
    if (each.type === 'message') {
      const role = each.role === 'developer' ? 'system' : each.role;
      messages.push({ role, content: plainText(each.content) });
    } else if (each.type === 'function_call') {
      const { call_id: id, name, arguments: json } = each;
      const last = messages.at(-1);
      const call: ToolCall = { id, name, arguments: json };
      if (last?.role === 'assistant')
        messages[messages.length - 1] = { ...last, toolCalls: [...(last.toolCalls ?? []), call] };
      else messages.push({ role: 'assistant', content: '', toolCalls: [call] });
    } else if (each.type === 'function_call_output')
      messages.push({ role: 'tool', content: plainText(each.output), toolCallId: each.call_id });
  }
  return messages;
}

const plainText = (value: v.InferOutput<typeof content>): string =>
  typeof value === 'string'
    ? value
    : value.map(part => (part.type === 'refusal' ? part.refusal : part.text)).join('\n');
