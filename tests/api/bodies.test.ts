/** What is refused before the router is asked: so the router here is one that must not be reached. */
import { expect, test } from 'vitest';
import { createApi } from '../../src/api/openai.ts';
import { requestBodyBytesMax, stopSequencesMax } from '../../src/base/limits.ts';
import { seededRandom } from '../../src/base/random.ts';
import type { Router } from '../../src/router/request.ts';
import { garbage } from './garbage.ts';
import { chatUrl, failure, post, question } from './requests.ts';

const unreached: Router = {
  models: async () => [],
  count: async () => 0,
  // biome-ignore lint/correctness/useYield: it only throws
  async *complete() {
    throw new Error('a refused request reached the router');
  },
};
const internal: unknown[] = [];
const api = createApi(unreached, { onInternalError: error => internal.push(error) });

type Refusal = [string, object, { param: string | null; code: string; says: RegExp }];

const refusals: Refusal[] = [
  ['no model', { model: undefined }, { param: 'model', code: 'missing_required_parameter', says: /missing/ }],
  ['empty model', { model: '' }, { param: 'model', code: 'invalid_value', says: /name a model/ }],
  [
    'no messages',
    { messages: undefined },
    { param: 'messages', code: 'missing_required_parameter', says: /missing/ },
  ],
  ['empty messages', { messages: [] }, { param: 'messages', code: 'invalid_value', says: /at least one/ }],
  [
    'too many messages',
    { messages: Array(2000).fill({ role: 'user', content: '' }) },
    { param: 'messages', code: 'invalid_value', says: /at most/ },
  ],
  ['message is a text', { messages: ['hello'] }, { param: 'messages.0', code: 'invalid_value', says: /./ }],
  [
    'unknown role',
    { messages: [{ role: 'wizard', content: '' }] },
    { param: 'messages.0.role', code: 'invalid_value', says: /"system"/ },
  ],
  [
    'no content',
    { messages: [{ role: 'user' }] },
    { param: 'messages.0.content', code: 'missing_required_parameter', says: /missing/ },
  ],
  [
    'content is a number',
    { messages: [{ role: 'user', content: 3 }] },
    { param: 'messages.0.content', code: 'invalid_value', says: /text/ },
  ],
  [
    'image',
    {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: '' },
            { type: 'image_url', image_url: {} },
          ],
        },
      ],
    },
    { param: 'messages.0.content.1', code: 'unsupported_parameter', says: /only text/ },
  ],
  [
    'tool message without its call',
    { messages: [{ role: 'tool', content: '' }] },
    { param: 'messages.0.tool_call_id', code: 'missing_required_parameter', says: /missing/ },
  ],
  [
    'tool calls',
    { messages: [{ role: 'assistant', content: null, tool_calls: [{}] }] },
    { param: 'messages.0.tool_calls.0.id', code: 'missing_required_parameter', says: /missing/ },
  ],
  [
    'function message',
    { messages: [{ role: 'function', content: '', name: 'f' }] },
    { param: 'messages.0.role', code: 'unsupported_parameter', says: /"tool"/ },
  ],
  ['temperature', { temperature: 2.1 }, { param: 'temperature', code: 'invalid_value', says: /at most 2/ }],
  [
    'temperature as text',
    { temperature: '1' },
    { param: 'temperature', code: 'invalid_value', says: /number/ },
  ],
  ['top_p', { top_p: -0.1 }, { param: 'top_p', code: 'invalid_value', says: /at least 0/ }],
  ['max_tokens', { max_tokens: 0 }, { param: 'max_tokens', code: 'invalid_value', says: /at least 1/ }],
  [
    'max_completion_tokens',
    { max_completion_tokens: 1.5 },
    { param: 'max_completion_tokens', code: 'invalid_value', says: /whole/ },
  ],
  ['seed', { seed: 1e30 }, { param: 'seed', code: 'invalid_value', says: /whole/ }],
  [
    'stop',
    { stop: Array(stopSequencesMax + 1).fill('x') },
    { param: 'stop', code: 'invalid_value', says: /at most/ },
  ],
  ['empty stop', { stop: [''] }, { param: 'stop', code: 'invalid_value', says: /1 to/ }],
  [
    'constraint',
    { tabmesh: { privacy: 'none' } },
    { param: 'tabmesh.privacy', code: 'invalid_value', says: /pod-only/ },
  ],
  [
    'constraint that nobody knows',
    { tabmesh: { minVram: 1 } },
    { param: 'tabmesh.minVram', code: 'invalid_value', says: /nothing else/ },
  ],
  [
    'latency',
    { tabmesh: { maxLatency: 0 } },
    { param: 'tabmesh.maxLatency', code: 'invalid_value', says: /milliseconds, above 0/ },
  ],
  ['stream', { stream: 'yes' }, { param: 'stream', code: 'invalid_value', says: /true or false/ }],
  ['n', { n: 2 }, { param: 'n', code: 'unsupported_parameter', says: /one answer/ }],
  [
    'a tool without a function',
    { tools: [{ type: 'function' }] },
    { param: 'tools.0.function', code: 'missing_required_parameter', says: /missing/ },
  ],
  [
    'a tool of another kind',
    { tools: [{ type: 'custom', custom: { name: 'f' } }] },
    { param: 'tools', code: 'unsupported_parameter', says: /functions/ },
  ],
  [
    'a tool with a strange name',
    { tools: [{ type: 'function', function: { name: 'f"' } }] },
    { param: 'tools.0.function.name', code: 'invalid_value', says: /letters/ },
  ],
  [
    'two tools of one name',
    { tools: Array(2).fill({ type: 'function', function: { name: 'f' } }) },
    { param: 'tools', code: 'invalid_value', says: /two tools/ },
  ],
  [
    'too many tools',
    { tools: Array(129).fill({ type: 'function', function: { name: 'f' } }) },
    { param: 'tools', code: 'invalid_value', says: /at most 128/ },
  ],
  [
    'a choice among no tools',
    { tool_choice: 'required' },
    { param: 'tool_choice', code: 'invalid_value', says: /no tools/ },
  ],
  [
    'a choice that is none of the tools',
    { tool_choice: { type: 'function', function: { name: 'f' } } },
    { param: 'tool_choice', code: 'invalid_value', says: /none of the tools/ },
  ],
  [
    'json schema without a schema',
    { response_format: { type: 'json_schema' } },
    { param: 'response_format.json_schema', code: 'missing_required_parameter', says: /missing/ },
  ],
  [
    'a format that is none',
    { response_format: { type: 'xml' } },
    { param: 'response_format.type', code: 'invalid_value', says: /json_schema/ },
  ],
  [
    'a schema that is a list',
    { response_format: { type: 'json_schema', json_schema: { name: 'a', schema: [] } } },
    { param: 'response_format.json_schema.schema', code: 'invalid_value', says: /JSON schema/ },
  ],
  ['bias', { logit_bias: { 5: 101 } }, { param: 'logit_bias.5', code: 'invalid_value', says: /at most 100/ }],
  [
    'bias of a word',
    { logit_bias: { pod: 1 } },
    { param: 'logit_bias.pod', code: 'invalid_value', says: /numbers/ },
  ],
  ['logprobs', { logprobs: 5 }, { param: 'logprobs', code: 'invalid_value', says: /true or false/ }],
  [
    'top_logprobs alone',
    { top_logprobs: 2 },
    { param: 'top_logprobs', code: 'invalid_value', says: /"logprobs"/ },
  ],
  ...[-1, 21, 1.5, '3'].map(
    (value): Refusal => [
      `top_logprobs of ${JSON.stringify(value)}`,
      { logprobs: true, top_logprobs: value },
      { param: 'top_logprobs', code: 'invalid_value', says: /at least 0|at most 20|whole/ },
    ],
  ),
  [
    'penalty',
    { frequency_penalty: 2.5 },
    { param: 'frequency_penalty', code: 'invalid_value', says: /at most 2/ },
  ],
];

test.each(refusals)('%s is refused with its name', async (_, change, { param, code, says }) => {
  const { status, error } = await failure(api, post(question('hello', change)));
  expect({ status, ...error, message: undefined }).toEqual({
    status: 400,
    type: 'invalid_request_error',
    param,
    code,
    message: undefined,
  });
  expect(error.message).toMatch(says);
});

test.each(['', '{', '[]', 'null', '"text"', '{"model": "guide", "messages": [}', '[[[['.repeat(1000)])(
  'a body that is no JSON object is refused: %j',
  async body => {
    const { status, error } = await failure(api, post(body));
    expect(status).toBe(400);
    expect(error.type).toBe('invalid_request_error');
  },
);

test('bytes that are no UTF-8 are refused', async () => {
  const body = new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]);
  expect(await failure(api, post('', { body }))).toMatchObject({
    status: 400,
    error: { code: 'invalid_json' },
  });
});

test('a body that says it is too large is not read', async () => {
  const request = post(question(), { headers: { 'content-length': String(10 * 1024 * 1024) } });
  expect(await failure(api, request)).toMatchObject({ status: 413, error: { code: 'body_too_large' } });
  expect(request.bodyUsed).toBe(false);
});

test('a body that does not say how large it is is read no further than the limit', async () => {
  let sent = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull: controller => {
      sent += 65536;
      controller.enqueue(new Uint8Array(65536).fill(0x20));
    },
  });
  const request = new Request(chatUrl, { method: 'POST', body: endless, duplex: 'half' } as RequestInit);
  expect(await failure(api, request)).toMatchObject({ status: 413, error: { code: 'body_too_large' } });
  expect(sent).toBeLessThan(requestBodyBytesMax + 4 * 65536);
});

test('a compressed body is refused with a sentence', async () => {
  const request = post(question(), { headers: { 'content-encoding': 'gzip' } });
  expect(await failure(api, request)).toMatchObject({ status: 415 });
});

test('methods and addresses that are not served say what is', async () => {
  const wrongMethod = await failure(api, new Request(chatUrl));
  expect(wrongMethod.status).toBe(405);
  expect(wrongMethod.headers.get('allow')).toBe('POST');
  const wrongPath = await failure(api, new Request('http://127.0.0.1/v1/audio/speech', { method: 'POST' }));
  expect(wrongPath).toMatchObject({ status: 404, error: { code: 'unknown_url' } });
  expect(wrongPath.error.message).toContain('/v1/chat/completions');
});

test('garbage gets an error in the right shape and never reaches the router', async () => {
  const random = seededRandom(20260101);
  const { pick, value } = garbage(random);
  const fields = [
    'model',
    'messages',
    'stop',
    'temperature',
    'seed',
    'logprobs',
    'top_logprobs',
    'stream',
    'n',
    'tools',
    'tool_choice',
    'response_format',
    'logit_bias',
    'stream_options',
    '__proto__',
  ];
  for (let round = 0; round < 3000; round++) {
    // A role that does not exist makes every body wrong, whatever the rest of it is.
    const body = { ...question(), messages: [{ role: 'nobody', content: value(2) }, value(2)] } as Record<
      string,
      unknown
    >;
    for (let change = 0; change < 3; change++) {
      const field = pick(fields);
      if (field !== 'messages') body[field] = value(3);
    }
    let text = JSON.stringify(random.next() < 0.9 ? body : value(4));
    if (random.next() < 0.3) text = text.slice(0, Math.floor(random.next() * text.length));
    const { status, error } = await failure(api, post(text));
    if (status !== 400 || typeof error.message !== 'string' || error.type !== 'invalid_request_error')
      throw new Error(`${status} ${JSON.stringify(error)} for ${text}`);
  }
  expect(internal).toEqual([]);
});
