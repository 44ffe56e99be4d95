/** The objects of https://platform.openai.com/docs/api-reference/chat: one for an answer, many for a stream. */
import type { LikelyPiece, Route, ShownToken, ToolCall } from '../router/request.ts';
import type { End, EventOf, Said as Gathered } from './answer.ts';
import { type AnswerHead, extension, usageObject } from './openai-objects.ts';

/** Tokens with their log-probabilities, where they were asked for. */
type Tokens = readonly ShownToken[] | undefined;

export const pieceObject = ({ text, bytes, logProbability }: LikelyPiece) => ({
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

/** `tokens` where they were asked for. */
type Said = Omit<Gathered, 'tokens'> & { readonly tokens: Tokens };

const callObject = ({ id, name, arguments: text }: ToolCall) => ({
  id,
  type: 'function',
  function: { name, arguments: text },
});

const finishReason = ({ reason }: End) => (reason === 'tool-calls' ? 'tool_calls' : reason);

/** Beside calls OpenAI gives null where there is no text. */
const messageObject = ({ text, calls }: Pick<Said, 'text' | 'calls'>) => ({
  role: 'assistant',
  content: calls.length > 0 && text === '' ? null : text,
  refusal: null,
  ...(calls.length > 0 ? { tool_calls: calls.map(callObject) } : {}),
});

export const completionObject = (answer: AnswerHead, said: Said, route: Route | undefined) => ({
  id: answer.id,
  object: 'chat.completion',
  created: answer.created,
  model: answer.model,
  choices: [
    {
      index: 0,
      message: messageObject(said),
      logprobs: logprobsObject(said.tokens),
      finish_reason: finishReason(said.end),
    },
  ],
  usage: usageObject(said.end.usage),
  ...extension(route, said.end),
});

type Delta = { role?: 'assistant'; content?: string; tool_calls?: readonly object[] };

/** Makes the chunks of one stream. With `includeUsage` every chunk has `usage`, and only the last one a value in it. */
export function chunks({ id, created, model }: AnswerHead, includeUsage: boolean) {
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
