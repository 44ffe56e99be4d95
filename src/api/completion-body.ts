import * as v from 'valibot';
import { likeliestMax, messagesMax, toolCallsMax } from '../base/limits.ts';
import type { Random } from '../base/random.ts';
import type { ChatMessage, CompletionRequest } from '../router/request.ts';
import { asFields, callId, flag, invalidValue, modelName, readFields, wholeNumber } from './fields.ts';
import { callSchema, toolFields, toolRequest } from './tool-fields.ts';
import { refuseUnsupported } from './unsupported.ts';
import { comingOf, wishesOf, wishFields } from './wishes.ts';

export interface CompletionBody {
  readonly request: CompletionRequest;
  readonly stream: boolean;
  readonly includeUsage: boolean;
}

const content = v.union(
  [v.string(), v.array(v.object({ type: v.literal('text'), text: v.string() }))],
  'must be a text or a list of text parts',
);

const message = v.variant(
  'role',
  [
    // Clients send back an assistant's message with null where it had no text.
    v.object({ role: v.picklist(['system', 'developer', 'user']), content: v.nullable(content) }),
    v.object({
      role: v.literal('assistant'),
      content: v.nullish(content),
      tool_calls: v.nullish(
        v.pipe(
          v.array(callSchema, 'must be a list of tool calls'),
          v.maxLength(toolCallsMax, `must hold at most ${toolCallsMax} calls`),
        ),
      ),
    }),
    v.object({
      role: v.literal('tool'),
      content,
      tool_call_id: callId,
    }),
  ],
  'must be "system", "developer", "user", "assistant" or "tool"',
);

/**
 * https://platform.openai.com/docs/api-reference/chat/create, as far as it is served, with `top_k`, `min_p` and
 * `repetition_penalty` as llama.cpp and vLLM have them. What is not named here is ignored; unsupported.ts names what is refused.
 */
const schema = v.object({
  model: modelName,
  messages: v.pipe(
    v.array(message, 'must be a list of messages'),
    v.minLength(1, 'must hold at least one message'),
    v.maxLength(messagesMax, `must hold at most ${messagesMax} messages`),
  ),
  max_completion_tokens: wholeNumber(1),
  max_tokens: wholeNumber(1),
  ...toolFields,
  logprobs: flag,
  top_logprobs: wholeNumber(0, likeliestMax),
  ...wishFields,
});

function toMessage(given: v.InferOutput<typeof message>): ChatMessage {
  const content = plainText(given.content);
  if (given.role === 'tool') return { role: 'tool', content, toolCallId: given.tool_call_id };
  if (given.role !== 'assistant') return { role: given.role === 'user' ? 'user' : 'system', content };
  if (!given.tool_calls?.length) return { role: 'assistant', content };
  const toolCalls = given.tool_calls.map(({ id, function: { name, arguments: json } }) => ({
    id,
    name,
    arguments: json,
  }));
  return { role: 'assistant', content, toolCalls };
}

const plainText = (value: v.InferOutput<typeof content> | null | undefined): string =>
  typeof value === 'string' ? value : (value ?? []).map(part => part.text).join('\n');

/** Checks a body from outside. Throws ApiError(400) that names the field. */
export function parseCompletionBody(body: unknown, random: Random): CompletionBody {
  refuseUnsupported(asFields(body, '"model" and "messages"'));
  const fields = readFields(schema, body);
  // 0 asks for nothing, and some clients send it always.
  if (fields.top_logprobs && !fields.logprobs)
    throw invalidValue('top_logprobs', 'needs "logprobs" to be true');
  const maxTokens = fields.max_completion_tokens ?? fields.max_tokens;
  return {
    request: {
      model: fields.model,
      messages: fields.messages.map(toMessage),
      ...(maxTokens == null ? {} : { maxTokens }),
      ...(fields.logprobs ? { likeliest: fields.top_logprobs ?? 0 } : {}),
      ...wishesOf(fields, random),
      ...toolRequest(fields),
    },
    ...comingOf(fields),
  };
}
