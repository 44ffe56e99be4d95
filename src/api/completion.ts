import type { CompletionRequest } from '../router/request.ts';
import { type AnswerParts, answer, type Protocol } from './answer.ts';
import { type CompletionBody, parseCompletionBody } from './completion-body.ts';
import { chunks, completionObject } from './completion-objects.ts';
import { dataFrame, doneFrame } from './event-stream.ts';
import { type AnswerHead, newAnswer } from './openai-objects.ts';
import { readJson } from './read-body.ts';

/** POST /v1/chat/completions. Throws ApiError or TabmeshError for what goes wrong before the first byte. */
export async function createCompletion(request: Request, parts: AnswerParts): Promise<Response> {
  const body = parseCompletionBody(await readJson(request), parts.random);
  const { stream } = body;
  const head = newAnswer('chatcmpl-', body.request, parts.random);
  return answer([body.request], { stream, client: request.signal }, inChat(head, body), parts);
}

const isToldTokens = ({ likeliest }: CompletionRequest): boolean => likeliest !== undefined;

function inChat(head: AnswerHead, { request, includeUsage }: CompletionBody): Protocol {
  const make = chunks(head, includeUsage);
  return {
    object: ([said], route) =>
      completionObject(head, { ...said!, tokens: isToldTokens(request) ? said!.tokens : undefined }, route),
    begin: () => dataFrame(make.first()),
    tell(event, route) {
      if (event.kind === 'text') return dataFrame(make.text(event.text, event.tokens));
      if (event.kind === 'tool-call') return dataFrame(make.call(event));
      if (event.kind === 'tool-arguments') return dataFrame(make.callArguments(event));
      const usage = includeUsage ? dataFrame(make.usage(event)) : '';
      return dataFrame(make.last(event, route)) + usage + doneFrame;
    },
    fail: error => dataFrame(error.body),
  };
}
