import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { builtInProviders } from '../../src/router/cloud/providers.ts';
import { answer, ask, type CloudWorld, cloudWorld } from './cloud-world.ts';
import { type ProviderServer, rightKey, startProviderServer } from './provider-server.ts';

let server: ProviderServer;
let world: CloudWorld;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  server.asked.length = server.faults.length = 0;
  world = cloudWorld(server);
  for (const { id } of server.providers) await world.keys.set(id, rightKey);
});

test.each(builtInProviders.map(({ id, name }) => [id, name]))(
  '%s answers, and says where it ran',
  async (id, name) => {
    const { text, end, route, error } = await answer(world.router, ask(`${id}/family/large`));
    expect(error).toBeUndefined();
    expect(text).toBe('One two three.');
    expect(end).toMatchObject({
      reason: 'stop',
      usage: { promptTokens: 9, cachedTokens: 4, completionTokens: 5 },
    });
    expect(route).toMatchObject({ kind: 'own-key', hops: [], provider: name });
    const [{ body, headers }] = server.asked as [(typeof server.asked)[0]];
    expect(body).toMatchObject({ model: 'family/large', stream: true });
    expect(Object.keys(headers).filter(header => header.startsWith('x-stainless'))).toEqual([]);
    await expect(world.keys.test(id)).resolves.toBeUndefined();
  },
);

test('each is told what it takes, and the defaults of none', async () => {
  const sampling = { temperature: 0.5, topK: 40, topP: 0.9, minP: 0.1, seed: 7 };
  const request = { sampling, maxTokens: 12, stop: ['a'] };
  for (const id of ['openai', 'openrouter', 'gemini', 'anthropic'])
    await answer(world.router, ask(`${id}/m`, request));
  const [openai, openrouter, gemini, anthropic] = server.asked.map(({ body }) => body);
  const messages = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Count.' },
  ];
  const common = { model: 'm', messages, stream: true, stream_options: { include_usage: true }, stop: ['a'] };
  const drawn = { temperature: 0.5, top_p: 0.9 };
  expect(openai).toEqual({ ...common, ...drawn, seed: 7, max_completion_tokens: 12 });
  expect(openrouter).toEqual({ ...common, ...drawn, seed: 7, top_k: 40, min_p: 0.1, max_tokens: 12 });
  expect(gemini).toEqual({ ...common, ...drawn, max_tokens: 12 });
  expect(anthropic).toEqual({
    model: 'm',
    system: 'Be brief.',
    messages: [messages[1]],
    stream: true,
    max_tokens: 12,
    stop_sequences: ['a'],
    temperature: 0.5,
    top_k: 40,
  });
});

test('how likely tokens were is passed on where it is told, and refused where not', async () => {
  const { events } = await answer(world.router, ask('openai/m', { likeliest: 1 }));
  expect(server.asked[0]?.body).toMatchObject({ logprobs: true, top_logprobs: 1 });
  expect(events.find(({ kind }) => kind === 'text')).toEqual({
    kind: 'text',
    text: 'One ',
    tokens: [
      {
        text: 'One ',
        bytes: Uint8Array.from(Buffer.from('One ')),
        logProbability: -0.5,
        likeliest: [{ text: 'x', bytes: undefined, logProbability: -2 }],
      },
    ],
  });
  for (const id of ['groq', 'anthropic'])
    expect((await answer(world.router, ask(`${id}/m`, { likeliest: 1 }))).error).toMatchObject({
      kind: 'unsupported',
      reason: expect.stringContaining('logprobs'),
    });
});

test('tools and formats go to those that know them, and calls come back in pieces', async () => {
  const parameters = { type: 'object', properties: { city: { type: 'string' } } };
  const request = ask('openai/m', {
    messages: [
      { role: 'user', content: 'Weather?' },
      { role: 'assistant', content: '', toolCalls: [{ id: 'c0', name: 'weather', arguments: '{}' }] },
      { role: 'tool', content: 'rain', toolCallId: 'c0' },
    ],
    tools: [{ name: 'weather', parameters, strict: true }],
    toolChoice: { name: 'weather' },
    parallelToolCalls: false,
    format: { kind: 'schema', name: 'a', schema: parameters, strict: false },
    bias: [{ token: 5, bias: -100 }],
    penalties: { frequency: 0.5, presence: 0, repetition: 1 },
  });
  const delta = (tool: object) =>
    `data: ${JSON.stringify({ choices: [{ delta: { tool_calls: [tool] } }] })}\n\n`;
  const bytes =
    delta({ index: 0, id: 'c1', type: 'function', function: { name: 'weather', arguments: '' } }) +
    delta({ index: 0, function: { arguments: '{"city"' } }) +
    delta({ index: 0, function: { arguments: ':"Bern"}' } }) +
    'data: {"choices":[{"delta":{},"finish_reason":"tool_calls"}]}\n\ndata: [DONE]\n\n';
  server.faults.push({ kind: 'body', bytes });
  const { events, end } = await answer(world.router, request);
  expect(events.filter(({ kind }) => kind.startsWith('tool'))).toEqual([
    { kind: 'tool-call', index: 0, id: 'c1', name: 'weather' },
    { kind: 'tool-arguments', index: 0, text: '{"city"' },
    { kind: 'tool-arguments', index: 0, text: ':"Bern"}' },
  ]);
  expect(end?.reason).toBe('tool-calls');
  expect(server.asked[0]?.body).toMatchObject({
    messages: [
      { role: 'user', content: 'Weather?' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c0', type: 'function', function: { name: 'weather', arguments: '{}' } }],
      },
      { role: 'tool', content: 'rain', tool_call_id: 'c0' },
    ],
    tools: [{ type: 'function', function: { name: 'weather', parameters, strict: true } }],
    tool_choice: { type: 'function', function: { name: 'weather' } },
    parallel_tool_calls: false,
    response_format: { type: 'json_schema', json_schema: { name: 'a', schema: parameters, strict: false } },
    logit_bias: { 5: -100 },
    frequency_penalty: 0.5,
  });
  const { error } = await answer(world.router, { ...request, model: 'anthropic/m' });
  expect(error).toMatchObject({ kind: 'unsupported', reason: expect.stringContaining('format') });
});

test('the other dialect is told of tools and calls them in its own words', async () => {
  const request = ask('anthropic/m', {
    messages: [
      { role: 'user', content: 'Weather?' },
      {
        role: 'assistant',
        content: 'Let me see.',
        toolCalls: [{ id: 'c0', name: 'weather', arguments: '{"a":1}' }],
      },
      { role: 'tool', content: 'rain', toolCallId: 'c0' },
      { role: 'user', content: 'And now?' },
    ],
    tools: [{ name: 'weather', description: 'Tells it.', parameters: { properties: {} }, strict: true }],
    toolChoice: 'required',
    parallelToolCalls: false,
  });
  const event = (type: string, more: object) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
  const call = (index: number, id: string, ...json: string[]) =>
    event('content_block_start', {
      index,
      content_block: { type: 'tool_use', id, name: 'weather', input: {} },
    }) +
    json
      .map(part =>
        event('content_block_delta', { index, delta: { type: 'input_json_delta', partial_json: part } }),
      )
      .join('') +
    event('content_block_stop', { index });
  const text = event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'So.' } });
  const stopped = { stop_reason: 'tool_use', stop_sequence: null };
  const bytes =
    text +
    call(1, 't1', '', '{"city"', ':"Bern"}') +
    call(2, 't2', '') +
    event('message_delta', { delta: stopped, usage: { output_tokens: 5 } }) +
    event('message_stop', {});
  server.faults.push({ kind: 'body', bytes });
  const { events, end } = await answer(world.router, request);
  expect(events.slice(2, -1)).toEqual([
    { kind: 'text', text: 'So.' },
    { kind: 'tool-call', index: 0, id: 't1', name: 'weather' },
    { kind: 'tool-arguments', index: 0, text: '{"city"' },
    { kind: 'tool-arguments', index: 0, text: ':"Bern"}' },
    { kind: 'tool-call', index: 1, id: 't2', name: 'weather' },
    { kind: 'tool-arguments', index: 1, text: '{}' },
  ]);
  expect(end).toMatchObject({ reason: 'tool-calls', usage: { completionTokens: 5 } });
  expect(server.asked[0]?.body).toMatchObject({
    messages: [
      { role: 'user', content: 'Weather?' },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'Let me see.' },
          { type: 'tool_use', id: 'c0', name: 'weather', input: { a: 1 } },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'c0', content: 'rain' },
          { type: 'text', text: 'And now?' },
        ],
      },
    ],
    tools: [
      {
        name: 'weather',
        description: 'Tells it.',
        input_schema: { type: 'object', properties: {} },
        strict: true,
      },
    ],
    tool_choice: { type: 'any', disable_parallel_tool_use: true },
  });
  const broken = { id: 'c0', name: 'weather', arguments: '[1' };
  const { error } = await answer(world.router, {
    ...request,
    messages: [...request.messages, { role: 'assistant', content: '', toolCalls: [broken] }],
  });
  expect(error).toMatchObject({ kind: 'invalid', reason: expect.stringContaining('call of weather') });
});

test('models are listed under the names by which they are asked for, once in a while', async () => {
  const names = (await world.router.models()).map(({ name }) => name);
  expect(names).toContain('gemini/gemini-small');
  expect(names).toContain('openrouter/family/large');
  expect(names.length).toBe(2 * builtInProviders.length);
  const before = server.asked.length;
  await world.router.models();
  expect(server.asked.length).toBe(before);
});

test('a model that the pod does not have may be answered by another that the request names', async () => {
  const { text } = await answer(world.router, ask('none', { constraints: { models: ['groq/m'] } }));
  expect(text).toBe('One two three.');
  const { error } = await answer(world.router, ask('none'));
  expect(error).toMatchObject({ kind: 'not-found', reason: expect.stringContaining('Groq with your key: ') });
  const alone = { constraints: { privacy: 'pod-only' } } as const;
  expect((await answer(world.router, ask('groq/m', alone))).error).toMatchObject({ kind: 'denied' });
});

test('a server of one’s own is asked under its own name', async () => {
  await world.keys.set('attic', rightKey, `${server.origin}/attic/v1/`);
  const { text, route } = await answer(world.router, ask('attic/m'));
  expect([text, route?.provider]).toEqual(['One two three.', 'attic']);
  expect(server.asked.at(-1)?.path).toBe('/attic/v1/chat/completions');
});

test('an answer that is given up ends at the provider too', async () => {
  server.faults.push({ kind: 'hang', after: 1 });
  const abort = new AbortController();
  const asked = answer(world.router, ask('openai/m'), abort.signal);
  await expect.poll(() => server.open()).toBe(1);
  abort.abort();
  expect((await asked).error).toBeDefined();
  await expect.poll(() => server.open()).toBe(0);
  server.faults.push({ kind: 'hang', after: 1 });
  for await (const event of world.router.complete(ask('openai/m'))) if (event.kind === 'text') break;
  await expect.poll(() => server.open()).toBe(0);
});
