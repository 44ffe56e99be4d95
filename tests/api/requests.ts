/** Shorthands of the API's tests. */
import type { Api } from '../../src/api/openai.ts';

export const chatUrl = 'http://127.0.0.1/v1/chat/completions';

export function post(body: unknown, more: RequestInit = {}): Request {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return new Request(chatUrl, {
    method: 'POST',
    body: text,
    headers: { 'content-type': 'application/json' },
    ...more,
  });
}

export const question = (text = 'What is a pod?', more: object = {}) => ({
  model: 'guide',
  messages: [{ role: 'user', content: text }],
  ...more,
});

export interface Failure {
  readonly status: number;
  readonly error: { message: string; type: string; param: string | null; code: string | null };
  readonly headers: Headers;
}

export async function failure(api: Api, request: Request): Promise<Failure> {
  const response = await api.handle(request);
  const body = await response.json();
  return { status: response.status, error: body.error, headers: response.headers };
}

/** What stands behind `data: ` in a stream; comments are left out. */
export const frames = (text: string): string[] =>
  text
    .split('\n\n')
    .filter(frame => frame.startsWith('data: '))
    .map(frame => frame.slice('data: '.length));
