import { type ErrorKind, isKind, TabmeshError } from '../base/error.ts';
import { messageError } from './messages/message-error.ts';

/** https://platform.openai.com/docs/guides/error-codes: the body of every answer that is not 2xx. */
export interface ApiErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string | null;
  };
}

/** An answer that is known before the router is asked. */
export class ApiError extends Error {
  readonly status: number;
  readonly body: ApiErrorBody;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    more: { type?: string; param?: string; code?: string; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.status = status;
    this.headers = more.headers ?? {};
    this.body = {
      error: {
        message,
        type: more.type ?? (status >= 500 ? 'server_error' : 'invalid_request_error'),
        param: more.param ?? null,
        code: more.code ?? null,
      },
    };
  }
}

const statusOf: Readonly<Record<ErrorKind, number>> = {
  invalid: 400,
  unsupported: 400,
  'not-found': 404,
  denied: 403,
  // nginx's number for a client that went away; nobody reads it
  cancelled: 499,
  corrupt: 500,
  full: 503,
  unavailable: 503,
  lost: 503,
  timeout: 504,
};

/** What went wrong, as OpenAI's clients understand it. Programmer errors keep their text to themselves. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (!(error instanceof TabmeshError)) {
    const aborted = error instanceof Error && error.name === 'AbortError';
    return aborted
      ? new ApiError(499, 'The request was stopped.', { code: 'cancelled' })
      : new ApiError(500, 'Something inside of Tabmesh broke; its log says what. Ask again.', {
          code: 'internal_error',
        });
  }
  const status = statusOf[error.kind];
  const fromRouter = error.origin === 'router';
  const unknownModel = fromRouter && isKind(error, 'not-found');
  // The router finds no other fault in a conversation than its length.
  const tooLong = fromRouter && isKind(error, 'invalid');
  const seconds = Math.ceil((error.retryAfterMs ?? 1000) / 1000);
  return new ApiError(status, error.reason, {
    code: unknownModel ? 'model_not_found' : tooLong ? 'context_length_exceeded' : error.kind,
    ...(unknownModel ? { param: 'model' } : tooLong ? { param: 'messages' } : {}),
    ...(status === 503 ? { headers: { 'retry-after': String(seconds) } } : {}),
  });
}

/** In the shape that the clients of `pathname` read: Anthropic's for messages, OpenAI's for all else. */
export function errorResponse(error: ApiError, pathname: string): Response {
  const { status, headers } = error;
  return Response.json(isOfMessages(pathname) ? messageError(error) : error.body, { status, headers });
}

const isOfMessages = (pathname: string): boolean =>
  pathname === '/v1/messages' || pathname.startsWith('/v1/messages/');
