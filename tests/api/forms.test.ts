/** Answers that are held to a form, by the OpenAI client against the gateway. The models have random weights: what comes out right is held, not meant. */
import type OpenAI from 'openai';
import { APIError } from 'openai';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { check } from './check-schema.ts';
import { type GuideGateway, startGuideGateway } from './guide-gateway.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

type Ask = Partial<OpenAI.ChatCompletionCreateParamsNonStreaming>;
type Schema = Record<string, unknown>;
type Call = OpenAI.ChatCompletionMessageFunctionToolCall;

const messages = [{ role: 'user', content: 'Go.' }] as const;
const closed = (properties: Schema, required = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const short = { type: 'string', maxLength: 6 };
const schemas: Record<string, Schema> = {
  enums: closed({ kind: { enum: ['a/b', 'é"\n\\', null, 3, true] }, only: { const: { a: [1, 'ß'] } } }),
  arrays: closed({
    rows: {
      type: 'array',
      items: { type: 'array', items: { type: 'number', minimum: -3, maximum: 12 }, maxItems: 3 },
      minItems: 1,
      maxItems: 3,
    },
    pair: { type: 'array', prefixItems: [{ type: 'integer' }, { type: 'boolean' }] },
  }),
  numbers: closed({
    whole: { type: 'integer', minimum: -20, maximum: 250 },
    above: { type: 'integer', exclusiveMinimum: 41 },
    below: { type: 'integer', maximum: -7 },
    any: { type: 'number' },
  }),
  strings: closed({
    'ключ "1"\n': short,
    at: { type: 'string', minLength: 2, maxLength: 4 },
    id: { type: 'string', format: 'uuid' },
  }),
  optional: closed(
    { a: { type: 'null' }, b: short, c: { type: 'boolean' }, d: { type: ['integer', 'null'] } },
    ['c'],
  ),
  tree: {
    $ref: '#/$defs/node',
    $defs: {
      node: closed({
        v: { enum: ['x', 'y'] },
        next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] },
      }),
    },
  },
};

const tool = (name: string, parameters: Schema) =>
  ({ type: 'function', function: { name, parameters, strict: true } }) as const;
/** Few, and small: the fixtures hold 512 tokens, most of them of one letter, and a template that knows no tools has to be told of them. */
const tools = [tool('say', { properties: { t: { enum: ['é"', 7] } } }), tool('f', {})] as const;

/** A stream's text, calls and end, put together as clients do. */
async function streamed(client: OpenAI, more: Ask) {
  const events = await client.chat.completions.create({
    model: 'guide',
    messages: [...messages],
    ...more,
    stream: true,
  });
  let content = '';
  let reason: string | null | undefined;
  const calls: { name: string; json: string }[] = [];
  for await (const { choices } of events) {
    const [choice] = choices;
    content += choice?.delta.content ?? '';
    reason = choice?.finish_reason ?? reason;
    for (const { index, function: part } of choice?.delta.tool_calls ?? []) {
      if (part?.name !== undefined) calls[index] = { name: part.name, json: '' };
      calls[index]!.json += part?.arguments ?? '';
    }
  }
  return { content, reason, calls };
}

describe.each([
  ['byte-level BPE, exact', '../fixtures/tiny-qwen3-f32.gguf', 'exact'],
  ['SentencePiece with byte fallback, exact', '../fixtures/tiny-llama-q4_0.gguf', 'exact'],
  ['byte-level BPE, WebAssembly', '../fixtures/tiny-qwen2-q8_0.gguf', 'fast'],
] as const)('%s', (_, path, cpu) => {
  let gateway: GuideGateway;
  let client: OpenAI;

  beforeAll(async () => {
    gateway = await startGuideGateway(path, cpu);
    client = gateway.openai;
  });
  afterAll(() => gateway.close());

  const ask = (more: Ask) =>
    client.chat.completions.create({ model: 'guide', messages: [...messages], ...more });

  test.each(Object.entries(schemas))('a JSON schema of %s is held', async (name, schema) => {
    let whole = 0;
    for (let seed = 0; seed < 3; seed++) {
      const { choices } = await ask({
        seed,
        temperature: seed === 0 ? 0 : 1,
        response_format: { type: 'json_schema', json_schema: { name, schema, strict: true } },
      });
      const { finish_reason: reason, message } = choices[0]!;
      // A tree may grow beyond the context; then its beginning is what came.
      if (reason === 'length') continue;
      expect(reason).toBe('stop');
      check(schema, JSON.parse(message.content!));
      whole++;
    }
    if (name !== 'tree') expect(whole).toBeGreaterThan(0);
  });

  test('any JSON object is one', async () => {
    let whole = 0;
    for (let seed = 1; seed < 4; seed++) {
      const choice = await streamed(client, {
        seed,
        response_format: { type: 'json_object' },
      });
      if (choice.reason === 'length') continue;
      expect(JSON.parse(choice.content)).toBeTypeOf('object');
      whole++;
    }
    expect(whole).toBeGreaterThan(0);
  });

  test('a call that is required or named comes, streamed and whole, and is JSON of its schema', async () => {
    for (let seed = 0; seed < 4; seed++) {
      const named = seed % 2 === 0;
      const request: Ask = {
        seed,
        tools: named ? [tools[0]] : [...tools],
        parallel_tool_calls: seed === 3,
        tool_choice: named ? { type: 'function', function: { name: 'say' } } : 'required',
      };
      const stream = await streamed(client, request);
      const { choices } = await ask(request);
      const { finish_reason: reason, message } = choices[0]!;
      expect(stream.reason).toBe(reason);
      expect(message.content).toBeNull();
      const calls = message.tool_calls!.map(call => (call as Call).function);
      expect(stream.calls).toEqual(calls.map(({ name, arguments: json }) => ({ name, json })));
      if (named) expect(calls.map(({ name }) => name)).toEqual(['say']);
      if (reason === 'length') calls.pop();
      else expect(reason).toBe('tool_calls');
      for (const { name, arguments: json } of calls)
        check(tools.find(each => each.function.name === name)!.function.parameters, JSON.parse(json));
      expect(new Set(message.tool_calls!.map(({ id }) => id)).size).toBe(message.tool_calls!.length);
    }
  });

  test('a call may be left open to the model, and one may be answered', async () => {
    const { choices } = await ask({ tools: [tools[0]!], max_tokens: 12, seed: 3 });
    expect(choices[0]!.finish_reason).toBe('length');
    const call = {
      id: 'call_1',
      type: 'function',
      function: { name: 'f', arguments: '{"n": 4}' },
    } as const;
    const { usage } = await ask({
      messages: [
        ...messages,
        { role: 'assistant', content: null, tool_calls: [call] },
        { role: 'tool', tool_call_id: 'call_1', content: '5' },
      ],
      max_tokens: 1,
    });
    expect(usage!.prompt_tokens).toBeGreaterThan(40);
  });

  test('what runs out in the middle of a form says so', async () => {
    const { choices } = await ask({
      seed: 5,
      max_tokens: 3,
      response_format: { type: 'json_schema', json_schema: { name: 'a', schema: schemas['numbers']! } },
    });
    expect(choices[0]!.finish_reason).toBe('length');
    expect(choices[0]!.message.content).toMatch(/^\{/);
  });

  test('a bias forbids a token or brings it about, and penalties end repetition', async () => {
    const tokens = async (more: Ask) => {
      const { choices } = await ask({ temperature: 0, max_tokens: 24, logprobs: true, ...more });
      return choices[0]!.logprobs!.content!.map(({ token }) => token);
    };
    const brought = await tokens({ logit_bias: { 200: 100 } });
    expect(new Set(brought).size).toBe(1);
    const repeated = (list: readonly string[]) => list.length - new Set(list).size;
    const plain = await tokens({ logit_bias: { 200: 3 } });
    for (const penalty of [
      { frequency_penalty: 2 },
      { presence_penalty: 2 },
      { repetition_penalty: 5 } as Ask,
    ])
      expect(repeated(await tokens({ ...penalty, logit_bias: { 200: 3 } }))).toBeLessThanOrEqual(
        repeated(plain),
      );
    const banned = await tokens({ logit_bias: { 200: -100 } });
    expect(banned).not.toContain(brought[0]);
  });

  test('a schema that cannot be held is refused with its place, and others go on', async () => {
    const refused = async (schema: Schema, strict: boolean) => {
      const error = await ask({
        response_format: { type: 'json_schema', json_schema: { name: 'a', schema, strict } },
      }).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(APIError);
      expect((error as APIError).status).toBe(400);
      return (error as APIError).message;
    };
    expect(await refused(closed({ a: { type: 'integer', multipleOf: 3 } }), true)).toContain('multipleOf');
    expect(await refused({ type: 'nonsense' }, false)).toContain('#/type');
    expect(await refused({ $ref: '#/$defs/none' }, false)).toContain('nothing');
    const endless = { $ref: '#/$defs/a', $defs: { a: closed({ a: { $ref: '#/$defs/a' } }) } };
    expect(await refused({ ...endless, $defs: { a: { $ref: '#/$defs/a' } } }, false)).toMatch(
      /No token|form/,
    );
    const { choices } = await ask({
      response_format: {
        type: 'json_schema',
        json_schema: {
          name: 'a',
          schema: closed({ a: { type: 'integer', multipleOf: 3, maximum: 9, minimum: 0 } }),
        },
      },
    });
    expect(JSON.parse(choices[0]!.message.content!).a).toBeLessThan(10);
  });
});
