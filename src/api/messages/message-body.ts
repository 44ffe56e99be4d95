/** https://docs.anthropic.com/en/api/messages, as far as it is served. What is not named here is ignored. */
import * as v from 'valibot';
import { messagesMax, stopSequencesMax, toolCallsMax } from '../../base/limits.ts';
import type { Random } from '../../base/random.ts';
import type { ChatMessage, CompletionRequest } from '../../router/request.ts';
import {
  asFields,
  between,
  callId,
  flag,
  integer,
  invalidValue,
  modelName,
  readFields,
  samplingOf,
  stopText,
  unsupported,
  wholeNumber,
} from '../fields.ts';
import { schemaObject, toolList, toolName, toolRequest } from '../tool-fields.ts';
import { isOneOf, refuseFields } from '../unsupported.ts';

export interface MessageBody {
  readonly request: CompletionRequest;
  readonly stream: boolean;
}

const textBlock = v.object({ type: v.literal('text'), text: v.string('must be a text') });
const texts = v.union(
  [v.string(), v.array(textBlock, 'must be a list of text blocks')],
  'must be a text or a list of text blocks',
);

const block = v.variant(
  'type',
  [
    textBlock,
    v.object({ type: v.literal('tool_use'), id: callId, name: toolName, input: schemaObject }),
    v.object({
      type: v.literal('tool_result'),
      tool_use_id: callId,
      content: v.nullish(texts),
      is_error: flag,
    }),
    // What another model thought says nothing to this one.
    v.object({ type: v.picklist(['thinking', 'redacted_thinking']) }),
  ],
  'must be "text", "tool_use" or "tool_result"',
);

const message = v.object({
  role: v.picklist(['user', 'assistant'], 'must be "user" or "assistant"'),
  content: v.union([v.string(), v.array(block)], 'must be a text or a list of blocks'),
});

const toolChoice = v.variant(
  'type',
  [
    v.object({ type: v.picklist(['auto', 'any', 'none']), disable_parallel_tool_use: flag }),
    v.object({ type: v.literal('tool'), name: toolName, disable_parallel_tool_use: flag }),
  ],
  'must be "auto", "any", "tool" or "none"',
);

const asked = {
  model: modelName,
  messages: v.pipe(
    v.array(message, 'must be a list of messages'),
    v.minLength(1, 'must hold at least one message'),
    v.maxLength(messagesMax, `must hold at most ${messagesMax} messages`),
  ),
  system: v.nullish(texts),
  tools: toolList(
    v.object({
      name: toolName,
      description: v.nullish(v.string('must be a text')),
      input_schema: schemaObject,
      strict: flag,
    }),
  ),
  tool_choice: v.nullish(toolChoice),
  output_config: v.nullish(
    v.object({
      format: v.nullish(v.object({ type: v.literal('json_schema'), schema: schemaObject })),
    }),
  ),
};
const countedSchema = v.object(asked);
const schema = v.object({
  ...asked,
  max_tokens: integer(1),
  temperature: between(0, 1),
  top_p: between(0, 1),
  top_k: wholeNumber(0),
  stop_sequences: v.nullish(
    v.pipe(
      v.array(stopText, 'must be a list of texts'),
      v.maxLength(stopSequencesMax, `must hold at most ${stopSequencesMax} texts`),
    ),
  ),
  stream: flag,
});
type Asked = v.InferOutput<typeof countedSchema>;

const refused = {
  tools: {
    harmless: (value: unknown) =>
      !Array.isArray(value) || value.every(tool => isOneOf(undefined, null, 'custom')(tool?.type)),
    says: 'only tools of your own can be called, those of Anthropic are not here',
  },
  mcp_servers: {
    harmless: (value: unknown) => Array.isArray(value) && value.length === 0,
    says: 'no MCP server is asked; call it yourself and offer its tools',
  },
  container: { harmless: () => false, says: 'no code is run here' },
};
const knownBlocks = ['text', 'tool_use', 'tool_result', 'thinking', 'redacted_thinking'];

/** Checks a body from outside. Throws ApiError(400) that names the field. */
export function parseMessageBody(body: unknown, random: Random): MessageBody {
  refuseUnsupported(asFields(body, '"model", "messages" and "max_tokens"'));
  const fields = readFields(schema, body);
  const request = {
    ...requestOf(fields),
    maxTokens: fields.max_tokens,
    sampling: samplingOf(fields, random),
    stop: fields.stop_sequences ?? [],
  };
  return { request, stream: fields.stream ?? false };
}

/** Of a body whose tokens are only counted. */
export function parseCountBody(body: unknown, random: Random): CompletionRequest {
  refuseUnsupported(asFields(body, '"model" and "messages"'));
  const fields = readFields(countedSchema, body);
  return { ...requestOf(fields), sampling: samplingOf({ model: fields.model }, random), stop: [] };
}

function refuseUnsupported(body: Readonly<Record<string, unknown>>): void {
  refuseFields(refused, body);
  const messages = Array.isArray(body['messages']) ? body['messages'] : [];
  messages.forEach((each, index) => {
    const content: unknown[] = Array.isArray(each?.content) ? each.content : [];
    content.forEach((part, at) => {
      const { type, content: result } = (part ?? {}) as { type?: unknown; content?: unknown };
      const inner: unknown[] = Array.isArray(result) ? result : [];
      const others = inner.some(piece => (piece as { type?: unknown } | null)?.type !== 'text');
      if ((typeof type === 'string' && !knownBlocks.includes(type)) || others)
        throw unsupported(
          `messages.${index}.content.${at}`,
          'only text and tools are read: no images or files',
        );
    });
  });
}

function requestOf(fields: Asked): Pick<CompletionRequest, 'model' | 'messages'> {
  const { model, system, messages } = fields;
  if (messages.at(-1)!.role === 'assistant')
    throw invalidValue('messages', 'must end with a message of the user: an answer is not gone on with');
  const said = messages.flatMap(toMessages);
  return {
    model,
    messages: system == null ? said : [{ role: 'system', content: plainText(system) }, ...said],
    ...toolRequest(toolFieldsOf(fields)),
  };
}

/** What the tools answered comes before what the user says beside it. */
function toMessages({ role, content }: v.InferOutput<typeof message>, index: number): ChatMessage[] {
  if (typeof content === 'string') return [{ role, content }];
  const text = content.flatMap(part => (part.type === 'text' ? [part.text] : [])).join('\n');
  const results = content.flatMap((part): ChatMessage[] => {
    if (part.type !== 'tool_result') return [];
    const said = plainText(part.content ?? '');
    const failed = part.is_error ? `The tool failed: ${said}` : said;
    return [{ role: 'tool', content: failed, toolCallId: part.tool_use_id }];
  });
  const calls = content.flatMap(part =>
    part.type === 'tool_use' ? [{ id: part.id, name: part.name, arguments: JSON.stringify(part.input) }] : [],
  );
  if (role === 'user' && calls.length > 0)
    throw invalidValue(`messages.${index}.content`, 'has "tool_use", which only an assistant does');
  if (role === 'assistant' && results.length > 0)
    throw invalidValue(`messages.${index}.content`, 'has "tool_result", which only a user sends');
  if (calls.length > toolCallsMax)
    throw invalidValue(`messages.${index}.content`, `must hold at most ${toolCallsMax} calls`);
  if (role === 'assistant')
    return [{ role, content: text, ...(calls.length > 0 ? { toolCalls: calls } : {}) }];
  return text === '' && results.length > 0 ? results : [...results, { role, content: text }];
}

const plainText = (value: v.InferOutput<typeof texts>): string =>
  typeof value === 'string' ? value : value.map(part => part.text).join('\n');

/** In OpenAI's words, which are checked in one place. */
function toolFieldsOf({ tools, tool_choice: choice, output_config: output }: Asked) {
  const words = { auto: 'auto', any: 'required', none: 'none' } as const;
  return {
    tools: tools?.map(({ name, description, input_schema: parameters, strict }) => ({
      type: 'function' as const,
      function: { name, description, parameters, strict },
    })),
    tool_choice:
      choice?.type === 'tool'
        ? { type: 'function' as const, function: { name: choice.name } }
        : choice && words[choice.type],
    parallel_tool_calls: choice?.disable_parallel_tool_use ? false : undefined,
    response_format: output?.format
      ? {
          type: 'json_schema' as const,
          json_schema: { name: 'answer', schema: output.format.schema, strict: true },
        }
      : undefined,
    logit_bias: undefined,
  };
}
