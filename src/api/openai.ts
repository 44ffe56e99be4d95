import { type Clock, systemClock } from '../base/clock.ts';
import { type Random, systemRandom } from '../base/random.ts';
import type { Router } from '../router/request.ts';
import { createCompletion } from './completion.ts';
import { ApiError, errorResponse, toApiError } from './errors.ts';
import { Gate } from './gate.ts';
import { listModels, oneModel } from './models.ts';

export interface Api {
  /** Never rejects: what goes wrong is answered in OpenAI's error shape. */
  handle(request: Request): Promise<Response>;
}

export interface ApiOptions {
  readonly clock?: Clock;
  readonly random?: Random;
  /** Told of errors that are this code's fault and whose text the client does not get. */
  readonly onInternalError?: (error: unknown) => void;
}

/** The OpenAI API over a router, the same in the gateway and in a service worker. It asks nobody for a key. */
export function createApi(router: Router, options: ApiOptions = {}): Api {
  const { clock = systemClock, random = systemRandom, onInternalError = console.error } = options;
  const explain = (error: unknown): ApiError => {
    const answer = toApiError(error);
    if (answer.body.error.code === 'internal_error') onInternalError(error);
    return answer;
  };
  const parts = { router, clock, random, gate: new Gate(), explain };

  const dispatch = (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    if (pathname === '/v1/chat/completions') {
      allow(request, 'POST');
      return createCompletion(request, parts);
    }
    if (pathname === '/v1/models') {
      allow(request, 'GET', 'HEAD');
      return listModels(router);
    }
    if (pathname.startsWith('/v1/models/')) {
      allow(request, 'GET', 'HEAD');
      return oneModel(router, pathname.slice('/v1/models/'.length));
    }
    throw new ApiError(
      404,
      `There is no ${pathname.slice(0, 100)}. Served are /v1/models, /v1/models/NAME and /v1/chat/completions.`,
      { code: 'unknown_url' },
    );
  };

  return {
    handle: async request => {
      try {
        return await dispatch(request);
      } catch (error) {
        return errorResponse(explain(error));
      }
    },
  };
}

function allow(request: Request, ...methods: string[]): void {
  if (methods.includes(request.method)) return;
  throw new ApiError(405, `${request.method} is not served here; use ${methods[0]}.`, {
    code: 'method_not_allowed',
    headers: { allow: methods.join(', ') },
  });
}
