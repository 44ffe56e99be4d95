/** Errors that come out of the router, and clients that misbehave: here a router that does as the test says. */
import { expect, test } from 'vitest';
import { toApiError } from '../../src/api/errors.ts';
import { type Api, createApi } from '../../src/api/openai.ts';
import { type ErrorKind, TabmeshError } from '../../src/base/error.ts';
import { clientStallMs, concurrentRequestsMax, routeWaitMs } from '../../src/base/limits.ts';
import type { CompletionEvent, Router } from '../../src/router/request.ts';
import { failure, frames, post, question } from './requests.ts';

const route: CompletionEvent = {
  kind: 'route',
  route: {
    kind: 'pod',
    hops: [{ peer: 'x' as never, name: 'Blue-Herön', device: 'CPU', first: 0, last: 4 }],
    reason: '',
  },
};
const text = (said: string): CompletionEvent => ({ kind: 'text', text: said });

type Script = (signal: AbortSignal) => AsyncGenerator<CompletionEvent, void, void>;
const routerOf = (script: Script): Router => ({
  models: async () => [],
  count: async () => 0,
  complete: (_, signal = new AbortController().signal) => script(signal),
});

async function* failing(error: unknown): AsyncGenerator<CompletionEvent, void, void> {
  yield { kind: 'step', step: { name: 'load', text: 'Loading layers' } };
  throw error;
}

const kinds: [ErrorKind, number][] = [
  ['invalid', 400],
  ['unsupported', 400],
  ['denied', 403],
  ['cancelled', 499],
  ['corrupt', 500],
  ['full', 503],
  ['unavailable', 503],
  ['lost', 503],
  ['timeout', 504],
];

test.each(kinds)('an error of kind %s before the first byte is %d, streamed or not', async (kind, status) => {
  const api = createApi(routerOf(() => failing(new TabmeshError(kind, 'pod', 'It went wrong.'))));
  for (const stream of [false, true]) {
    const { error, ...answer } = await failure(api, post(question('hi', { stream })));
    expect([answer.status, error.code, error.message]).toEqual([status, kind, 'It went wrong.']);
    expect(error.type).toBe(status >= 500 ? 'server_error' : 'invalid_request_error');
    expect(answer.headers.has('retry-after')).toBe(status === 503);
  }
});

test('what is broken inside is reported here and not told outside', async () => {
  const reported: unknown[] = [];
  const bug = new TypeError('cannot read secret of undefined');
  const api = createApi(
    routerOf(() => failing(bug)),
    { onInternalError: error => reported.push(error) },
  );
  const { status, error } = await failure(api, post(question()));
  expect([status, error.code]).toEqual([500, 'internal_error']);
  expect(error.message).not.toContain('secret');
  expect(reported).toEqual([bug]);
});

test('an error after the stream began is its last frame', async () => {
  const api = createApi(
    routerOf(async function* () {
      yield route;
      yield text('Half an');
      throw new TabmeshError('lost', 'pod', 'Blue-Heron left and nobody has its layers.');
    }),
  );
  const response = await api.handle(post(question('hi', { stream: true })));
  expect(response.status).toBe(200);
  expect(response.headers.get('x-tabmesh-route')).toBe('pod; Blue-Her?n 0-3');
  const seen = frames(await response.text());
  expect(JSON.parse(seen.at(-1) ?? '')).toEqual({
    error: {
      message: 'Blue-Heron left and nobody has its layers.',
      type: 'server_error',
      param: null,
      code: 'lost',
    },
  });
  expect(seen).toHaveLength(3);
});

/** Says where it runs, then a word whenever it is asked for one; counts those that are under way. */
function endless() {
  const state = { running: 0, said: 0 };
  const router = routerOf(async function* (signal) {
    state.running++;
    try {
      yield route;
      while (!signal.aborted) {
        state.said++;
        yield text('word ');
      }
    } finally {
      state.running--;
    }
  });
  return { state, router };
}

const open = (api: Api, signal?: AbortSignal) =>
  api.handle(post(question('hi', { stream: true }), signal ? { signal } : {}));

test('more answers at a time than there are places get 429, and a place that is left is taken again', async () => {
  const { state, router } = endless();
  const api = createApi(router);
  const streams = await Promise.all(Array.from({ length: concurrentRequestsMax }, () => open(api)));
  expect(streams.every(({ status }) => status === 200)).toBe(true);

  const refused = await failure(api, post(question()));
  expect([refused.status, refused.error.code]).toEqual([429, 'rate_limit_exceeded']);
  expect(refused.headers.get('retry-after')).toBe('1');

  await streams[0]?.body?.cancel();
  const again = await open(api);
  expect(again.status).toBe(200);
  await Promise.all([...streams.slice(1), again].map(({ body }) => body?.cancel()));
  await expect.poll(() => state.running).toBe(0);
});

test('nothing is made ahead of a client that does not read', async () => {
  const { state, router } = endless();
  const response = await open(createApi(router));
  const reader = response.body?.getReader();
  await reader?.read();
  await new Promise(resolve => setTimeout(resolve, 20));
  expect(state.said).toBeLessThan(4);
  await reader?.cancel();
});

test('a request that is aborted stops, whether its stream is read or not', async () => {
  const { state, router } = endless();
  const client = new AbortController();
  const response = await open(createApi(router), client.signal);
  expect(state.running).toBe(1);
  client.abort();
  await expect.poll(() => state.running).toBe(0);
  await response.body?.cancel();
});

test('a client that takes nothing for too long loses its answer', async () => {
  const { state, router } = endless();
  const timers: { ms: number; call: () => void }[] = [];
  const clock = {
    now: () => 0,
    after(ms: number, call: () => void) {
      const timer = { ms, call };
      timers.push(timer);
      return () => void (timers.includes(timer) && timers.splice(timers.indexOf(timer), 1));
    },
  };
  const response = await open(createApi(router, { clock }));
  await expect.poll(() => timers.map(({ ms }) => ms)).toEqual([clientStallMs]);
  timers[0]?.call();
  await expect.poll(() => state.running).toBe(0);
  await expect(response.text()).rejects.toMatchObject({ kind: 'timeout' });
});

test('while the route takes long to find, the stream begins and tells what is waited for', async () => {
  let load = () => {};
  const loading = new Promise<void>(resolve => {
    load = resolve;
  });
  const router = routerOf(async function* () {
    yield { kind: 'step', step: { name: 'load', text: 'Loading\nlayers' } };
    await loading;
    yield { kind: 'step', step: { name: 'prefill', text: 'Reading the question' } };
    yield route;
    yield text('Hello');
  });
  const hurried = {
    now: () => 0,
    after: (ms: number, call: () => void) => {
      if (ms === routeWaitMs) setTimeout(call, 0);
      return () => {};
    },
  };
  const response = await open(createApi(router, { clock: hurried }));
  expect(response.headers.has('x-tabmesh-route')).toBe(false);
  load();
  const body = await response.text();
  expect(body).toContain(': Reading the question\n\n');
  expect(frames(body).map(frame => JSON.parse(frame).choices[0].delta.content)).toEqual(['', 'Hello']);
});

test('a conversation beyond the context is refused by the code that clients look for', () => {
  const { status, body } = toApiError(
    new TabmeshError('invalid', 'router', 'This conversation is too long.'),
  );
  expect({ status, ...body.error }).toMatchObject({
    status: 400,
    code: 'context_length_exceeded',
    param: 'messages',
  });
});
