/** The objects of https://platform.openai.com/docs/api-reference/chat: one for an answer, many for a stream. */
import type { CompletionEvent, LikelyPiece, Route, ShownToken, ToolCall, Usage } from '../router/request.ts';

type EventOf<Kind> = Extract<CompletionEvent, { kind: Kind }>;
export type End = EventOf<'end'>;

/** What all objects of one answer share. */
export interface Answer {
  readonly id: string;
  readonly model: string;
  /** Unix seconds. */
  readonly created: number;
}

const usageObject = ({ promptTokens, cachedTokens, completionTokens }: Usage) => ({
  prompt_tokens: promptTokens,
  prompt_tokens_details: { cached_tokens: cachedTokens },
  completion_tokens: completionTokens,
  total_tokens: promptTokens + completionTokens,
});

/** Where it ran and how fast: an extension that OpenAI's clients pass over. */
const extension = (route: Route | undefined, { timings }: End) => ({ tabmesh: { route, timings } });

/** Tokens with their log-probabilities, where they were asked for. */
type Tokens = readonly ShownToken[] | undefined;

const pieceObject = ({ text, bytes, logProbability }: LikelyPiece) => ({
  token: text,
  logprob: logProbability,
  bytes: bytes ? [...bytes] : null,
});

const logprobsObject = (tokens: Tokens) =>
  tokens
    ? {
        content: tokens.map(token => ({
          ...pieceObject(token),
          top_logprobs: token.likeliest.map(pieceObject),
        })),
        refusal: null,
      }
    : null;

/** All that an answer said. */
interface Said {
  readonly text: string;
  readonly calls: readonly ToolCall[];
  readonly tokens: Tokens;
}

const callObject = ({ id, name, arguments: text }: ToolCall) => ({
  id,
  type: 'function',
  function: { name, arguments: text },
});

const finishReason = ({ reason }: End) => (reason === 'tool-calls' ? 'tool_calls' : reason);

/** Beside calls OpenAI gives null where there is no text. */
const messageObject = ({ text, calls }: Said) => ({
  role: 'assistant',
  content: calls.length > 0 && text === '' ? null : text,
  refusal: null,
  ...(calls.length > 0 ? { tool_calls: calls.map(callObject) } : {}),
});

export const completionObject = (answer: Answer, said: Said, end: End, route: Route | undefined) => ({
  id: answer.id,
  object: 'chat.completion',
  created: answer.created,
  model: answer.model,
  choices: [
    {
      index: 0,
      message: messageObject(said),
      logprobs: logprobsObject(said.tokens),
      finish_reason: finishReason(end),
    },
  ],
  usage: usageObject(end.usage),
  ...extension(route, end),
});

type Delta = { role?: 'assistant'; content?: string; tool_calls?: readonly object[] };

/** Makes the chunks of one stream. With `includeUsage` every chunk has `usage`, and only the last one a value in it. */
export function chunks({ id, created, model }: Answer, includeUsage: boolean) {
  const chunk = (choices: unknown[], more: object = {}) => ({
    id,
    object: 'chat.completion.chunk',
    created,
    model,
    choices,
    ...(includeUsage ? { usage: null } : {}),
    ...more,
  });
  const choice = (delta: Delta, finish: string | null, tokens?: Tokens) => [
    { index: 0, delta, logprobs: logprobsObject(tokens), finish_reason: finish },
  ];
  return {
    first: () => chunk(choice({ role: 'assistant', content: '' }, null)),
    text: (content: string, tokens: Tokens) => chunk(choice({ content }, null, tokens)),
    call: ({ index, ...call }: EventOf<'tool-call'>) =>
      chunk(choice({ tool_calls: [{ index, ...callObject({ ...call, arguments: '' }) }] }, null)),
    callArguments: ({ index, text }: EventOf<'tool-arguments'>) =>
      chunk(choice({ tool_calls: [{ index, function: { arguments: text } }] }, null)),
    last: (end: End, route: Route | undefined) => chunk(choice({}, finishReason(end)), extension(route, end)),
    usage: (end: End) => chunk([], { usage: usageObject(end.usage) }),
  };
}

/** "pod; Blue-Heron 0-3, Red-Fox 4-6": layers are counted as people do, the last one included. "own-key; OpenAI" where a provider answers. */
export function routeHeader({ kind, hops, provider }: Route): string {
  const stages = provider ?? hops.map(hop => `${hop.name} ${hop.first}-${hop.last - 1}`).join(', ');
  // Names come from other peers, and a header holds printable ASCII only.
  return `${kind}; ${stages}`.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 200);
}
