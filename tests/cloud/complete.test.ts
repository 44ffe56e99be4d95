import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createApi } from '../../src/api/openai.ts';
import { systemClock } from '../../src/base/clock.ts';
import { isKind, TabmeshError } from '../../src/base/error.ts';
import {
  channelWindowBytes,
  completeAnswerCostMax,
  completePerPeerMax,
  completeSilenceMs,
  handshakeMs,
  toolCallsMax,
} from '../../src/base/limits.ts';
import {
  completeProtocol,
  decodeComplete,
  encodeComplete,
  textPieces,
} from '../../src/router/remote/complete-message.ts';
import { type AnswerPeer, CompleteService } from '../../src/router/remote/complete-service.ts';
import { decodeRequest, encodeRequest } from '../../src/router/remote/request-bytes.ts';
import type { CompletionRequest } from '../../src/router/request.ts';
import { ManualClock } from '../pod/manual-clock.ts';
import { ask, type CloudWorld, cloudWorld } from './cloud-world.ts';
import { type ProviderServer, rightKey, startProviderServer } from './provider-server.ts';
import { askOwner, type TwoPeers, twoPeers } from './two-peers.ts';

let server: ProviderServer;
let cloud: CloudWorld;
let peers: TwoPeers;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  server.asked.length = server.faults.length = 0;
  cloud = cloudWorld(server);
  await cloud.keys.set('openai', rightKey);
  peers = await twoPeers();
});

const fromKeys: AnswerPeer = async function* ({ request }, signal) {
  const [destination] = await cloud.destinations();
  yield* destination!.complete(request, signal);
};
const serve = (answer = fromKeys, { owner } = peers, clock = systemClock, isMember = () => true) =>
  new CompleteService({ network: owner, clock, mayAsk: isMember, answers: { keys: answer } });

test('a member is answered with the keys of another, and never sees them', async () => {
  serve();
  const { text, events, error } = await askOwner(peers, ask('openai/m'));
  expect([text, error]).toEqual(['One two three.', undefined]);
  expect(events.find(({ kind }) => kind === 'route')).toMatchObject({ route: { provider: 'OpenAI' } });
  expect(events.at(-1)).toMatchObject({
    kind: 'end',
    reason: 'stop',
    usage: { promptTokens: 9, cachedTokens: 4, completionTokens: 5 },
  });
  expect(server.asked[0]?.headers.authorization).toBe(`Bearer ${rightKey}`);
  expect(JSON.stringify(events)).not.toContain(rightKey);
});

test('a long request, tools and calls go along whole', async () => {
  const said: CompletionRequest[] = [];
  serve(async function* ({ request }) {
    said.push(request);
    yield { kind: 'tool-call', index: 0, id: 'c1', name: 'weather' };
    yield { kind: 'tool-arguments', index: 0, text: '😀'.repeat(10_000) };
    yield end;
  });
  const request = ask('openai/m', {
    messages: [{ role: 'user', content: 'x'.repeat(500_000) }],
    tools: [{ name: 'weather', parameters: { type: 'object' }, strict: true }],
    constraints: { privacy: 'pod-only' },
  });
  const { events, error } = await askOwner(peers, request);
  const { constraints: _, ...sent } = request;
  expect([error, said]).toEqual([undefined, [sent]]);
  expect(events).toContainEqual({ kind: 'tool-call', index: 0, id: 'c1', name: 'weather' });
  const pieces = events.map(event => (event.kind === 'tool-arguments' ? event.text : ''));
  expect(pieces.join('')).toBe('😀'.repeat(10_000));
});

const timings = { firstTokenMs: 0, totalMs: 0, tokensPerSecond: 0 };
const usage = { promptTokens: 1, cachedTokens: 0, completionTokens: 1 };
const end = { kind: 'end', reason: 'tool-calls', usage, timings } as const;

test('however the other side numbers its calls, a client is told of calls that began', async () => {
  serve(async function* () {
    yield { kind: 'tool-arguments', index: 3, text: '{"of":"none"}' };
    yield { kind: 'tool-call', index: 2 ** 31, id: 'c1', name: 'weather' };
    yield { kind: 'tool-arguments', index: 0, text: '{"of":"none"}' };
    yield { kind: 'tool-arguments', index: 2 ** 31, text: '{"city":"Bern"}' };
    yield { kind: 'tool-call', index: 2 ** 31, id: 'c2', name: 'time' };
    yield end;
  });
  const request = { model: 'openai/m', messages: [{ role: 'user', content: 'Hi' }] };
  const complete = async function* (asked: CompletionRequest) {
    const { events, error } = await askOwner(peers, asked);
    yield* events;
    if (error) throw error;
  };
  const api = createApi({ ...cloud.router, complete });
  const post = { method: 'POST', headers: { 'content-type': 'application/json' } };
  const response = await api.handle(
    new Request('http://tabmesh/v1/chat/completions', { ...post, body: JSON.stringify(request) }),
  );
  expect((await response.json()).choices[0].message.tool_calls).toMatchObject([
    { id: 'c1', function: { name: 'weather', arguments: '{"city":"Bern"}' } },
    { id: 'c2', function: { name: 'time', arguments: '{}' } },
  ]);
});

test.each([0, 1])('no answer has more than so many calls (numbered by %i)', async by => {
  serve(async function* () {
    for (let call = 0; call <= toolCallsMax; call++)
      yield { kind: 'tool-call', index: call * by, id: `c${call}`, name: 'weather' };
    yield end;
  });
  const { error, events } = await askOwner(peers, ask('openai/m'));
  expect(error).toMatchObject({ kind: 'corrupt', reason: expect.stringContaining('more than 128 calls') });
  expect(events.filter(({ kind }) => kind === 'tool-call')).toHaveLength(toolCallsMax);
});

test('who is no member is refused with a sentence, and nobody is asked', async () => {
  serve(fromKeys, peers, systemClock, () => false);
  const { error } = await askOwner(peers, ask('openai/m'));
  expect(error).toMatchObject({ kind: 'denied', reason: 'Only members of the pod are answered here.' });
  expect(server.asked).toEqual([]);
});

test('what the other side says went wrong arrives as it is, with its wait', async () => {
  serve();
  server.faults.push({ kind: 'status', status: 429, retryAfter: '7' });
  const { error } = await askOwner(peers, ask('openai/m'));
  expect(error).toMatchObject({ kind: 'full', retryAfterMs: 7_000 });
  expect(isKind((await askOwner(peers, ask('openai/m', { likeliest: 1 }))).error, 'unsupported')).toBe(true);
});

test('an answer that is given up, or whose asker is gone, ends at the provider too', async () => {
  serve();
  server.faults.push({ kind: 'hang', after: 1 }, { kind: 'hang', after: 1 });
  const abort = new AbortController();
  const given = askOwner(peers, ask('openai/m'), { signal: abort.signal, at: () => abort.abort() });
  expect((await given).error).toBeDefined();
  await expect.poll(() => server.open()).toBe(0);
  const lost = askOwner(peers, ask('openai/m'), { at: () => peers.world.kill(peers.asker.self) });
  expect((await lost).error).toMatchObject({ kind: 'lost' });
  await expect.poll(() => server.open()).toBe(0);
});

test('an owner that is gone or silent is not waited for', async () => {
  const clock = new ManualClock();
  const quiet = await twoPeers(clock);
  const hangs: AnswerPeer = async function* (_, signal) {
    yield { kind: 'text', text: 'a' };
    await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  };
  serve(hangs, quiet, clock);
  const silent = askOwner(quiet, ask('openai/m'), { clock });
  await clock.pass(completeSilenceMs + 1);
  expect((await silent).error).toMatchObject({ kind: 'timeout', reason: 'Owner fell silent. Ask again.' });
  const gone = askOwner(quiet, ask('openai/m'), { clock, at: () => quiet.world.kill(quiet.owner.self) });
  await clock.pass(1_000);
  expect((await gone).error).toMatchObject({ kind: 'lost' });
});

test('an answer without end is left', async () => {
  let told = 0;
  let ended = false;
  const text = 'x'.repeat(24_000);
  serve(async function* () {
    try {
      for (; ; told++) yield { kind: 'text', text };
    } finally {
      ended = true;
    }
  });
  const { error, events } = await askOwner(peers, ask('openai/m'));
  const reason = expect.stringContaining('more than any answer has');
  expect(error).toMatchObject({ kind: 'corrupt', reason });
  const most = Math.ceil(completeAnswerCostMax / text.length);
  expect(events.length).toBeGreaterThan(0.9 * most);
  expect(told).toBeLessThan(most + (2 * channelWindowBytes) / text.length);
  await expect.poll(() => ended).toBe(true);
});

test('one member has so many answers at once and no more', async () => {
  serve();
  for (let each = 0; each < completePerPeerMax; each++) server.faults.push({ kind: 'hang', after: 1 });
  const abort = new AbortController();
  const held = Array.from({ length: completePerPeerMax }, () =>
    askOwner(peers, ask('openai/m'), { signal: abort.signal }),
  );
  await expect.poll(() => server.open()).toBe(completePerPeerMax);
  expect((await askOwner(peers, ask('openai/m'))).error).toMatchObject({ kind: 'full', retryAfterMs: 5_000 });
  abort.abort();
  await Promise.all(held);
  await expect.poll(async () => (await askOwner(peers, ask('openai/m'))).text).toBe('One two three.');
});

const askOf = (total: number, from = 'keys') =>
  encodeComplete({ ask: { id: new Uint8Array(16), from, total } });
const pieceOf = (text: string) =>
  encodeComplete({ piece: { bytes: new TextEncoder().encode(text) as Uint8Array<ArrayBuffer> } });

test.each([
  ['garbage', [Uint8Array.of(255, 1, 2, 3)], 'corrupt'],
  ['a piece before it asks', [pieceOf('{}')], 'corrupt'],
  ['more than it announced', [askOf(2), pieceOf('{}{}')], 'corrupt'],
  ['two questions', [askOf(2), askOf(2)], 'corrupt'],
  ['no request', [askOf(2), pieceOf('{}')], 'invalid'],
  ['no JSON', [askOf(2), pieceOf('}{')], 'invalid'],
  ['a purpose that nobody knows', [askOf(2, 'wallet'), pieceOf('{}')], 'unsupported'],
] as const)('who sends %s is refused, and others are answered', async (_name, messages, kind) => {
  serve();
  const channel = await peers.asker.open(peers.owner.self, completeProtocol);
  for (const message of messages) await channel.send(message);
  const answers = [];
  for await (const bytes of channel.messages) answers.push(decodeComplete(bytes));
  expect(answers).toMatchObject([{ failure: { kind } }]);
  expect((await askOwner(peers, ask('openai/m'))).text).toBe('One two three.');
});

test('a request that does not come is not waited for', async () => {
  const clock = new ManualClock();
  const slow = await twoPeers(clock);
  serve(fromKeys, slow, clock);
  const opening = slow.asker.open(slow.owner.self, completeProtocol);
  await clock.pass(10);
  const channel = await opening;
  await channel.send(askOf(100));
  await clock.pass(handshakeMs + 1);
  const answers = [];
  for await (const bytes of channel.messages) answers.push(decodeComplete(bytes));
  expect(answers).toMatchObject([{ failure: { kind: 'timeout' } }]);
});

test('whatever bytes come, they are a checked message or refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), bytes => {
      for (const read of [decodeComplete, decodeRequest]) {
        try {
          read(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(TabmeshError);
        }
      }
    }),
    { numRuns: 500 },
  );
});

test('texts are cut between characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 16_000, maxLength: 20_000 }), text => {
      const pieces = [...textPieces(text)];
      expect(pieces.join('')).toBe(text);
      for (const piece of pieces) expect(piece.isWellFormed()).toBe(text.isWellFormed());
    }),
    { numRuns: 8 },
  );
});

test('a request is the same on the other side, and nothing is let in that is not one', () => {
  const request = ask('m', { maxTokens: 5, format: { kind: 'json' }, toolChoice: { name: 'a' } });
  expect(decodeRequest(encodeRequest(request))).toEqual(request);
  const bent = (change: object) => new TextEncoder().encode(JSON.stringify({ ...request, ...change }));
  for (const change of [{ maxTokens: 0 }, { more: 1 }, { messages: [] }, { sampling: {} }, { stop: [''] }])
    expect(() => decodeRequest(bent(change))).toThrow('The request is malformed');
});
