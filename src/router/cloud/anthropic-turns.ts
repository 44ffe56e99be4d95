/** A conversation and its tools in the words of https://docs.anthropic.com/en/api/messages. */
import { TabmeshError } from '../../base/error.ts';
import type { ChatMessage, CompletionRequest, ToolCall, ToolChoice } from '../request.ts';

type Block =
  | { readonly type: 'text'; text: string }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: object }
  | { readonly type: 'tool_result'; readonly tool_use_id: string; readonly content: string };

interface Turn {
  readonly role: 'user' | 'assistant';
  readonly content: Block[];
}

/** It begins with the user, and two of one side after each other are one. Throws TabmeshError('invalid', 'router') for a broken call. */
export function turns(messages: readonly ChatMessage[]): object[] {
  const said: Turn[] = [];
  for (const message of messages) {
    if (message.role === 'system') continue;
    const blocks = blocksOf(message);
    if (blocks.length === 0) continue;
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const last = said.at(-1);
    if (last?.role === role) for (const block of blocks) add(last.content, block);
    else said.push({ role, content: blocks });
  }
  return said.map(({ role, content }) => {
    const [first] = content;
    return { role, content: content.length === 1 && first?.type === 'text' ? first.text : content };
  });
}

function add(content: Block[], block: Block): void {
  const last = content.at(-1);
  if (last?.type === 'text' && block.type === 'text') last.text += `\n\n${block.text}`;
  else content.push(block);
}

function blocksOf({ role, content, toolCalls = [], toolCallId }: ChatMessage): Block[] {
  if (role === 'tool') return [{ type: 'tool_result', tool_use_id: toolCallId ?? '', content }];
  // Text without a letter is refused.
  const text: Block[] = content.trim() === '' ? [] : [{ type: 'text', text: content }];
  return [
    ...text,
    ...toolCalls.map(
      (call): Block => ({ type: 'tool_use', id: call.id, name: call.name, input: inputOf(call) }),
    ),
  ];
}

function inputOf({ name, arguments: json }: ToolCall): object {
  try {
    const value: unknown = JSON.parse(json || '{}');
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Said below.
  }
  const reason = `The conversation has a call of ${name} whose arguments are no JSON object. Take it out, or start a new one.`;
  throw new TabmeshError('invalid', 'router', reason);
}

export const toolFields = ({ tools, toolChoice, parallelToolCalls }: CompletionRequest): object =>
  tools?.length
    ? {
        tools: tools.map(({ name, description, parameters, strict }) => ({
          name,
          ...(description === undefined ? {} : { description }),
          // It wants the type, which OpenAI's clients may leave out.
          input_schema: { type: 'object', ...parameters },
          ...(strict ? { strict } : {}),
        })),
        ...choiceFields(toolChoice, parallelToolCalls === false),
      }
    : {};

function choiceFields(choice: ToolChoice | undefined, single: boolean): object {
  if (choice === undefined && !single) return {};
  if (choice === 'none') return { tool_choice: { type: 'none' } };
  const more = single ? { disable_parallel_tool_use: true } : {};
  if (typeof choice === 'object') return { tool_choice: { type: 'tool', name: choice.name, ...more } };
  return { tool_choice: { type: choice === 'required' ? 'any' : 'auto', ...more } };
}
