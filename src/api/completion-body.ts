import * as v from 'valibot';
import {
  likeliestMax,
  messagesMax,
  stopCharactersMax,
  stopSequencesMax,
  toolCallsMax,
} from '../base/limits.ts';
import type { Random } from '../base/random.ts';
import type { ChatMessage, CompletionRequest } from '../router/request.ts';
import { constraintsOf, constraintsSchema } from './constraints.ts';
import { ApiError } from './errors.ts';
import { callSchema, toolFields, toolRequest } from './tool-fields.ts';
import { refuseUnsupported } from './unsupported.ts';

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
      tool_call_id: v.pipe(
        v.string('must name the call that the tool answers'),
        v.maxLength(256, 'must have at most 256 characters'),
      ),
    }),
  ],
  'must be "system", "developer", "user", "assistant" or "tool"',
);

const between = (low: number, high: number) =>
  v.nullish(
    v.pipe(
      v.number(`must be a number from ${low} to ${high}`),
      v.minValue(low, `must be at least ${low}`),
      v.maxValue(high, `must be at most ${high}`),
    ),
  );
const wholeNumber = (low: number, high = Number.MAX_SAFE_INTEGER) =>
  v.nullish(
    v.pipe(
      v.number('must be a whole number'),
      v.safeInteger('must be a whole number'),
      v.minValue(low, `must be at least ${low}`),
      v.maxValue(high, `must be at most ${high}`),
    ),
  );
const stopText = v.pipe(
  v.string('must be a text or a list of texts'),
  v.minLength(1, 'must not be empty'),
  v.maxLength(stopCharactersMax, `must have at most ${stopCharactersMax} characters`),
);

/**
 * https://platform.openai.com/docs/api-reference/chat/create, as far as it is served, with `top_k`, `min_p` and
 * `repetition_penalty` as llama.cpp and vLLM have them. What is not named here is ignored; unsupported.ts names what is refused.
 */
const schema = v.object({
  model: v.pipe(v.string('must name a model'), v.minLength(1, 'must name a model')),
  messages: v.pipe(
    v.array(message, 'must be a list of messages'),
    v.minLength(1, 'must hold at least one message'),
    v.maxLength(messagesMax, `must hold at most ${messagesMax} messages`),
  ),
  max_completion_tokens: wholeNumber(1),
  max_tokens: wholeNumber(1),
  temperature: between(0, 2),
  top_p: between(0, 1),
  min_p: between(0, 1),
  // vLLM's clients say -1 for all, llama.cpp's say 0.
  top_k: wholeNumber(-1),
  seed: wholeNumber(Number.MIN_SAFE_INTEGER),
  ...toolFields,
  frequency_penalty: between(-2, 2),
  presence_penalty: between(-2, 2),
  repetition_penalty: between(0.01, 10),
  logprobs: v.nullish(v.boolean('must be true or false')),
  top_logprobs: wholeNumber(0, likeliestMax),
  stop: v.nullish(
    v.union(
      [
        stopText,
        v.pipe(
          v.array(stopText),
          v.maxLength(stopSequencesMax, `must hold at most ${stopSequencesMax} texts`),
        ),
      ],
      `must be a text or a list of at most ${stopSequencesMax} texts, each of 1 to ${stopCharactersMax} characters`,
    ),
  ),
  tabmesh: constraintsSchema,
  stream: v.nullish(v.boolean('must be true or false')),
  stream_options: v.nullish(v.object({ include_usage: v.nullish(v.boolean('must be true or false')) })),
});

/**
 * OpenAI's default is 1. The embedded model has 4 MB and wanders at 1, so it is greedy unless asked otherwise: the
 * same question gives the same answer.
 */
const defaultTemperature = (model: string): number => (model === 'guide' ? 0 : 1);

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
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ApiError(400, 'The body must be a JSON object with "model" and "messages".');
  }
  refuseUnsupported(body as Record<string, unknown>);
  const result = v.safeParse(schema, body, { abortEarly: true });
  if (!result.success) throw invalidField(result.issues[0]);
  const fields = result.output;
  // 0 asks for nothing, and some clients send it always.
  if (fields.top_logprobs && !fields.logprobs) {
    throw new ApiError(400, '"top_logprobs" needs "logprobs" to be true.', {
      param: 'top_logprobs',
      code: 'invalid_value',
    });
  }
  const maxTokens = fields.max_completion_tokens ?? fields.max_tokens;
  return {
    request: {
      model: fields.model,
      messages: fields.messages.map(toMessage),
      ...(maxTokens == null ? {} : { maxTokens }),
      sampling: {
        temperature: fields.temperature ?? defaultTemperature(fields.model),
        // 0 is allowed and keeps the likeliest token alone.
        topP: Math.max(fields.top_p ?? 1, Number.EPSILON),
        topK: Math.max(fields.top_k ?? 0, 0),
        minP: fields.min_p ?? 0,
        seed: fields.seed ?? Math.floor(random.next() * 2 ** 32),
      },
      ...(fields.logprobs ? { likeliest: fields.top_logprobs ?? 0 } : {}),
      stop: fields.stop == null ? [] : [fields.stop].flat(),
      ...constraintsOf(fields.tabmesh),
      ...toolRequest(fields),
      penalties: {
        frequency: fields.frequency_penalty ?? 0,
        presence: fields.presence_penalty ?? 0,
        repetition: fields.repetition_penalty ?? 1,
      },
    },
    stream: fields.stream ?? false,
    includeUsage: fields.stream_options?.include_usage ?? false,
  };
}

function invalidField(issue: v.InferIssue<typeof schema>): ApiError {
  const param = v.getDotPath(issue) ?? 'body';
  const missing = issue.input === undefined;
  const message = missing ? 'is missing' : issue.message;
  return new ApiError(400, `"${param}" ${message}.`, {
    param,
    code: missing ? 'missing_required_parameter' : 'invalid_value',
  });
}
