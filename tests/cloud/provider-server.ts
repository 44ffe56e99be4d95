/**
 * Providers on loopback, each under its own path, that behave as the real ones do: keys, CORS, streams, lists, sign-in. They can be
 * told to misbehave. Every answer is "One two three." in three pieces.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { builtInProviders, type Provider } from '../../src/router/cloud/providers.ts';

export const rightKey = 'sk-right-0123456789';

/** What happens to the next request for an answer; in order, one each. */
export type Fault =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly retryAfter?: string;
      readonly body?: string;
      readonly cors?: false;
    }
  /** The connection breaks after so many pieces. */
  | { readonly kind: 'break'; readonly after: number }
  /** The stream ends in good order after so many pieces, without saying that the answer is complete. */
  | { readonly kind: 'end'; readonly after: number }
  | { readonly kind: 'hang'; readonly after: number }
  | { readonly kind: 'redirect'; readonly to: string }
  /** These bytes stand for the whole body. */
  | { readonly kind: 'body'; readonly bytes: Uint8Array | string };

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  // biome-ignore lint/suspicious/noExplicitAny: whatever was sent
  readonly body: any;
}

export interface ProviderServer {
  readonly origin: string;
  /** The built-in ones at their paths here. */
  readonly providers: readonly Provider[];
  /** All requests but preflights. */
  readonly asked: Asked[];
  readonly faults: Fault[];
  /** Answers that are under way now. */
  open(): number;
  /** Breaks the connections of those. */
  breakOff(): void;
  close(): Promise<void>;
}

export const pieces = ['One ', 'two ', 'three.'] as const;

export async function startProviderServer(): Promise<ProviderServer> {
  const asked: Asked[] = [];
  const faults: Fault[] = [];
  const codes = new Map<string, string>();
  const answering = new Set<ServerResponse>();
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const providers = builtInProviders.map((provider): Provider => {
    const at = `${origin}/${provider.id}`;
    const signIn = provider.signIn && { ...provider.signIn, page: `${at}/auth` };
    return {
      ...provider,
      baseUrl: `${at}${new URL(provider.baseUrl).pathname.replace(/\/$/, '')}`,
      ...(signIn ? { signIn } : {}),
    };
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, origin);
    const id = url.pathname.split('/')[1]!;
    if (request.method === 'OPTIONS') return preflight(id, request, response);
    const text = await bodyOf(request);
    asked.push({
      method: request.method!,
      path: url.pathname + url.search,
      headers: request.headers,
      body: text === '' ? undefined : JSON.parse(text),
    });
    if (url.pathname.endsWith('/auth')) return signIn(url, response);
    if (url.pathname.endsWith('/auth/keys')) return exchange(text, response);
    const fault = url.pathname.endsWith('/models') ? undefined : faults.shift();
    if (fault?.kind !== 'status' || fault.cors !== false)
      response.setHeader('access-control-allow-origin', '*');
    if (fault?.kind === 'status') {
      if (fault.retryAfter !== undefined) response.setHeader('retry-after', fault.retryAfter);
      response.setHeader('access-control-expose-headers', 'retry-after');
      return json(response, fault.status, fault.body ?? problem(`status ${fault.status}`));
    }
    if (fault?.kind === 'redirect') return void response.writeHead(307, { location: fault.to }).end();
    const key =
      id === 'anthropic'
        ? request.headers['x-api-key']
        : request.headers.authorization?.slice('Bearer '.length);
    // OpenRouter's list is open to everybody.
    const open = id === 'openrouter' && url.pathname.endsWith('/models');
    // Some servers say the key that they refuse, and some refuse in a way that browsers may not read.
    if (key !== rightKey && !open) {
      if (id === 'shy') response.removeHeader('access-control-allow-origin');
      return json(response, 401, problem(`Incorrect API key provided: ${key}`));
    }
    if (url.pathname.endsWith('/key')) return json(response, 200, '{"data":{"label":"test"}}');
    if (url.pathname.endsWith('/models')) return json(response, 200, JSON.stringify(listOf(id)));
    answering.add(response);
    response.once('close', () => answering.delete(response));
    stream(id, response, fault);
  }

  function signIn(url: URL, response: ServerResponse): void {
    const code = randomUUID();
    codes.set(code, url.searchParams.get('code_challenge')!);
    const back = new URL(url.searchParams.get('callback_url')!);
    back.searchParams.set('code', code);
    response.writeHead(302, { location: back.href }).end();
  }

  function exchange(text: string, response: ServerResponse): void {
    const { code, code_verifier: verifier, code_challenge_method: method } = JSON.parse(text);
    const expected = codes.get(code);
    codes.delete(code);
    response.setHeader('access-control-allow-origin', '*');
    const right = method === 'S256' && createHash('sha256').update(verifier).digest('base64url') === expected;
    if (right) json(response, 200, JSON.stringify({ key: rightKey }));
    else json(response, 403, problem('Invalid code'));
  }

  return {
    origin,
    providers,
    asked,
    faults,
    open: () => answering.size,
    breakOff: () => {
      for (const response of answering) response.destroy();
    },
    close: () =>
      new Promise<void>(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const allowedHeaders = [
  'authorization',
  'content-type',
  'x-api-key',
  'anthropic-version',
  'anthropic-dangerous-direct-browser-access',
];

/** Headers of SDKs (x-stainless-...) are refused, as Mistral does; Anthropic asks pages to say that they know what they do. */
function preflight(id: string, request: IncomingMessage, response: ServerResponse): void {
  const wanted = (request.headers['access-control-request-headers'] ?? '')
    .split(',')
    .map(each => each.trim());
  const knows = id !== 'anthropic' || wanted.includes('anthropic-dangerous-direct-browser-access');
  if (!wanted.every(each => allowedHeaders.includes(each)) || !knows)
    return void response.writeHead(403).end();
  response
    .writeHead(204, {
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': allowedHeaders.join(', '),
    })
    .end();
}

const listOf = (id: string) => ({
  object: 'list',
  data: [
    { id: id === 'gemini' ? 'models/gemini-small' : `${id}-small` },
    { id: 'family/large' },
    { id: 7 },
    'garbage',
  ],
});

const problem = (message: string) => JSON.stringify({ error: { message, type: 'error', code: null } });

const json = (response: ServerResponse, status: number, body: string): void =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(body);

function stream(id: string, response: ServerResponse, fault: Fault | undefined): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  if (fault?.kind === 'body') return void response.end(fault.bytes);
  const after = fault && 'after' in fault ? fault.after : Number.POSITIVE_INFINITY;
  const { begin, piece, finish } = id === 'anthropic' ? anthropic : openAi;
  response.write(begin);
  // OpenRouter says so while it waits for a model.
  response.write(': OPENROUTER PROCESSING\n\n');
  for (const text of pieces.slice(0, after)) response.write(piece(text));
  if (fault?.kind === 'hang') return;
  if (fault?.kind === 'break') return void setImmediate(() => response.destroy());
  response.end(fault?.kind === 'end' ? '' : finish);
}

const data = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;

const openAi = {
  begin: data({ choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }] }),
  piece: (content: string) =>
    data({
      choices: [
        {
          index: 0,
          delta: { content },
          logprobs: {
            content: [
              {
                token: content,
                logprob: -0.5,
                bytes: [...Buffer.from(content)],
                top_logprobs: [{ token: 'x', logprob: -2, bytes: null }],
              },
            ],
          },
          finish_reason: null,
        },
      ],
    }),
  finish:
    data({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }) +
    data({
      choices: [],
      usage: { prompt_tokens: 9, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 4 } },
    }) +
    'data: [DONE]\n\n',
};

const event = (type: string, more: object) => `event: ${type}\n${data({ type, ...more })}`;

const anthropic = {
  begin:
    event('message_start', {
      message: { usage: { input_tokens: 5, cache_read_input_tokens: 4, output_tokens: 1 } },
    }) +
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }) +
    event('ping', {}),
  piece: (text: string) => event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }),
  finish:
    event('content_block_stop', { index: 0 }) +
    event('message_delta', {
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: 5 },
    }) +
    event('message_stop', {}),
};

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}
