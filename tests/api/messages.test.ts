/** Anthropic's client against the gateway, with the embedded model behind it. */
import type Anthropic from '@anthropic-ai/sdk';
import { type APIError, BadRequestError, NotFoundError } from '@anthropic-ai/sdk';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { caught, type GuideGateway, startGuideGateway } from './guide-gateway.ts';
import type { Expected } from './guide-peer.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

type Ask = Partial<Anthropic.MessageCreateParamsNonStreaming>;
const messages: Anthropic.MessageParam[] = [{ role: 'user', content: 'What is a pod?' }];
let gateway: GuideGateway;
let expected: Expected;

beforeAll(async () => {
  gateway = await startGuideGateway();
  expected = await gateway.peer.expected([{ role: 'user', content: 'What is a pod?' }]);
});
afterAll(() => gateway.close());

const fields = (more: Ask = {}) => ({ model: 'guide', max_tokens: 200, messages, ...more });
const ask = (more?: Ask) => gateway.anthropic.messages.create(fields(more));
const textOf = ({ content }: Anthropic.Message) =>
  content.map(block => (block.type === 'text' ? block.text : '')).join('');

test('a message is the answer that the model gives', async () => {
  const { data, response } = await gateway.anthropic.messages.create(fields()).withResponse();
  expect(data).toMatchObject({
    type: 'message',
    role: 'assistant',
    model: 'guide',
    content: [{ type: 'text', text: expected.text }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { output_tokens: expected.tokens },
  });
  expect(data.id).toMatch(/^msg_[0-9a-f]{24}$/);
  expect(data.usage.input_tokens + (data.usage.cache_read_input_tokens ?? 0)).toBe(expected.prompt);
  expect(response.headers.get('x-tabmesh-route')).toMatch(/^device; /);
});

test('a stream is put together to the same message', async () => {
  const stream = gateway.anthropic.messages.stream(fields());
  const kinds: string[] = [];
  stream.on('streamEvent', ({ type }) => kinds.at(-1) !== type && kinds.push(type));
  const message = await stream.finalMessage();
  expect(textOf(message)).toBe(expected.text);
  expect(message.stop_reason).toBe('end_turn');
  expect(message.usage.output_tokens).toBe(expected.tokens);
  expect(message.usage.input_tokens + (message.usage.cache_read_input_tokens ?? 0)).toBe(expected.prompt);
  expect(kinds).toEqual([
    'message_start',
    'content_block_start',
    'content_block_delta',
    'content_block_stop',
    'message_delta',
    'message_stop',
  ]);
});

test('the system prompt and blocks of text say what plain messages say', async () => {
  const system = 'You answer in one sentence.';
  const wanted = await gateway.peer.expected([
    { role: 'system', content: system },
    { role: 'user', content: 'What is a pod?' },
  ]);
  const cached = { type: 'ephemeral' } as const;
  const message = await ask({
    system: [{ type: 'text', text: system, cache_control: cached }],
    messages: [{ role: 'user', content: [{ type: 'text', text: 'What is a pod?', cache_control: cached }] }],
    thinking: { type: 'disabled' },
    metadata: { user_id: 'someone' },
  });
  expect(textOf(message)).toBe(wanted.text);
});

test('what ended an answer is told', async () => {
  const stop = expected.text.slice(10, 14);
  const stopped = await ask({ stop_sequences: ['never said', stop] });
  expect(stopped).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: stop });
  expect(textOf(stopped)).toBe(expected.text.slice(0, expected.text.indexOf(stop)));
  const cut = await ask({ max_tokens: 3 });
  expect(cut).toMatchObject({ stop_reason: 'max_tokens', usage: { output_tokens: 3 } });
});

test('tokens are counted without an answer', async () => {
  const before = gateway.peer.work.tokens;
  expect(await gateway.anthropic.messages.countTokens({ model: 'guide', messages })).toEqual({
    input_tokens: expected.prompt,
  });
  expect(gateway.peer.work.tokens).toBe(before);
});

test('models are listed as this client reads them', async () => {
  const { data } = await gateway.anthropic.models.list();
  expect(data).toMatchObject([{ type: 'model', id: 'guide', display_name: 'guide' }]);
  expect(await gateway.anthropic.models.retrieve('guide')).toMatchObject({ type: 'model', id: 'guide' });
});

test.each<[string, object, RegExp]>([
  [
    'an image',
    { messages: [{ role: 'user', content: [{ type: 'image', source: {} }] }] },
    /content\.0.*no images/,
  ],
  [
    'an image as the result of a tool',
    {
      messages: [
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: [{ type: 'image' }] }] },
      ],
    },
    /content\.0.*no images/,
  ],
  ['a tool of Anthropic', { tools: [{ type: 'web_search_20250305', name: 'web_search' }] }, /"tools"/],
  ['an answer to go on with', { messages: [...messages, { role: 'assistant', content: 'A' }] }, /end with/],
  [
    'a call by the user',
    { messages: [{ role: 'user', content: [{ type: 'tool_use', id: 'a', name: 'b', input: {} }] }] },
    /only an assistant/,
  ],
  ['no limit', { max_tokens: undefined }, /"max_tokens" is missing/],
  ['a limit of nothing', { max_tokens: 0 }, /"max_tokens" must be at least 1/],
  ['a hot temperature', { temperature: 1.5 }, /"temperature" must be at most 1/],
  ['no messages', { messages: [] }, /"messages" must hold/],
  ['an unknown role', { messages: [{ role: 'wizard', content: '' }] }, /"messages.0.role"/],
  [
    'a stranger among the tools',
    { tools: [{ name: 'a', input_schema: {} }], tool_choice: { type: 'tool', name: 'b' } },
    /none of the tools/,
  ],
  ['a call without tools', { tool_choice: { type: 'any' } }, /there are no tools/],
  [
    'a conversation that is too long',
    { messages: [{ role: 'user', content: 'pod '.repeat(9000) }] },
    /no room/,
  ],
])('%s is refused in the words of this family', async (_, more, says) => {
  const error = await caught(ask(more as Ask));
  expect(error).toBeInstanceOf(BadRequestError);
  expect((error as APIError).error).toMatchObject({
    type: 'error',
    error: { type: 'invalid_request_error', message: expect.stringMatching(says) },
  });
});

test('an unknown model, a wrong method and a wrong place are told apart', async () => {
  const error = await caught(ask({ model: 'claude-none' }));
  expect(error).toBeInstanceOf(NotFoundError);
  expect((error as APIError).type).toBe('not_found_error');
  const got = await fetch(`${gateway.url}v1/messages`);
  expect([got.status, (await got.json()).type]).toEqual([405, 'error']);
  const none = await fetch(`${gateway.url}v1/messages/batches`, { method: 'POST' });
  expect([none.status, (await none.json()).error.type]).toEqual([404, 'not_found_error']);
});
