import { type AnswerParts, answer } from '../answer.ts';
import { newId } from '../openai-objects.ts';
import { readJson } from '../read-body.ts';
import { parseCountBody, parseMessageBody } from './message-body.ts';
import { inMessages } from './message-objects.ts';

/** POST /v1/messages, as Anthropic's clients send it. Throws ApiError or TabmeshError for what goes wrong before the first byte. */
export async function createMessage(request: Request, parts: AnswerParts): Promise<Response> {
  const { request: asked, stream } = parseMessageBody(await readJson(request), parts.random);
  const head = { id: newId('msg_', parts.random), model: asked.model };
  return answer([asked], { stream, client: request.signal }, inMessages(head), parts);
}

/** POST /v1/messages/count_tokens: the prompt's tokens as the pod's model reads them. */
export async function countTokens(
  request: Request,
  { router, random, caller }: AnswerParts,
): Promise<Response> {
  const asked = parseCountBody(await readJson(request), random);
  caller?.admit([asked]);
  return Response.json({ input_tokens: await router.count(asked, request.signal) });
}
