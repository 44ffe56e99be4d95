/** Tools and JSON by the clients of both families. The model has random weights: what comes out right is held, not meant. */
import type Anthropic from '@anthropic-ai/sdk';
import type OpenAI from 'openai';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { check } from './check-schema.ts';
import { type GuideGateway, startGuideGateway } from './guide-gateway.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const say = { type: 'object', properties: { t: { enum: ['é"', 7] } } } as const;
const form = {
  type: 'object',
  properties: { kind: { enum: ['a/b', 'é"'] }, count: { type: 'integer', minimum: 0, maximum: 99 } },
  required: ['kind', 'count'],
  additionalProperties: false,
} as const;
let gateway: GuideGateway;

beforeAll(async () => {
  gateway = await startGuideGateway('../fixtures/tiny-qwen2-q8_0.gguf', 'fast');
});
afterAll(() => gateway.close());

test('a message calls a tool, streamed and whole, and takes what the tool said', async () => {
  const { messages } = gateway.anthropic;
  const request: Anthropic.MessageCreateParamsNonStreaming = {
    model: 'guide',
    max_tokens: 100,
    messages: [{ role: 'user', content: 'Go.' }],
    tools: [{ name: 'say', description: 'Says it.', input_schema: say }],
    tool_choice: { type: 'tool', name: 'say' },
  };
  const whole = await messages.create(request);
  const [call] = whole.content as [Anthropic.ToolUseBlock];
  expect(whole.stop_reason).toBe('tool_use');
  expect(call).toMatchObject({ type: 'tool_use', name: 'say', id: expect.stringMatching(/^call_/) });
  check(say, call.input);

  const stream = messages.stream(request);
  const kinds: string[] = [];
  stream.on('streamEvent', ({ type }) => kinds.at(-1) !== type && kinds.push(type));
  const streamed = await stream.finalMessage();
  expect(streamed.stop_reason).toBe('tool_use');
  expect(streamed.content).toMatchObject([{ type: 'tool_use', name: 'say', input: call.input }]);
  expect(kinds.slice(0, 3)).toEqual(['message_start', 'content_block_start', 'content_block_delta']);

  const after: Anthropic.MessageParam[] = [
    ...request.messages,
    { role: 'assistant', content: whole.content },
    {
      role: 'user',
      content: [
        {
          type: 'tool_result',
          tool_use_id: call.id,
          content: [{ type: 'text', text: 'no' }],
          is_error: true,
        },
        { type: 'text', text: 'Go on.' },
      ],
    },
  ];
  const { tool_choice: _, ...rest } = request;
  const counted = await messages.countTokens({ model: 'guide', messages: after });
  const before = await messages.countTokens({ model: 'guide', messages: request.messages });
  expect(counted.input_tokens).toBeGreaterThan(before.input_tokens + 20);
  const next = await messages.create({ ...rest, messages: after, max_tokens: 4 });
  expect(next.usage.output_tokens).toBe(4);
});

test('a message may leave the choice to the model, forbid it, or ask for one call of any', async () => {
  const ask = (choice: Anthropic.ToolChoice) =>
    gateway.anthropic.messages.create({
      model: 'guide',
      max_tokens: 150,
      messages: [{ role: 'user', content: 'Go.' }],
      tools: [{ name: 'say', input_schema: say }],
      tool_choice: choice,
    });
  const any = await ask({ type: 'any', disable_parallel_tool_use: true });
  expect(any.content).toHaveLength(1);
  const none = await ask({ type: 'none' });
  expect(none.content.every(({ type }) => type === 'text')).toBe(true);
  expect((await ask({ type: 'auto' })).usage.output_tokens).toBeGreaterThan(0);
});

test('half of a call is none', async () => {
  const cut = await gateway.anthropic.messages.create({
    model: 'guide',
    max_tokens: 12,
    messages: [{ role: 'user', content: 'Go.' }],
    tools: [{ name: 'say', input_schema: say }],
    tool_choice: { type: 'any' },
  });
  expect(cut).toMatchObject({ stop_reason: 'max_tokens', content: [] });
});

test('the JSON of a schema is held in messages and in responses', async () => {
  const message = await gateway.anthropic.messages.create({
    model: 'guide',
    max_tokens: 300,
    messages: [{ role: 'user', content: 'Go.' }],
    output_config: { format: { type: 'json_schema', schema: form } },
  });
  const [block] = message.content as [Anthropic.TextBlock];
  check(form, JSON.parse(block.text));
  const response = await gateway.openai.responses.create({
    model: 'guide',
    input: 'Go.',
    text: { format: { type: 'json_schema', name: 'form', schema: form, strict: true } },
  });
  check(form, JSON.parse(response.output_text));
});

test('a response calls a tool, streamed and whole, and takes what the tool said', async () => {
  const { responses } = gateway.openai;
  const request = {
    model: 'guide',
    input: 'Go.',
    temperature: 0,
    tools: [{ type: 'function', name: 'say', parameters: say, strict: true }],
    tool_choice: { type: 'function', name: 'say' },
  } satisfies OpenAI.Responses.ResponseCreateParamsNonStreaming;
  const whole = await responses.create(request);
  const [call] = whole.output as [OpenAI.Responses.ResponseFunctionToolCall];
  expect(call).toMatchObject({ type: 'function_call', name: 'say', status: 'completed' });
  check(say, JSON.parse(call.arguments));

  const streamed = await responses.stream(request).finalResponse();
  expect(streamed.output).toMatchObject([{ type: 'function_call', arguments: call.arguments }]);

  const output = { type: 'function_call_output', call_id: call.call_id, output: '5' } as const;
  const next = { model: 'guide', max_output_tokens: 4, temperature: 0 };
  const kept = await responses.create({ ...next, input: [output], previous_response_id: whole.id });
  const sent = await responses.create({
    ...next,
    input: [
      { role: 'user', content: 'Go.' },
      { type: 'function_call', call_id: call.call_id, name: 'say', arguments: call.arguments },
      output,
    ],
  });
  expect(kept.output_text).toBe(sent.output_text);
  expect(kept.usage!.input_tokens).toBe(sent.usage!.input_tokens);
});
