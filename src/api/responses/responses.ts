/** /v1/responses: answers that the next request may go on from. */
import { messagesMax } from '../../base/limits.ts';
import type { ChatMessage, Route } from '../../router/request.ts';
import { type AnswerParts, answer, type End, type Protocol, type Said } from '../answer.ts';
import { ApiError } from '../errors.ts';
import { eventFrame } from '../event-stream.ts';
import { invalidValue } from '../fields.ts';
import { extension } from '../openai-objects.ts';
import { readJson } from '../read-body.ts';
import type { KeptResponses } from './kept-responses.ts';
import { parseResponseBody, type ResponseBody, withInstructions } from './response-body.ts';
import { type ResponseEvent, ResponseOutput } from './response-output.ts';

export interface ResponseParts extends AnswerParts {
  readonly kept: KeptResponses;
}

/** POST. Throws ApiError or TabmeshError for what goes wrong before the first byte. */
export async function createResponse(request: Request, parts: ResponseParts): Promise<Response> {
  const body = parseResponseBody(await readJson(request), parts.random);
  const before = body.previous === undefined ? [] : await goOnFrom(body.previous, parts.kept);
  const messages = [...before, ...body.request.messages];
  if (messages.length > messagesMax)
    throw invalidValue('previous_response_id', `leads to more than ${messagesMax} messages`);
  const asked = { ...body.request, messages: withInstructions(body.instructions, messages) };
  const { stream } = body;
  return answer([asked], { stream, client: request.signal }, inResponses(body, messages, parts), parts);
}

async function goOnFrom(id: string, kept: KeptResponses): Promise<readonly ChatMessage[]> {
  const found = await kept.read(id);
  if (found) return found.messages;
  const reason = `There is no response "${id.slice(0, 100)}" to go on from: they are kept for a day, and not with "store": false. Send the whole conversation.`;
  throw new ApiError(400, reason, { param: 'previous_response_id', code: 'previous_response_not_found' });
}

/** GET /v1/responses/ID */
export async function readResponse(id: string, kept: KeptResponses): Promise<Response> {
  const found = await kept.read(id);
  if (!found) throw notFound(id);
  return Response.json(found.response);
}

/** DELETE /v1/responses/ID */
export async function deleteResponse(id: string, kept: KeptResponses): Promise<Response> {
  if (!(await kept.delete(id))) throw notFound(id);
  return Response.json({ id, object: 'response', deleted: true });
}

const notFound = (id: string) =>
  new ApiError(404, `There is no response "${id.slice(0, 100)}": they are kept for a day.`, {
    param: 'response_id',
    code: 'not_found',
  });

function inResponses(
  body: ResponseBody,
  messages: readonly ChatMessage[],
  { random, kept }: ResponseParts,
): Protocol {
  const id = kept.newId(random);
  const created = Math.floor(Date.now() / 1000);
  const output = new ResponseOutput(random);
  let sequence = 0;
  const frame = (event: ResponseEvent) => eventFrame(event.type, { ...event, sequence_number: sequence++ });

  const responseObject = (status: string, more: object = {}) => ({
    id,
    object: 'response',
    created_at: created,
    status,
    background: false,
    error: null,
    incomplete_details: null,
    ...body.repeated,
    output: output.objects(),
    reasoning: { effort: null, summary: null },
    store: body.store,
    usage: null,
    user: null,
    ...more,
  });

  /** The whole response, kept where it is to be. */
  const finished = async (end: End, route: Route | undefined): Promise<Record<string, unknown>> => {
    const cut = end.reason === 'length';
    const response = responseObject(cut ? 'incomplete' : 'completed', {
      ...(cut ? { incomplete_details: { reason: 'max_output_tokens' } } : {}),
      usage: usageObject(end),
      ...extension(route, end),
    });
    const conversation = [...messages, output.message()];
    const store = body.store && (await kept.keep(id, { response, messages: conversation }));
    return { ...response, store };
  };

  return {
    object: ([said], route) => {
      for (const event of eventsOf(said!)) output.take(event);
      return finished(said!.end, route);
    },
    begin: () =>
      frame({ type: 'response.created', response: responseObject('in_progress') }) +
      frame({ type: 'response.in_progress', response: responseObject('in_progress') }),
    async tell(event, route) {
      const told = output.take(event).map(frame).join('');
      if (event.kind !== 'end') return told;
      const response = await finished(event, route);
      return told + frame({ type: `response.${response['status']}`, response });
    },
    fail: error => {
      const { message, code } = error.body.error;
      const response = responseObject('failed', { error: { code: code ?? 'server_error', message } });
      return frame({ type: 'response.failed', response });
    },
  };
}

const usageObject = ({ usage: { promptTokens, cachedTokens, completionTokens } }: End) => ({
  input_tokens: promptTokens,
  input_tokens_details: { cached_tokens: cachedTokens },
  output_tokens: completionTokens,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: promptTokens + completionTokens,
});

/** An answer as it would have come. */
function* eventsOf({ text, tokens, calls, end }: Said) {
  if (text !== '') yield { kind: 'text', text, tokens } as const;
  for (const [index, { id, name, arguments: json }] of calls.entries()) {
    yield { kind: 'tool-call', index, id, name } as const;
    yield { kind: 'tool-arguments', index, text: json } as const;
  }
  yield end;
}
