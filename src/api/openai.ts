import { type Clock, systemClock } from '../base/clock.ts';
import { pageResponsesMax } from '../base/limits.ts';
import { type Random, systemRandom } from '../base/random.ts';
import type { Router } from '../router/request.ts';
import { createMemoryStore } from '../store/memory-store.ts';
import type { Caller } from './caller.ts';
import { createCompletion } from './completion.ts';
import { ApiError, errorResponse, toApiError } from './errors.ts';
import { Gate } from './gate.ts';
import { countTokens, createMessage } from './messages/messages.ts';
import { listModels, oneModel } from './models.ts';
import { KeptResponses } from './responses/kept-responses.ts';
import { createResponse, deleteResponse, type ResponseParts, readResponse } from './responses/responses.ts';
import { createTextCompletion } from './text-completion.ts';

export interface Api {
  /** Never rejects: what goes wrong is answered in the error shape of the route's family. */
  handle(request: Request, caller?: Caller): Promise<Response>;
}

export interface ApiOptions {
  readonly clock?: Clock;
  readonly random?: Random;
  /** Where responses are kept that clients go on from; in memory without. */
  readonly responses?: KeptResponses;
  /** Told of errors that are this code's fault and whose text the client does not get. */
  readonly onInternalError?: (error: unknown) => void;
}

interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** `*` stands for one part, which may be anything. */
  readonly path: string;
  readonly answer: (request: Request, parts: ResponseParts, part: string) => Promise<Response>;
}

const routes: readonly Route[] = [
  { method: 'POST', path: '/v1/chat/completions', answer: createCompletion },
  { method: 'POST', path: '/v1/completions', answer: createTextCompletion },
  { method: 'POST', path: '/v1/responses', answer: createResponse },
  { method: 'GET', path: '/v1/responses/*', answer: (_, { kept }, id) => readResponse(id, kept) },
  { method: 'DELETE', path: '/v1/responses/*', answer: (_, { kept }, id) => deleteResponse(id, kept) },
  { method: 'POST', path: '/v1/messages', answer: createMessage },
  { method: 'POST', path: '/v1/messages/count_tokens', answer: countTokens },
  { method: 'POST', path: '/v1/embeddings', answer: async () => noEmbeddings() },
  { method: 'GET', path: '/v1/models', answer: listModels },
  { method: 'GET', path: '/v1/models/*', answer: oneModel },
];

/** OpenAI's API and Anthropic's messages over a router, the same in the gateway and in a page. It asks nobody for a key: whoever calls it knows who asks. */
export function createApi(router: Router, options: ApiOptions = {}): Api {
  const { clock = systemClock, random = systemRandom, onInternalError = console.error } = options;
  const kept =
    options.responses ??
    new KeptResponses({ store: createMemoryStore(), most: pageResponsesMax, date: Date.now });
  const explain = (error: unknown): ApiError => {
    const answer = toApiError(error);
    if (answer.body.error.code === 'internal_error') onInternalError(error);
    return answer;
  };
  const parts: ResponseParts = { router, clock, random, gate: new Gate(), explain, kept };

  const dispatch = (request: Request, caller?: Caller): Promise<Response> => {
    const { pathname } = new URL(request.url);
    const found = routes.filter(({ path }) => partOf(pathname, path) !== undefined);
    if (found.length === 0) throw unknown(pathname);
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const route = found.find(each => each.method === method);
    if (!route) throw notAllowed(request.method, found);
    const asked = caller ? { ...parts, caller } : parts;
    return route.answer(request, asked, partOf(pathname, route.path)!);
  };

  return {
    handle: async (request, caller) => {
      try {
        return await dispatch(request, caller);
      } catch (error) {
        return errorResponse(explain(error), new URL(request.url).pathname);
      }
    },
  };
}

/** What stands for `*`, empty where the path has none; undefined where it is another path. */
function partOf(pathname: string, path: string): string | undefined {
  if (!path.endsWith('*')) return pathname === path ? '' : undefined;
  const before = path.slice(0, -1);
  return pathname.startsWith(before) ? pathname.slice(before.length) : undefined;
}

function noEmbeddings(): never {
  const reason =
    'There are no embeddings yet: the models here answer, and none of them turns text into vectors. Use another service for them.';
  throw new ApiError(501, reason, { code: 'not_implemented' });
}

const unknown = (pathname: string) =>
  new ApiError(
    404,
    `There is no ${pathname.slice(0, 100)}. Served are /v1/models, /v1/models/NAME, /v1/chat/completions, /v1/completions, /v1/responses, /v1/messages and /v1/messages/count_tokens.`,
    { code: 'unknown_url' },
  );

function notAllowed(method: string, routes: readonly Route[]): ApiError {
  const allowed = routes.flatMap(route => (route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]));
  return new ApiError(405, `${method} is not served here; use ${allowed[0]}.`, {
    code: 'method_not_allowed',
    headers: { allow: allowed.join(', ') },
  });
}
