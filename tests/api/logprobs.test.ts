/** Log-probabilities as the OpenAI client reads them, against logits of the same engine without pod, router and API. */
import type OpenAI from 'openai';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type GuideGateway, startGuideGateway } from './guide-gateway.ts';
import type { Expected } from './guide-peer.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const messages = [{ role: 'user', content: 'What is a pod?' }] as const;
/** Behind the point: f32 sums up in another order where rows are computed together. */
const digits = 4;

/** Hot enough for bytes that are no characters, and for an end in mid-sentence. */
const hot = { temperature: 2, seed: 4, max_tokens: 60, top_logprobs: 2 };

let gateway: GuideGateway;
let client: OpenAI;
let expected: Expected;

beforeAll(async () => {
  gateway = await startGuideGateway();
  client = gateway.openai;
  expected = await gateway.peer.expected(messages);
});
afterAll(() => gateway.close());

type Told = OpenAI.ChatCompletionTokenLogprob[];

async function ask(more: Partial<OpenAI.ChatCompletionCreateParamsNonStreaming> = {}) {
  const { choices, usage } = await client.chat.completions.create({
    model: 'guide',
    messages: [...messages],
    logprobs: true,
    ...more,
  });
  const { logprobs, message } = choices[0]!;
  return { text: message.content!, told: logprobs!.content!, refusal: logprobs!.refusal, usage: usage! };
}

async function stream(more: Partial<OpenAI.ChatCompletionCreateParamsStreaming> = {}) {
  const pieces: { text: string; told: Told }[] = [];
  const chunks = await client.chat.completions.create({
    model: 'guide',
    messages: [...messages],
    logprobs: true,
    ...more,
    stream: true,
  });
  for await (const { choices } of chunks) {
    const { delta, logprobs } = choices[0]!;
    if (delta.content) pieces.push({ text: delta.content, told: logprobs!.content! });
    else expect(logprobs).toBeNull();
  }
  return pieces;
}

const textOf = (told: Told) =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(told.flatMap(({ bytes }) => bytes!)));

function logSoftmax(logits: Float32Array): number[] {
  const total = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
  return Array.from(logits, logit => logit - total);
}

test('each token of an answer comes with its own log-probability and the likeliest ones', async () => {
  const { text, told, refusal, usage } = await ask({ top_logprobs: 20 });
  expect(text).toBe(expected.text);
  expect(refusal).toBeNull();
  expect(told.map(({ token }) => token).join('')).toBe(text);
  expect(textOf(told)).toBe(text);
  expect(told.length).toBe(usage.completion_tokens);
  const vocabulary = expected.logits.length / expected.tokens;
  told.forEach(({ token, logprob, top_logprobs: top, bytes }, index) => {
    // The answer is greedy.
    expect(top[0]).toEqual({ token, logprob, bytes });
    expect(top.length).toBe(20);
    const sorted = logSoftmax(expected.logits.subarray(index * vocabulary, (index + 1) * vocabulary)).sort(
      (a, b) => b - a,
    );
    top.forEach((each, place) => {
      expect(each.logprob).toBeCloseTo(sorted[place]!, digits);
    });
  });
});

test('a control token among the likeliest has a name and no bytes', async () => {
  const { told } = await ask({ ...hot, top_logprobs: 20 });
  const control = told.flatMap(each => each.top_logprobs).filter(({ bytes }) => bytes === null);
  expect(control.map(({ token }) => token)).toContain('<|im_end|>');
});

test('without top_logprobs there is the token alone, and without logprobs nothing', async () => {
  const { told } = await ask({ max_tokens: 3 });
  expect(told.map(each => each.top_logprobs)).toEqual([[], [], []]);
  for (const harmless of [{}, { logprobs: false, top_logprobs: 0 }]) {
    const plain = await client.chat.completions.create({
      model: 'guide',
      messages: [...messages],
      max_tokens: 3,
      ...harmless,
    });
    expect(plain.choices[0]?.logprobs).toBeNull();
  }
});

test('tokens that are parts of characters are told by their bytes', async () => {
  const { text, told } = await ask(hot);
  const parts = told.filter(({ token }) => /^\\x[89a-f][0-9a-f]/.test(token));
  expect(parts.length).toBeGreaterThan(0);
  expect(textOf(told)).toBe(text);
  for (const { token, bytes } of parts)
    expect(token).toBe(
      bytes!.map(byte => (byte < 128 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`)).join(''),
    );
});

test('a temperature changes what is drawn and not what is told of it', async () => {
  const { told } = await ask(hot);
  const [cold] = (await ask({ max_tokens: 1, top_logprobs: 2 })).told;
  told[0]!.top_logprobs.forEach((each, place) => {
    expect(each.token).toBe(cold!.top_logprobs[place]!.token);
    expect(each.logprob).toBeCloseTo(cold!.top_logprobs[place]!.logprob, digits);
  });
  const beyond = told.filter(({ logprob, top_logprobs: top }) => logprob < top[1]!.logprob);
  expect(beyond.length).toBeGreaterThan(0);
});

test.each([{ top_logprobs: 3 }, { ...hot, stop: 'e' }, { stop: ['group', ' a'] }])(
  'a stream tells the same tokens, each with its text: %j',
  async settings => {
    const whole = await ask(settings);
    const pieces = await stream(settings);
    expect(pieces.map(({ text }) => text).join('')).toBe(whole.text);
    expect(pieces.flatMap(({ told }) => told)).toEqual(whole.told);
    let text = '';
    const told: Told = [];
    for (const piece of pieces) {
      text += piece.text;
      told.push(...piece.told);
      const before = textOf(told.slice(0, -1));
      expect(textOf(told).startsWith(text) && before.length < text.length).toBe(true);
    }
  },
);

test('of what a stop cuts off no token is told', async () => {
  const { text } = await ask();
  for (const [from, length] of [
    [7, 3],
    [12, 9],
    [20, 1],
  ] as const) {
    const stop = text.slice(from, from + length);
    const cut = await ask({ stop });
    expect(cut.text).toBe(text.slice(0, text.indexOf(stop)));
    const tokens = cut.told.map(({ token }) => token);
    // The stop may begin within the last of them.
    expect(tokens.join('').startsWith(cut.text)).toBe(true);
    expect(tokens.slice(0, -1).join('').length).toBeLessThan(cut.text.length);
  }
  const nothing = await ask({ stop: text.slice(0, 3) });
  expect(nothing).toMatchObject({ text: '', told: [] });
});
