/** https://docs.anthropic.com/en/api/messages and .../messages-streaming. */
import * as v from 'valibot';
import { TabmeshError } from '../../base/error.ts';
import type { ChatMessage, CompletionRequest } from '../request.ts';
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
    const { likeliest, tools, format, bias, penalties, messages } = request;
    const called = tools?.length || messages.some(({ role, toolCalls }) => role === 'tool' || toolCalls);
    const penalized = penalties && (penalties.frequency || penalties.presence || penalties.repetition !== 1);
    if (likeliest !== undefined)
      return unsupported(`${name} does not tell how likely tokens were. Ask without "logprobs".`);
    if (called)
      return unsupported(`${name} is asked without tools so far. Choose another provider for them.`);
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
    const { type, message, delta, usage } = parsed.output;
    if (type === 'message_start' && message?.usage) yield { kind: 'usage', usage: readUsage(message.usage) };
    if (type === 'content_block_delta' && delta?.text) yield { kind: 'text', text: delta.text };
    if (type === 'message_delta') {
      if (usage?.output_tokens != null)
        yield { kind: 'usage', usage: { completionTokens: usage.output_tokens } };
      if (delta?.stop_reason) yield { kind: 'finish', reason: finish(provider, delta.stop_reason) };
    }
  },
};

const unsupported = (reason: string) => new TabmeshError('unsupported', 'router', reason);

/** It begins with the user, and two of one side after each other are one. */
function turns(messages: readonly ChatMessage[]): { role: string; content: string }[] {
  const said: { role: string; content: string }[] = [];
  for (const { role, content } of messages) {
    // Text without a letter is refused.
    if (role === 'system' || content.trim() === '') continue;
    const last = said.at(-1);
    if (last?.role === role) last.content += `\n\n${content}`;
    else said.push({ role, content });
  }
  return said;
}

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
  delta: v.nullish(v.object({ text: v.nullish(v.string()), stop_reason: v.nullish(v.string()) })),
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
  if (reason === 'refusal')
    throw new TabmeshError('denied', 'router', `A filter of ${name} ended the answer. What it gave is kept.`);
  return 'stop';
}
