/** What providers do wrong, and what a person reads of it. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { eventBytesMax } from '../../src/base/limits.ts';
import { seededRandom } from '../../src/base/random.ts';
import { answer, ask, type CloudWorld, cloudWorld } from './cloud-world.ts';
import { type Fault, type ProviderServer, rightKey, startProviderServer } from './provider-server.ts';

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

const after = (fault: Fault, id = 'openai') => {
  server.faults.push(fault);
  return answer(world.router, ask(`${id}/m`));
};
const message = (text: string, more: object = {}) => JSON.stringify({ error: { message: text, ...more } });

test.each([
  [400, 'unsupported', /refuses the request \(400\).*"status 400"/],
  [402, 'full', /out of credit/],
  [403, 'denied', /refuses this/],
  [404, 'not-found', /knows no such model/],
  [500, 'unavailable', /problem of its own \(500\)/],
  [504, 'timeout', /took too long/],
  [529, 'unavailable', /problem of its own/],
] as const)('status %i is %s', async (status, kind, words) => {
  const { error, text } = await after({ kind: 'status', status });
  expect(error).toMatchObject({ kind, origin: 'router', reason: expect.stringMatching(words) });
  expect(text).toBe('');
});

test('a wrong key is named with the page for a new one, and is in no error', async () => {
  const wrong = 'sk-wrong-0123456789';
  await world.keys.set('openai', wrong);
  for (const failed of [
    (await answer(world.router, ask('openai/m'))).error,
    await world.keys.test('openai').catch(e => e),
  ]) {
    expect(failed).toMatchObject({
      kind: 'denied',
      reason: expect.stringMatching(/does not accept the key.*platform\.openai\.com.*provided: \[key\]/),
    });
    expect(JSON.stringify([failed, String(failed), failed.stack])).not.toContain(wrong);
  }
  await world.keys.set('openrouter', wrong);
  await expect(world.keys.test('openrouter')).rejects.toMatchObject({ kind: 'denied' });
});

test('a conversation that is too long is known by what providers say of it', async () => {
  const said = [
    message('Too long', { code: 'context_length_exceeded' }),
    message('prompt is too long: 210000 tokens > 200000 maximum', { type: 'invalid_request_error' }),
  ];
  for (const body of said)
    expect((await after({ kind: 'status', status: 400, body })).error).toMatchObject({
      kind: 'invalid',
      reason: expect.stringContaining('Shorten it'),
    });
});

test('after a 429 nobody is asked before the provider wants to be', async () => {
  expect((await after({ kind: 'status', status: 429, retryAfter: '7' })).error).toMatchObject({
    kind: 'full',
    retryAfterMs: 7000,
    reason: expect.stringContaining('Ask again in 7 s'),
  });
  const { error } = await answer(world.router, ask('openai/m'));
  expect(error).toMatchObject({ reason: expect.stringMatching(/asked for a pause; ask again in [67] s/) });
  expect(server.asked.length).toBe(1);
  // A new key has a limit of its own.
  await world.keys.set('openai', rightKey);
  expect((await answer(world.router, ask('openai/m'))).text).toBe('One two three.');
  const date = new Date(Date.now() + 60_000).toUTCString();
  const dated = await after({ kind: 'status', status: 429, retryAfter: date }, 'groq');
  expect((dated.error as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(50_000);
});

test.each(['openai', 'anthropic'])(
  'a stream of %s that ends too soon keeps its text and is an error',
  async id => {
    const { text, end, error } = await after({ kind: 'end', after: 2 }, id);
    expect([text, end]).toEqual(['One two ', undefined]);
    expect(error).toMatchObject({ kind: 'lost', reason: expect.stringContaining('The text so far is kept') });
  },
);

test('a connection that breaks after some text keeps it and is an error', async () => {
  server.faults.push({ kind: 'hang', after: 2 });
  let text = '';
  const read = async () => {
    for await (const event of world.router.complete(ask('openai/m'))) {
      if (event.kind === 'text') text += event.text;
      if (text === 'One two ') server.breakOff();
    }
  };
  await expect(read()).rejects.toMatchObject({ kind: 'lost' });
  expect(text).toBe('One two ');
});

test('an error in the middle of a stream is one', async () => {
  const openai = `data: ${JSON.stringify({ choices: [{ delta: { content: 'One' } }] })}\n\ndata: ${message('Upstream is gone', { code: 502 })}\n\n`;
  const first = await after({ kind: 'body', bytes: openai });
  expect(first.text).toBe('One');
  expect(first.error).toMatchObject({
    kind: 'unavailable',
    reason: expect.stringContaining('"Upstream is gone"'),
  });
  const overloaded = `event: error\ndata: ${JSON.stringify({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } })}\n\n`;
  const second = await after({ kind: 'body', bytes: overloaded }, 'anthropic');
  expect(second.error).toMatchObject({
    kind: 'unavailable',
    reason: expect.stringContaining('"Overloaded"'),
  });
});

test('what is no answer is refused', async () => {
  const cases: [Uint8Array | string, string][] = [
    ['data: {nonsense\n\n', 'corrupt'],
    ['data: {"choices":7}\n\n', 'corrupt'],
    ['data: {"choices":[{"delta":{"content":{"a":1}}}]}\n\n', 'corrupt'],
    ['<html>busy</html>', 'lost'],
    ['', 'lost'],
    [`data: ${'x'.repeat(eventBytesMax + 1)}`, 'full'],
    [`${'data: x\n'.repeat(eventBytesMax / 2)}`, 'full'],
  ];
  for (const [bytes, kind] of cases) {
    await world.keys.set('openai', rightKey);
    expect((await after({ kind: 'body', bytes })).error, String(bytes).slice(0, 40)).toMatchObject({ kind });
  }
});

test('garbage of any kind ends as an error of ours', async () => {
  const random = seededRandom(20);
  const pick = (from: readonly string[]) => from[Math.floor(random.next() * from.length)]!;
  const words = [
    'data: ',
    'event: error\n',
    '\n\n',
    '\r',
    '{"choices":[',
    '{"delta":{',
    ']}',
    '"content":"a"',
    'null',
    '[DONE]',
    ': c\n',
  ];
  for (let round = 0; round < 40; round++) {
    for (const id of ['openai', 'anthropic']) {
      await world.keys.set(id, rightKey);
      const bytes = round % 2 ? random.bytes(500) : Array.from({ length: 30 }, () => pick(words)).join('');
      expect((await after({ kind: 'body', bytes }, id)).error).toMatchObject({ origin: 'router' });
    }
  }
});

test('a redirect is not followed, so the key goes nowhere else', async () => {
  const { error } = await after({ kind: 'redirect', to: `${server.origin}/elsewhere/v1/chat/completions` });
  expect(error).toMatchObject({ kind: 'unavailable' });
  expect(server.asked.map(({ path }) => path)).toEqual(['/openai/v1/chat/completions']);
});

test('a server that is not there is named with what is wrong', async () => {
  const gone = await startProviderServer();
  await gone.close();
  await world.keys.set('attic', rightKey, `${gone.origin}/v1`);
  await expect(world.keys.test('attic')).rejects.toMatchObject({
    kind: 'unavailable',
    reason: expect.stringContaining('ECONNREFUSED'),
  });
});
