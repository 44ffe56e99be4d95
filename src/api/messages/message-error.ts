/** https://docs.anthropic.com/en/api/errors */

const types: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  405: 'invalid_request_error',
  413: 'request_too_large',
  415: 'invalid_request_error',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
};

export const messageError = ({ status, message }: { readonly status: number; readonly message: string }) => ({
  type: 'error',
  error: { type: types[status] ?? 'api_error', message },
});
