/** POST /v1/completions: text that is gone on from as it stands. */
import type { Route, ShownToken } from '../router/request.ts';
import { type AnswerParts, answer, type End, type Protocol, type Said } from './answer.ts';
import { dataFrame, doneFrame } from './event-stream.ts';
import { type AnswerHead, extension, newAnswer, usageObject } from './openai-objects.ts';
import { readJson } from './read-body.ts';
import { parseTextBody, type TextBody } from './text-body.ts';

/** Throws ApiError or TabmeshError for what goes wrong before the first byte. */
export async function createTextCompletion(request: Request, parts: AnswerParts): Promise<Response> {
  const body = parseTextBody(await readJson(request), parts.random);
  const { requests, stream } = body;
  const head = newAnswer('cmpl-', requests[0]!, parts.random);
  return answer(requests, { stream, client: request.signal }, inText(head, body), parts);
}

function inText({ id, model, created }: AnswerHead, { requests, echo, includeUsage }: TextBody): Protocol {
  const object = (choices: readonly object[], more: object = {}) => ({
    id,
    object: 'text_completion',
    created,
    model,
    choices,
    ...more,
  });
  const promptOf = (index: number) => (echo ? `${requests[index]!.prompt}` : '');
  const isTold = requests[0]!.likeliest !== undefined;
  const choice = (
    index: number,
    text: string,
    { offset, tokens }: { readonly offset: number; readonly tokens: readonly ShownToken[] },
    finish: string | null,
  ) => ({
    index,
    text,
    logprobs: isTold ? logprobsObject(tokens, offset) : null,
    finish_reason: finish,
  });
  const said = ({ text, tokens, end }: Said, index: number) =>
    choice(index, promptOf(index) + text, { offset: 0, tokens }, end.reason);

  let index = 0;
  /** Characters of the choice that were told. */
  let offset = 0;
  const ends: End[] = [];
  const nothing = { offset: 0, tokens: [] };
  const ended = (end: End, route: Route | undefined): string => {
    ends.push(end);
    const last = dataFrame(object([choice(index, '', nothing, end.reason)], extension(route, end)));
    index++;
    offset = 0;
    if (ends.length < requests.length) return last + prompt();
    const usage = includeUsage ? dataFrame(object([], { usage: summed(ends) })) : '';
    return last + usage + doneFrame;
  };
  const prompt = () => (echo ? dataFrame(object([choice(index, promptOf(index), nothing, null)])) : '');

  return {
    object: (all, route) =>
      object(all.map(said), {
        usage: summed(all.map(({ end }) => end)),
        ...extension(route, all.at(-1)!.end),
      }),
    begin: prompt,
    tell(event, route) {
      if (event.kind === 'end') return ended(event, route);
      // No tools are offered, so none is called.
      if (event.kind !== 'text') return '';
      const told = { offset, tokens: event.tokens ?? [] };
      offset += event.text.length;
      return dataFrame(object([choice(index, event.text, told, null)]));
    },
    fail: error => dataFrame(error.body),
  };
}

function summed(ends: readonly End[]) {
  const sum = (of: (end: End) => number) => ends.reduce((total, end) => total + of(end), 0);
  return usageObject({
    promptTokens: sum(({ usage }) => usage.promptTokens),
    cachedTokens: sum(({ usage }) => usage.cachedTokens),
    completionTokens: sum(({ usage }) => usage.completionTokens),
  });
}

/** Lists of the same length, as before there were chats. */
function logprobsObject(tokens: readonly ShownToken[], offset: number) {
  let at = offset;
  return {
    tokens: tokens.map(({ text }) => text),
    token_logprobs: tokens.map(({ logProbability }) => logProbability),
    top_logprobs: tokens.map(({ likeliest }) =>
      Object.fromEntries(likeliest.map(({ text, logProbability }) => [text, logProbability])),
    ),
    text_offset: tokens.map(({ text }) => {
      const begin = at;
      at += text.length;
      return begin;
    }),
  };
}
