/** https://docs.anthropic.com/en/api/messages and .../messages-streaming. */
import * as v from 'valibot';
import { TabmeshError } from '../../base/error.ts';
import type { CompletionRequest } from '../request.ts';
import { toolFields, turns } from './anthropic-turns.ts';
import type { Dialect, Finish } from './dialect.ts';
import { providerError, readProblem } from './provider-error.ts';
import type { Provider } from './providers.ts';
import { readJson } from './read-json.ts';

/** A limit must be given; no model of theirs takes a smaller one. */
const defaultMaxTokens = 4096;

export const anthropicDialect: Dialect = {
  path: '/messages',
  listPath: '/models?limit=1000',
  refusal({ name }, request) {
    const { likeliest, format, bias, penalties } = request;
    const penalized = penalties && (penalties.frequency || penalties.presence || penalties.repetition !== 1);
    if (likeliest !== undefined)
      return unsupported(`${name} does not tell how likely tokens were. Ask without "logprobs".`);
    if (format) return unsupported(`${name} holds no format of an answer. Ask for JSON in the message.`);
    if (bias?.length || penalized)
      return unsupported(`${name} changes no likelihoods of tokens. Leave bias and penalties out.`);
    return undefined;
  },
  body(_, model, request) {
    const system = request.messages.filter(({ role }) => role === 'system').map(({ content }) => content);
    return {
      model,
      max_tokens: request.maxTokens ?? defaultMaxTokens,
      ...(system.length > 0 ? { system: system.join('\n\n') } : {}),
      messages: turns(request.messages),
      stream: true,
      ...toolFields(request),
      ...(request.stop.length > 0 ? { stop_sequences: request.stop } : {}),
      ...samplingFields(request),
    };
  },
  *read(provider, { data }) {
    const json = readJson(provider, data);
    const problem = readProblem(json);
    if (problem) {
      // An "overloaded_error" that comes after the headers stands for 529.
      const status = problem.type === 'rate_limit_error' ? 429 : 529;
      throw providerError(provider, { status, problem, retryAfterMs: undefined });
    }
    const parsed = v.safeParse(eventSchema, json);
    if (!parsed.success)
      throw new TabmeshError(
        'corrupt',
        'router',
        `${provider.name} sent what is no answer. What it gave before is kept.`,
      );
    const { type, index, content_block: block, message, delta, usage } = parsed.output;
    if (type === 'message_start' && message?.usage) yield { kind: 'usage', usage: readUsage(message.usage) };
    if (type === 'content_block_delta' && delta?.text) yield { kind: 'text', text: delta.text };
    if (type === 'content_block_start' && block?.type === 'tool_use' && block.id && block.name)
      yield { kind: 'tool-call', index: index ?? 0, id: block.id, name: block.name };
    if (type === 'content_block_delta' && delta?.partial_json)
      yield { kind: 'tool-arguments', index: index ?? 0, text: delta.partial_json };
    if (type === 'message_delta') {
      if (usage?.output_tokens != null)
        yield { kind: 'usage', usage: { completionTokens: usage.output_tokens } };
      if (delta?.stop_reason) {
        const stop = delta.stop_sequence;
        yield { kind: 'finish', reason: finish(provider, delta.stop_reason), ...(stop ? { stop } : {}) };
      }
    }
  },
};

const unsupported = (reason: string) => new TabmeshError('unsupported', 'router', reason);

/** Its newer models refuse a temperature and top_p together; temperatures end at 1. */
function samplingFields({ sampling }: CompletionRequest) {
  const { temperature, topP, topK } = sampling;
  return {
    ...(temperature !== 1 ? { temperature: Math.min(1, temperature) } : topP !== 1 ? { top_p: topP } : {}),
    ...(topK > 0 ? { top_k: topK } : {}),
  };
}

const count = v.nullish(v.pipe(v.number(), v.minValue(0)));
const usageSchema = v.object({
  input_tokens: count,
  output_tokens: count,
  cache_read_input_tokens: count,
  cache_creation_input_tokens: count,
});
const eventSchema = v.object({
  type: v.string(),
  message: v.nullish(v.object({ usage: v.nullish(usageSchema) })),
  index: v.nullish(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
  content_block: v.nullish(
    v.object({ type: v.string(), id: v.nullish(v.string()), name: v.nullish(v.string()) }),
  ),
  delta: v.nullish(
    v.object({
      text: v.nullish(v.string()),
      partial_json: v.nullish(v.string()),
      stop_reason: v.nullish(v.string()),
      stop_sequence: v.nullish(v.string()),
    }),
  ),
  usage: v.nullish(usageSchema),
});

/** It counts apart what it had in its cache. */
function readUsage(usage: v.InferOutput<typeof usageSchema>) {
  const cachedTokens = usage.cache_read_input_tokens ?? 0;
  const others = (usage.input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0);
  return { promptTokens: others + cachedTokens, cachedTokens, completionTokens: usage.output_tokens ?? 0 };
}

function finish({ name }: Provider, reason: string): Finish {
  if (reason === 'max_tokens' || reason === 'model_context_window_exceeded') return 'length';
  if (reason === 'tool_use') return 'tool-calls';
  if (reason === 'refusal')
    throw new TabmeshError('denied', 'router', `A filter of ${name} ended the answer. What it gave is kept.`);
  return 'stop';
}
