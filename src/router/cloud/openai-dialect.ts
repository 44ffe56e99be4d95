/** https://platform.openai.com/docs/api-reference/chat, as far as the others speak it too. */
import * as v from 'valibot';
import { TabmeshError } from '../../base/error.ts';
import type { CompletionRequest, ShownToken } from '../request.ts';
import type { Dialect, Finish, Part } from './dialect.ts';
import { messageObject, toolFields } from './openai-tools.ts';
import { providerError, readProblem } from './provider-error.ts';
import type { Provider } from './providers.ts';
import { readJson } from './read-json.ts';

/** OpenAI's limit, which the others took over. */
const stopsMax = 4;

export const openAiDialect: Dialect = {
  path: '/chat/completions',
  listPath: '/models',
  refusal({ name, takes }, { likeliest, stop, penalties }) {
    if (likeliest !== undefined && !takes.includes('logprobs'))
      return unsupported(`${name} does not tell how likely tokens were. Ask without "logprobs".`);
    if (stop.length > stopsMax)
      return unsupported(`${name} takes at most ${stopsMax} texts that end an answer.`);
    if ((penalties?.repetition ?? 1) !== 1)
      return unsupported(`${name} is asked for no penalty on repetition. Use the one on frequency.`);
    return undefined;
  },
  body: ({ takes }, model, request) => ({
    model,
    messages: request.messages.map(messageObject),
    stream: true,
    stream_options: { include_usage: true },
    ...(request.maxTokens === undefined
      ? {}
      : {
          [takes.includes('max_completion_tokens') ? 'max_completion_tokens' : 'max_tokens']:
            request.maxTokens,
        }),
    ...(request.stop.length > 0 ? { stop: request.stop } : {}),
    ...(request.likeliest === undefined ? {} : { logprobs: true, top_logprobs: request.likeliest }),
    ...samplingFields(takes, request),
    ...toolFields(request),
  }),
  *read(provider, { data }) {
    if (data === '[DONE]') return;
    const json = readJson(provider, data);
    const problem = readProblem(json);
    if (problem) {
      const status = typeof problem.code === 'number' ? problem.code : 502;
      throw providerError(provider, { status, problem, retryAfterMs: undefined });
    }
    const parsed = v.safeParse(chunkSchema, json);
    if (!parsed.success) throw garbled(provider);
    const { choices, usage } = parsed.output;
    const choice = choices?.[0];
    if (choice?.delta?.content) {
      const tokens = choice.logprobs?.content?.map(shownToken);
      yield { kind: 'text', text: choice.delta.content, ...(tokens ? { tokens } : {}) };
    }
    for (const call of choice?.delta?.tool_calls ?? []) yield* callParts(call);
    if (choice?.finish_reason) yield { kind: 'finish', reason: finish(provider, choice.finish_reason) };
    if (usage) yield { kind: 'usage', usage: readUsage(usage) };
  },
};

/** Only what differs from the default, since some models take no other (OpenAI's that think, for one). */
const samplingFields = (takes: Provider['takes'], { sampling, penalties, bias }: CompletionRequest) => ({
  ...(sampling.temperature === 1 ? {} : { temperature: sampling.temperature }),
  ...(sampling.topP === 1 ? {} : { top_p: sampling.topP }),
  ...(sampling.topK > 0 && takes.includes('top_k') ? { top_k: sampling.topK } : {}),
  ...(sampling.minP > 0 && takes.includes('min_p') ? { min_p: sampling.minP } : {}),
  ...(takes.includes('seed') ? { seed: sampling.seed } : {}),
  ...(penalties?.frequency ? { frequency_penalty: penalties.frequency } : {}),
  ...(penalties?.presence ? { presence_penalty: penalties.presence } : {}),
  ...(bias?.length ? { logit_bias: Object.fromEntries(bias.map(each => [each.token, each.bias])) } : {}),
});

const tokenFields = {
  token: v.string(),
  logprob: v.number(),
  bytes: v.nullish(v.array(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255)))),
};
const tokenSchema = v.object({ ...tokenFields, top_logprobs: v.nullish(v.array(v.object(tokenFields))) });

const count = v.pipe(v.number(), v.minValue(0));
const usageSchema = v.object({
  prompt_tokens: v.nullish(count),
  completion_tokens: v.nullish(count),
  prompt_tokens_details: v.nullish(v.object({ cached_tokens: v.nullish(count) })),
});

const callSchema = v.object({
  index: v.nullish(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
  id: v.nullish(v.string()),
  function: v.nullish(v.object({ name: v.nullish(v.string()), arguments: v.nullish(v.string()) })),
});

/** Its id and name come once, at its beginning; its arguments in pieces. */
function* callParts({ index, id, function: called }: v.InferOutput<typeof callSchema>): Generator<Part> {
  const at = index ?? 0;
  if (id && called?.name) yield { kind: 'tool-call', index: at, id, name: called.name };
  if (called?.arguments) yield { kind: 'tool-arguments', index: at, text: called.arguments };
}

const chunkSchema = v.object({
  choices: v.nullish(
    v.array(
      v.object({
        delta: v.nullish(
          v.object({ content: v.nullish(v.string()), tool_calls: v.nullish(v.array(callSchema)) }),
        ),
        logprobs: v.nullish(v.object({ content: v.nullish(v.array(tokenSchema)) })),
        finish_reason: v.nullish(v.string()),
      }),
    ),
  ),
  usage: v.nullish(usageSchema),
});

const piece = ({ token, logprob, bytes }: Omit<v.InferOutput<typeof tokenSchema>, 'top_logprobs'>) => ({
  text: token,
  bytes: bytes ? Uint8Array.from(bytes) : undefined,
  logProbability: logprob,
});
const shownToken = (token: v.InferOutput<typeof tokenSchema>): ShownToken => ({
  ...piece(token),
  likeliest: (token.top_logprobs ?? []).map(piece),
});

const readUsage = (usage: v.InferOutput<typeof usageSchema>) => ({
  ...(usage.prompt_tokens == null ? {} : { promptTokens: usage.prompt_tokens }),
  ...(usage.completion_tokens == null ? {} : { completionTokens: usage.completion_tokens }),
  cachedTokens: usage.prompt_tokens_details?.cached_tokens ?? 0,
});

function finish({ name }: Provider, reason: string): Finish {
  if (reason === 'length') return 'length';
  if (reason === 'tool_calls') return 'tool-calls';
  if (reason === 'content_filter')
    throw new TabmeshError('denied', 'router', `A filter of ${name} ended the answer. What it gave is kept.`);
  return 'stop';
}

const unsupported = (reason: string) => new TabmeshError('unsupported', 'router', reason);
const garbled = ({ name }: Provider) =>
  new TabmeshError('corrupt', 'router', `${name} sent what is no answer. What it gave before is kept.`);
