/** The OpenAI client against the gateway, with the embedded model behind it: nothing here is a stand-in. */
import OpenAI, { APIError, BadRequestError, NotFoundError } from 'openai';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { seededRandom } from '../../src/base/random.ts';
import type { Gateway } from '../../src/node/gateway/gateway.ts';
import { openGateway } from './guide-gateway.ts';
import { type GuidePeer, startGuidePeer } from './guide-peer.ts';
import { frames, question } from './requests.ts';

// Answers take seconds where two cores are shared; nothing here depends on how many.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const messages = [{ role: 'user', content: 'What is a pod?' }] as const;
let peer: GuidePeer;
let gateway: Gateway;
let client: OpenAI;
let answer: { text: string; prompt: number; tokens: number };

beforeAll(async () => {
  peer = await startGuidePeer();
  gateway = await openGateway(peer.router);
  client = new OpenAI({ baseURL: `${gateway.url}v1`, apiKey: 'none', maxRetries: 0 });
  answer = await peer.expected(messages);
});
afterAll(async () => {
  await gateway.close();
  await peer.close();
});

/** What OpenAI's types do not know, but its client sends. */
type Extensions = { top_k?: number; min_p?: number };

const ask = (more: Partial<OpenAI.ChatCompletionCreateParamsNonStreaming> & Extensions = {}) =>
  client.chat.completions.create({ model: 'guide', messages: [...messages], ...more });

const caught = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    error => error,
  );

async function stream(more: Partial<OpenAI.ChatCompletionCreateParamsStreaming> = {}) {
  const chunks: OpenAI.ChatCompletionChunk[] = [];
  const events = await client.chat.completions.create({
    model: 'guide',
    messages: [...messages],
    ...more,
    stream: true,
  });
  for await (const chunk of events) chunks.push(chunk);
  return { chunks, text: chunks.map(chunk => chunk.choices[0]?.delta.content ?? '').join('') };
}

test('the guide says the same through the whole house as in one stage, with no setting at all', async () => {
  const { data, response } = await ask().withResponse();
  expect(data).toMatchObject({
    object: 'chat.completion',
    model: 'guide',
    choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: answer.text } }],
    usage: {
      prompt_tokens: answer.prompt,
      completion_tokens: answer.tokens,
      total_tokens: answer.prompt + answer.tokens,
    },
  });
  expect(data.id).toMatch(/^chatcmpl-[0-9a-f]{24}$/);
  expect(answer.text).toMatch(/pod/i);
  expect(response.headers.get('x-tabmesh-route')).toMatch(/^device; \S+ 0-\d+$/);
});

test('a stream has the role first, the reason last, then the usage', async () => {
  const { chunks, text } = await stream({ stream_options: { include_usage: true } });
  expect(text).toBe(answer.text);
  expect(chunks[0]?.choices[0]?.delta).toEqual({ role: 'assistant', content: '' });
  const [last, usage] = chunks.slice(-2);
  expect(last?.choices[0]).toMatchObject({ delta: {}, finish_reason: 'stop' });
  expect(last?.usage).toBeNull();
  expect(usage?.choices).toEqual([]);
  expect(usage?.usage).toMatchObject({ prompt_tokens: answer.prompt, completion_tokens: answer.tokens });
  expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
});

test('without stream_options no chunk has usage, and [DONE] ends the frames', async () => {
  const response = await fetch(`${gateway.url}v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify(question('What is a pod?', { stream: true })),
  });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  expect(response.headers.get('x-tabmesh-route')).toMatch(/^device; /);
  const seen = frames(await response.text());
  expect(seen.at(-1)).toBe('[DONE]');
  expect(seen.slice(0, -1).some(frame => 'usage' in JSON.parse(frame))).toBe(false);
});

test('max_tokens cuts the answer and says so', async () => {
  for (const limit of [{ max_tokens: 5 }, { max_completion_tokens: 5, max_tokens: 50 }]) {
    const { choices, usage } = await ask(limit);
    expect(choices[0]?.finish_reason).toBe('length');
    expect(usage?.completion_tokens).toBe(5);
    expect(answer.text.startsWith(choices[0]?.message.content ?? '?')).toBe(true);
  }
});

test('stop ends the answer before the text, wherever its tokens begin and end', async () => {
  const random = seededRandom(3);
  for (let round = 0; round < 4; round++) {
    const start = 1 + Math.floor(random.next() * (answer.text.length - 12));
    const stop = answer.text.slice(start, start + 2 + Math.floor(random.next() * 10));
    const before = answer.text.slice(0, answer.text.indexOf(stop));
    const { chunks, text } = await stream({ stop: ['never said', stop] });
    expect({ stop, text }).toEqual({ stop, text: before });
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('stop');
  }
  const { choices, usage } = await ask({ stop: answer.text.slice(0, 3) });
  expect(choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: '' } });
  expect(usage?.completion_tokens).toBeLessThan(4);
});

test('a seed gives its answer again and another seed another', async () => {
  const of = async (seed: number) =>
    (await ask({ temperature: 2, seed, max_tokens: 60 })).choices[0]?.message.content;
  const first = await of(1);
  expect(await of(1)).toBe(first);
  expect(await of(2)).not.toBe(first);
});

test('the narrowest top_p and top_k leave the likeliest token, however hot', async () => {
  for (const narrow of [{ top_p: 0, top_k: -1 }, { top_k: 1 }, { min_p: 1 }]) {
    const { choices } = await ask({ temperature: 2, max_tokens: 12, ...narrow });
    expect(choices[0]?.message.content).not.toBe('');
    expect(answer.text.startsWith(choices[0]?.message.content ?? '?')).toBe(true);
  }
});

test('text in parts and the developer role mean what plain messages mean', async () => {
  const plain = await ask({
    messages: [
      { role: 'system', content: 'Be short.' },
      { role: 'user', content: 'What is\na pod?' },
    ],
  });
  const parts = await ask({
    messages: [
      { role: 'developer', content: 'Be short.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is' },
          { type: 'text', text: 'a pod?' },
        ],
      },
    ],
  });
  expect(parts.choices).toEqual(plain.choices);
  expect(parts.usage?.prompt_tokens).toBe(plain.usage?.prompt_tokens);
});

test('a second turn reads only what is new, says how much it was spared, and answers the same', async () => {
  const asked = { role: 'user', content: 'How do I invite a friend?' } as const;
  const first = await ask({ messages: [asked] });
  const content = first.choices[0]?.message.content ?? '';
  const turn = [
    asked,
    { role: 'assistant', content },
    { role: 'user', content: 'What is a relay?' },
  ] as const;
  const alone = await peer.expected(turn);
  const second = await ask({ messages: [...turn] });
  expect(second.choices[0]?.message.content).toBe(alone.text);
  expect(second.usage?.prompt_tokens).toBe(alone.prompt);
  const spared = second.usage?.prompt_tokens_details?.cached_tokens;
  expect(spared).toBeGreaterThan(first.usage!.prompt_tokens);
  expect(spared).toBeLessThan(alone.prompt);
  const { chunks, text } = await stream({ messages: [...turn], stream_options: { include_usage: true } });
  expect(text).toBe(alone.text);
  expect(chunks.at(-1)?.usage?.prompt_tokens_details?.cached_tokens).toBe(alone.prompt - 1);
});

test('models are listed, and found by name and by id', async () => {
  const { data } = await client.models.list();
  expect(data).toMatchObject([{ id: 'guide', object: 'model', owned_by: 'tabmesh' }]);
  expect(data[0]?.created).toBeGreaterThan(1_700_000_000);
  expect(await client.models.retrieve('guide')).toEqual(data[0]);
  expect(await client.models.retrieve('embedded:guide')).toEqual(data[0]);
  const byId = await ask({ model: 'embedded:guide', temperature: 0 });
  expect(byId.choices[0]?.message.content).toBe(answer.text);
});

test('an unknown model is 404 and says which there are', async () => {
  const model = 'gpt-4o';
  const requests = [() => ask({ model }), () => stream({ model }), () => client.models.retrieve(model)];
  for (const request of requests) {
    const error = await caught(request());
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error).toMatchObject({
      status: 404,
      code: 'model_not_found',
      param: 'model',
      message: expect.stringContaining('There is: guide.'),
    });
  }
});

test('a conversation that fills the context is refused with its length', async () => {
  const content = 'What is a pod? '.repeat(200);
  const error = await caught(ask({ messages: [{ role: 'user', content }] }));
  expect(error).toBeInstanceOf(BadRequestError);
  expect((error as APIError).message).toMatch(/\d+ tokens long and .* holds 512/);
});

test('a malformed body and one of 10 MB', async () => {
  const send = (body: string) => fetch(`${gateway.url}v1/chat/completions`, { method: 'POST', body });
  const malformed = await send('{"model": "guide", "messages": [');
  expect([malformed.status, (await malformed.json()).error.code]).toEqual([400, 'invalid_json']);
  const content = 'x'.repeat(10 * 1024 * 1024);
  const large = await caught(ask({ messages: [{ role: 'user', content }] }));
  expect(large).toBeInstanceOf(APIError);
  expect(large).toMatchObject({ status: 413, code: 'body_too_large' });
  expect((await ask()).choices[0]?.message.content).toBe(answer.text);
});

/** Hot enough to ramble on for a hundred tokens, so that there is a middle to leave in. */
const rambling = { temperature: 2, seed: 4 };
const longEnough = 60;

const stopped = () => expect.poll(() => peer.work.running, { timeout: 30_000 }).toBe(0);

test('a client that disconnects in mid-stream stops the generation', async () => {
  const whole = await ask(rambling);
  expect(whole.usage?.completion_tokens).toBeGreaterThan(longEnough);
  const before = peer.work.tokens;
  const events = await client.chat.completions.create({
    model: 'guide',
    messages: [...messages],
    stream: true,
    ...rambling,
  });
  for await (const chunk of events) {
    if (chunk.choices[0]?.delta.content) break;
  }
  await stopped();
  expect(peer.work.tokens - before).toBeLessThan(longEnough);
});

test('so does one that does not wait for an answer in one piece', async () => {
  const before = peer.work.tokens;
  const abort = new AbortController();
  const waiting = client.chat.completions.create(
    { model: 'guide', messages: [...messages], ...rambling },
    { signal: abort.signal },
  );
  await expect.poll(() => peer.work.tokens, { timeout: 30_000 }).toBeGreaterThan(before);
  abort.abort();
  await expect(waiting).rejects.toThrow();
  await stopped();
  expect(peer.work.tokens - before).toBeLessThan(longEnough);
});

test('closing the gateway stops what it is answering', async () => {
  const other = await openGateway(peer.router);
  const before = peer.work.tokens;
  const response = await fetch(`${other.url}v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify(question('What is a pod?', { stream: true, ...rambling })),
  });
  await response.body?.getReader().read();
  await other.close();
  await stopped();
  expect(peer.work.tokens - before).toBeLessThan(longEnough);
});

test('several answers at a time are each what they would be alone', async () => {
  const [whole, streamed, short] = await Promise.all([ask(), stream(), ask({ max_tokens: 3 })]);
  expect(whole.choices[0]?.message.content).toBe(answer.text);
  expect(streamed.text).toBe(answer.text);
  expect(short.usage?.completion_tokens).toBe(3);
  expect(answer.text.startsWith(short.choices[0]?.message.content ?? '?')).toBe(true);
});
