/** Tools and formats of an answer, in the words of https://platform.openai.com/docs/api-reference/chat/create. */
import type { AnswerFormat, ChatMessage, CompletionRequest, ToolChoice } from '../request.ts';

export function messageObject({ role, content, toolCalls, toolCallId }: ChatMessage): object {
  if (role === 'tool') return { role, content, tool_call_id: toolCallId };
  if (!toolCalls?.length) return { role, content };
  const calls = toolCalls.map(({ id, name, arguments: given }) => ({
    id,
    type: 'function',
    function: { name, arguments: given },
  }));
  return { role, content: content === '' ? null : content, tool_calls: calls };
}

export const toolFields = ({ tools, toolChoice, parallelToolCalls, format }: CompletionRequest): object => ({
  ...(tools?.length
    ? {
        tools: tools.map(({ name, description, parameters, strict }) => ({
          type: 'function',
          function: {
            name,
            ...(description === undefined ? {} : { description }),
            parameters,
            ...(strict ? { strict } : {}),
          },
        })),
        ...(toolChoice === undefined ? {} : { tool_choice: choiceObject(toolChoice) }),
        ...(parallelToolCalls === undefined ? {} : { parallel_tool_calls: parallelToolCalls }),
      }
    : {}),
  ...(format === undefined ? {} : { response_format: formatObject(format) }),
});

const choiceObject = (choice: ToolChoice) =>
  typeof choice === 'string' ? choice : { type: 'function', function: { name: choice.name } };

function formatObject(format: AnswerFormat): object {
  if (format.kind === 'json') return { type: 'json_object' };
  const { name, schema, strict } = format;
  return { type: 'json_schema', json_schema: { name, schema, strict } };
}
