/** The objects of https://platform.openai.com/docs/api-reference/chat: one for an answer, many for a stream. */
import type { CompletionEvent, LikelyPiece, Route, ShownToken, Usage } from '../router/request.ts';

export type End = Extract<CompletionEvent, { kind: 'end' }>;

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

export const completionObject = (
  answer: Answer,
  text: string,
  tokens: Tokens,
  end: End,
  route: Route | undefined,
) => ({
  id: answer.id,
  object: 'chat.completion',
  created: answer.created,
  model: answer.model,
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: text, refusal: null },
      logprobs: logprobsObject(tokens),
      finish_reason: end.reason,
    },
  ],
  usage: usageObject(end.usage),
  ...extension(route, end),
});

type Delta = { role?: 'assistant'; content?: string };

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
  const choice = (delta: Delta, finish: End['reason'] | null, tokens?: Tokens) => [
    { index: 0, delta, logprobs: logprobsObject(tokens), finish_reason: finish },
  ];
  return {
    first: () => chunk(choice({ role: 'assistant', content: '' }, null)),
    text: (content: string, tokens: Tokens) => chunk(choice({ content }, null, tokens)),
    last: (end: End, route: Route | undefined) => chunk(choice({}, end.reason), extension(route, end)),
    usage: (end: End) => chunk([], { usage: usageObject(end.usage) }),
  };
}

/** "pod; Blue-Heron 0-3, Red-Fox 4-6": layers are counted as people do, the last one included. */
export function routeHeader({ kind, hops }: Route): string {
  const stages = hops.map(hop => `${hop.name} ${hop.first}-${hop.last - 1}`).join(', ');
  // Names come from other peers, and a header holds printable ASCII only.
  return `${kind}; ${stages}`.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 200);
}
