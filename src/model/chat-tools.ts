/** Conversations with tools, as templates take them: https://huggingface.co/docs/transformers/chat_extras */
import { type CallStyle, hermesCalls } from './call-style.ts';

export interface ChatMessage {
  readonly role: string;
  readonly content: string;
  readonly toolCalls?: readonly ChatCall[];
  readonly toolCallId?: string;
}

export interface ChatCall {
  readonly id: string;
  readonly name: string;
  /** JSON. */
  readonly arguments: string;
}

export interface ChatTool {
  readonly name: string;
  readonly description?: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** As JSON: {"type": "function", "function": {...}}. */
export const toolObject = ({ name, description, parameters }: ChatTool) => ({
  type: 'function',
  function: { name, ...(description === undefined ? {} : { description }), parameters },
});

/** For a template that knows tools. Llama's has one call in a message, and Mistral's wants ids of nine letters and digits. */
export function templateMessages(
  messages: readonly ChatMessage[],
  { between }: CallStyle,
): { role: string; content: string; [more: string]: unknown }[] {
  const numbers = new Map<string, string>();
  const idOf = (id: string) => {
    const known = numbers.get(id) ?? String(numbers.size).padStart(9, '0');
    numbers.set(id, known);
    return known;
  };
  const names = new Map(
    messages.flatMap(({ toolCalls = [] }) => toolCalls.map(({ id, name }) => [id, name])),
  );
  return messages.flatMap(({ role, content, toolCalls = [], toolCallId }) => {
    if (role === 'tool') {
      const id = toolCallId ?? '';
      return [{ role, content, name: names.get(id) ?? '', tool_call_id: idOf(id) }];
    }
    const calls = toolCalls.map(call => ({
      id: idOf(call.id),
      type: 'function',
      function: { name: call.name, arguments: parsed(call.arguments) },
    }));
    if (calls.length === 0) return [{ role, content }];
    if (between !== undefined) return [{ role, content, tool_calls: calls }];
    return calls.map((call, i) => ({ role, content: i === 0 ? content : '', tool_calls: [call] }));
  });
}

/** For a template that knows none: what is called, and what comes of it, is written into the texts. */
export function taughtMessages(
  messages: readonly ChatMessage[],
  tools: readonly ChatTool[] | undefined,
): { role: string; content: string }[] {
  const plain = messages.map(({ role, content, toolCalls = [] }) => {
    if (role === 'tool') return { role: 'user', content: `<tool_response>\n${content}\n</tool_response>` };
    const calls = toolCalls.map(call => hermesCalls.begin(call.name) + call.arguments + hermesCalls.end);
    return { role, content: [...(content === '' ? [] : [content]), ...calls].join('\n') };
  });
  if (!tools?.length) return plain;
  const lesson = teach(tools);
  const [first, ...rest] = plain;
  return first?.role === 'system'
    ? [{ role: 'system', content: `${first.content}\n\n${lesson}` }, ...rest]
    : [{ role: 'system', content: lesson }, ...plain];
}

/** In Qwen's words, which most models have met. */
const teach = (tools: readonly ChatTool[]): string =>
  `# Tools\n\nYou may call functions. Their signatures:\n<tools>\n${tools
    .map(tool => JSON.stringify(toolObject(tool)))
    .join(
      '\n',
    )}\n</tools>\n\nFor each call write:\n<tool_call>\n{"name": <function-name>, "arguments": <args-json-object>}\n</tool_call>`;

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}
