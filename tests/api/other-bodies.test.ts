/** Garbage, and failures in mid-stream, on the routes beside chat. */
import { expect, test } from 'vitest';
import { createApi } from '../../src/api/openai.ts';
import { TabmeshError } from '../../src/base/error.ts';
import { requestBodyBytesMax } from '../../src/base/limits.ts';
import { seededRandom } from '../../src/base/random.ts';
import type { Router } from '../../src/router/request.ts';
import { garbage } from './garbage.ts';

const post = (path: string, body: string) => new Request(`http://127.0.0.1${path}`, { method: 'POST', body });

const routerOf = (complete: Router['complete']): Router => ({
  models: async () => [],
  count: async () => 0,
  complete,
});

/** Each with a field that makes every body wrong, whatever the rest of it is. */
const wrongs: [string, Record<string, unknown>, string[]][] = [
  [
    '/v1/completions',
    { model: 'm', prompt: { no: 'text' } },
    ['model', 'echo', 'logprobs', 'suffix', 'stop', 'n'],
  ],
  [
    '/v1/responses',
    { model: 'm', input: [{ type: 'nobody' }] },
    ['model', 'tools', 'tool_choice', 'text', 'include', 'metadata', 'instructions', 'truncation', 'store'],
  ],
  [
    '/v1/messages',
    { model: 'm', max_tokens: 9, messages: [{ role: 'nobody', content: '' }] },
    ['model', 'system', 'tools', 'tool_choice', 'output_config', 'stop_sequences', 'mcp_servers', 'top_k'],
  ],
  [
    '/v1/messages/count_tokens',
    { model: 'm', messages: [{ role: 'user', content: [{ type: 'nothing' }] }] },
    ['model', 'system', 'tools', 'tool_choice'],
  ],
];

test.each(wrongs)('%s: garbage gets an error in the right shape', async (path, wrong, fields) => {
  const internal: unknown[] = [];
  const unreached = routerOf(() => {
    throw new Error('a refused request reached the router');
  });
  const api = createApi(unreached, { onInternalError: error => internal.push(error) });
  const random = seededRandom(20260102);
  const { pick, value } = garbage(random);
  for (let round = 0; round < 500; round++) {
    const body = { ...wrong };
    for (let change = 0; change < 3; change++) body[pick(fields)] = value(3);
    let text = JSON.stringify(random.next() < 0.9 ? body : value(4));
    if (random.next() < 0.3) text = text.slice(0, Math.floor(random.next() * text.length));
    const response = await api.handle(post(path, text));
    const { error, type } = await response.json();
    const shape = path.startsWith('/v1/messages') ? type === 'error' : type === undefined;
    if (response.status !== 400 || error.type !== 'invalid_request_error' || !shape)
      throw new Error(`${response.status} ${JSON.stringify(error)} for ${text}`);
  }
  const long = await api.handle(post(path, ' '.repeat(requestBodyBytesMax + 1)));
  expect(long.status).toBe(413);
  expect(internal).toEqual([]);
});

const message = { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'a' }] };

test.each<[string, object, object]>([
  ['/v1/completions', { prompt: 'a' }, { error: { code: 'lost', message: 'Gone.' } }],
  [
    '/v1/responses',
    { input: 'a' },
    { type: 'response.failed', response: { status: 'failed', error: { message: 'Gone.' } } },
  ],
  ['/v1/messages', message, { type: 'error', error: { type: 'overloaded_error', message: 'Gone.' } }],
])('%s: an error after the stream began is its last frame', async (path, fields, frame) => {
  const api = createApi(
    routerOf(async function* () {
      yield { kind: 'text', text: 'Half an' };
      throw new TabmeshError('lost', 'pod', 'Gone.');
    }),
  );
  const response = await api.handle(post(path, JSON.stringify({ model: 'm', ...fields, stream: true })));
  expect(response.status).toBe(200);
  const last = (await response.text()).trim().split('\n\n').at(-1)!;
  expect(JSON.parse(last.slice(last.indexOf('data: ') + 'data: '.length))).toMatchObject(frame);
});

test('a call that is no JSON is not handed on as one', async () => {
  const usage = { promptTokens: 1, cachedTokens: 0, completionTokens: 1 };
  const timings = { firstTokenMs: 1, totalMs: 1, tokensPerSecond: 0 };
  const api = createApi(
    routerOf(async function* () {
      yield { kind: 'tool-call', index: 0, id: 'c', name: 'f' };
      yield { kind: 'tool-arguments', index: 0, text: '[1' };
      yield { kind: 'end', reason: 'tool-calls', usage, timings };
    }),
  );
  const response = await api.handle(post('/v1/messages', JSON.stringify(message)));
  expect([response.status, (await response.json()).error]).toEqual([
    500,
    { type: 'api_error', message: 'The model called f with what is no JSON object. Ask again.' },
  ]);
});
