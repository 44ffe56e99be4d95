/** OpenAI's responses and plain completions by its client against the gateway, with the embedded model behind it. */
import type OpenAI from 'openai';
import { BadRequestError, NotFoundError } from 'openai';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { KeptResponses } from '../../src/api/responses/kept-responses.ts';
import { keptResponseBytesMax, keptResponseMs } from '../../src/base/limits.ts';
import { seededRandom } from '../../src/base/random.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { caught, type GuideGateway, startGuideGateway } from './guide-gateway.ts';
import type { Expected } from './guide-peer.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

type Ask = Partial<OpenAI.Responses.ResponseCreateParamsNonStreaming>;
const input = 'What is a pod?';
let gateway: GuideGateway;
let expected: Expected;

beforeAll(async () => {
  gateway = await startGuideGateway();
  expected = await gateway.peer.expected([{ role: 'user', content: input }]);
});
afterAll(() => gateway.close());

const ask = (more: Ask = {}) => gateway.openai.responses.create({ model: 'guide', input, ...more });

test('a response is the answer that the model gives, however it is asked', async () => {
  const asked: Ask[] = [
    {},
    { input: [{ role: 'user', content: input }] },
    { input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: input }] }] },
  ];
  for (const more of asked) {
    const response = await ask(more);
    expect(response).toMatchObject({
      object: 'response',
      status: 'completed',
      model: 'guide',
      output: [{ type: 'message', status: 'completed', role: 'assistant' }],
      output_text: expected.text,
      store: true,
      usage: {
        input_tokens: expected.prompt,
        output_tokens: expected.tokens,
        total_tokens: expected.prompt + expected.tokens,
      },
    });
  }
});

test('a stream is put together to the same response', async () => {
  const stream = gateway.openai.responses.stream({ model: 'guide', input });
  const kinds: string[] = [];
  const numbers: number[] = [];
  stream.on('event', ({ type, sequence_number: number }) => {
    if (kinds.at(-1) !== type) kinds.push(type);
    numbers.push(number);
  });
  const response = await stream.finalResponse();
  expect(response).toMatchObject({ status: 'completed', output_text: expected.text });
  expect(numbers).toEqual(numbers.map((_, index) => index));
  expect(kinds).toEqual([
    'response.created',
    'response.in_progress',
    'response.output_item.added',
    'response.content_part.added',
    'response.output_text.delta',
    'response.output_text.done',
    'response.content_part.done',
    'response.output_item.done',
    'response.completed',
  ]);
  expect(await gateway.openai.responses.retrieve(response.id)).toMatchObject({
    id: response.id,
    output: [{ content: [{ text: expected.text }] }],
  });
});

test('a next request goes on from an earlier response, without its instructions', async () => {
  const first = await ask({ instructions: 'You answer in one sentence.' });
  const second = await ask({ input: 'How do I invite somebody?', previous_response_id: first.id });
  const wanted = await gateway.peer.expected([
    { role: 'user', content: input },
    { role: 'assistant', content: first.output_text },
    { role: 'user', content: 'How do I invite somebody?' },
  ]);
  expect(second).toMatchObject({ output_text: wanted.text, previous_response_id: first.id });
});

test('a response that is deleted, was not kept or never was is not gone on from', async () => {
  const gone = await ask();
  await gateway.openai.responses.delete(gone.id);
  const unkept = await ask({ store: false });
  expect(unkept).toMatchObject({ store: false });
  for (const id of [gone.id, unkept.id, `resp_${'0'.repeat(36)}`, 'none']) {
    expect(await caught(gateway.openai.responses.retrieve(id))).toBeInstanceOf(NotFoundError);
    expect(await caught(gateway.openai.responses.delete(id))).toBeInstanceOf(NotFoundError);
    expect(await caught(ask({ previous_response_id: id }))).toMatchObject({
      status: 400,
      code: 'previous_response_not_found',
      param: 'previous_response_id',
    });
  }
});

test('responses are kept for a day, a number of them, and none that is too long', async () => {
  let now = 1_700_000_000_000;
  const store = createMemoryStore();
  const random = seededRandom(1);
  const kept = new KeptResponses({ store, most: 3, date: () => now });
  const keep = async (text = '') => {
    const id = kept.newId(random);
    const messages = [{ role: 'user', content: text }] as const;
    return { id, isKept: await kept.keep(id, { response: { id }, messages }) };
  };
  const ids: string[] = [];
  for (let at = 0; at < 5; at++) {
    ids.push((await keep()).id);
    now++;
  }
  const found = async (list: readonly string[]) =>
    Promise.all(list.map(async id => (await kept.read(id)) !== undefined));
  expect(await found(ids)).toEqual([false, false, true, true, true]);
  expect((await keep('x'.repeat(keptResponseBytesMax))).isKept).toBe(false);
  now += keptResponseMs;
  expect(await found(ids)).toEqual([false, false, false, false, false]);
  const { id } = await keep();
  expect(await store.keys('documents')).toEqual([`response/${id}`]);
  await store.put('documents', `response/${id}`, Uint8Array.of(123, 1));
  expect(await kept.read(id)).toBeUndefined();
});

test('what is cut off says so, and tokens tell how likely they were', async () => {
  const cut = await ask({
    max_output_tokens: 3,
    top_logprobs: 2,
    include: ['message.output_text.logprobs'],
  });
  expect(cut).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } });
  const [item] = cut.output as OpenAI.Responses.ResponseOutputMessage[];
  const [part] = item!.content as OpenAI.Responses.ResponseOutputText[];
  expect(item!.status).toBe('incomplete');
  expect(part!.logprobs!.map(({ token }) => token).join('')).toBe(cut.output_text);
  expect(part!.logprobs!.every(token => token.top_logprobs.length === 2)).toBe(true);
});

test.each<[string, object, string]>([
  ['no input', { input: undefined }, 'input'],
  ['an empty input', { input: '' }, 'input'],
  [
    'an image',
    { input: [{ role: 'user', content: [{ type: 'input_image', image_url: 'x' }] }] },
    'input.0.content',
  ],
  ['only thoughts', { input: [{ type: 'reasoning', summary: [] }] }, 'input'],
  ['an unknown item', { input: [{ type: 'item_reference', id: 'x' }] }, 'input.0.type'],
  ['a tool that is none', { tools: [{ type: 'web_search' }] }, 'tools'],
  ['work in the background', { background: true }, 'background'],
  ['a conversation', { conversation: 'conv_1' }, 'conversation'],
  ['cutting off', { truncation: 'auto' }, 'truncation'],
  [
    'an unknown choice',
    { tools: [{ type: 'function', name: 'a' }], tool_choice: { type: 'function', name: 'b' } },
    'tool_choice',
  ],
])('%s is refused by its name', async (_, more, param) => {
  const error = await caught(ask(more as Ask));
  expect(error).toBeInstanceOf(BadRequestError);
  expect((error as BadRequestError).param).toMatch(new RegExp(`^${param}`));
});

test('text is gone on from as it stands', async () => {
  const complete = (more: Partial<OpenAI.CompletionCreateParamsNonStreaming>) =>
    gateway.openai.completions.create({ model: 'guide', prompt: 'A pod is', max_tokens: 8, ...more });
  const plain = await complete({});
  expect(plain).toMatchObject({
    object: 'text_completion',
    choices: [{ index: 0, finish_reason: 'length', logprobs: null }],
    usage: { completion_tokens: 8 },
  });
  const [{ text }] = plain.choices as [OpenAI.CompletionChoice];
  expect(text).not.toBe('');
  expect((await complete({ max_tokens: null })).usage!.completion_tokens).toBeLessThanOrEqual(16);

  const echoed = await complete({ echo: true, prompt: ['A pod is', 'A tab'] });
  expect(echoed.choices.map(choice => [choice.index, choice.text.slice(0, 8)])).toEqual([
    [0, 'A pod is'],
    [1, `A tab${echoed.choices[1]!.text.slice(5, 8)}`],
  ]);
  expect(echoed.choices[0]!.text).toBe(`A pod is${text}`);
  expect(echoed.usage!.completion_tokens).toBeGreaterThan(8);

  const told = await complete({ logprobs: 2 });
  const { tokens, token_logprobs: likely, top_logprobs: top, text_offset: at } = told.choices[0]!.logprobs!;
  expect(tokens!.join('')).toBe(text);
  expect(at![0]).toBe(0);
  expect(at![1]).toBe(tokens![0]!.length);
  expect(likely!.every(each => each <= 0)).toBe(true);
  expect(top![0]![tokens![0]!]).toBe(likely![0]);
});

test('several prompts stream one after the other', async () => {
  const texts = ['', ''];
  const reasons: string[] = [];
  const events = await gateway.openai.completions.create({
    model: 'guide',
    prompt: ['A pod is', 'A pod is'],
    max_tokens: 6,
    stream: true,
    stream_options: { include_usage: true },
  });
  let usage: OpenAI.CompletionUsage | undefined;
  for await (const { choices, usage: told } of events) {
    for (const { index, text, finish_reason: reason } of choices) {
      texts[index] += text;
      if (reason) reasons.push(reason);
    }
    usage = told ?? usage;
  }
  expect(texts[0]).not.toBe('');
  expect(texts[1]).toBe(texts[0]);
  expect(reasons).toEqual(['length', 'length']);
  expect(usage!.completion_tokens).toBe(12);
});

test.each<[string, object, string]>([
  ['a suffix', { suffix: 'end' }, 'suffix'],
  ['two answers', { n: 2 }, 'n'],
  ['no prompt', { prompt: undefined }, 'prompt'],
  ['an empty prompt', { prompt: '' }, 'prompt'],
  ['a prompt of no tokens', { prompt: [] }, 'prompt'],
  ['too many prompts', { prompt: Array(17).fill('a') }, 'prompt'],
  ['tokens that are echoed', { prompt: [1, 2], echo: true }, 'echo'],
  ['a token that is none', { prompt: [1_000_000] }, 'messages'],
])('%s is refused where text is gone on from', async (_, more, param) => {
  const error = await caught(
    gateway.openai.completions.create({
      model: 'guide',
      prompt: 'A',
      ...more,
    } as OpenAI.CompletionCreateParamsNonStreaming),
  );
  expect(error).toBeInstanceOf(BadRequestError);
  expect((error as BadRequestError).param).toBe(param);
});

test('embeddings are not served, and that is said', async () => {
  expect(await caught(gateway.openai.embeddings.create({ model: 'guide', input: 'a' }))).toMatchObject({
    status: 501,
    code: 'not_implemented',
    message: expect.stringContaining('no embeddings yet'),
  });
});
