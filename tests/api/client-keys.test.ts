/** The gateway's own keys, as the clients of both families meet them; the provider here says how much an answer took. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI, { AuthenticationError, PermissionDeniedError, RateLimitError } from 'openai';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createApi } from '../../src/api/openai.ts';
import { systemClock } from '../../src/base/clock.ts';
import { TabmeshError } from '../../src/base/error.ts';
import { seededRandom } from '../../src/base/random.ts';
import { ClientCallers } from '../../src/node/clients/client-callers.ts';
import { ClientKeys, type ClientRights } from '../../src/node/clients/client-keys.ts';
import { type Gateway, startGateway } from '../../src/node/gateway/gateway.ts';
import { createRouter } from '../../src/router/create-router.ts';
import type { Destination } from '../../src/router/destination.ts';
import { heldToPurse } from '../../src/router/treasury/held-to-purse.ts';
import { openFilesStore } from '../../src/store/files-store.ts';
import type { Store } from '../../src/store/store.ts';
import { caught } from './guide-gateway.ts';

const timings = { firstTokenMs: 1, totalMs: 1, tokensPerSecond: 0 };
/** A quarter of a cent for each token of an answer; "b" has no price. */
const prices = new Map([['a', { input: 0, output: 250_000_000_000 }]]);
/** Tokens that an answer takes. */
let tokens: number;
/** How many each answer was allowed. */
let allowed: (number | undefined)[];
/** Under which name each was asked for. */
let names: string[];
let closed: boolean;
/** Told of an answer that says a word and no more. */
interface Hanging {
  begun(): void;
  ended(): void;
}
let hanging: Hanging | undefined;

async function hang({ begun, ended }: Hanging, signal: AbortSignal): Promise<void> {
  begun();
  await new Promise(resolve => signal.addEventListener('abort', resolve));
  // What it cost is counted in the turns that follow.
  setTimeout(ended);
  throw signal.reason;
}
const shop: Destination = {
  id: 'shop',
  kind: 'own-key',
  name: 'the shop',
  provider: 'P',
  refusal: async () => undefined,
  models: async () => ['a', 'b'].map(name => ({ kind: 'own-key', name, provider: 'P' }) as const),
  async *complete({ model, maxTokens }, signal) {
    names.push(model);
    allowed.push(maxTokens);
    if (closed) throw new TabmeshError('unavailable', 'router', 'The shop is closed.');
    yield { kind: 'route', route: { kind: 'own-key', hops: [], provider: 'P', reason: '' } };
    yield { kind: 'text', text: 'Yes.' };
    if (hanging) await hang(hanging, signal!);
    const usage = { promptTokens: 3, cachedTokens: 0, completionTokens: tokens };
    yield { kind: 'end', reason: 'stop', usage, timings };
  },
};

let folder: string;
let store: Store;
let keys: ClientKeys;
let gateway: Gateway;
let now: number;
const random = seededRandom(5);

const start = () =>
  startGateway({
    api: createApi(
      createRouter({
        destinations: async () => [heldToPurse(shop, () => prices)],
        clock: systemClock,
        random,
      }),
    ),
    clients: new ClientCallers({
      keys,
      store,
      random,
      clock: { now: () => now, after: () => () => {} },
      date: () => now,
    }),
    host: '127.0.0.1',
    port: 0,
    staticDir: tmpdir(),
    bootstrap: () => ({}),
    allowMachines: false,
    upgrade: (_, socket) => socket.destroy(),
  });

beforeEach(async () => {
  tokens = 1;
  allowed = [];
  names = [];
  closed = false;
  // Half a minute before a day ends.
  now = 86_400_000 * 20_000 - 30_000;
  folder = await mkdtemp(join(tmpdir(), 'tabmesh-keys-'));
  store = await openFilesStore(folder);
  keys = new ClientKeys(store);
  gateway = await start();
});
afterEach(async () => {
  await gateway.close();
  await rm(folder, { recursive: true });
});

const make = (rights: Partial<ClientRights> = {}) =>
  keys.make({ name: 'test', ...rights }, random, () => now);
const openai = (apiKey: string) => new OpenAI({ baseURL: `${gateway.url}v1`, apiKey, maxRetries: 0 });
const anthropic = (apiKey: string) => new Anthropic({ baseURL: gateway.url, apiKey, maxRetries: 0 });
const ask = (key: string, model = 'a') =>
  openai(key).chat.completions.create({ model, messages: [{ role: 'user', content: 'Hi' }] });
const askMessage = (key: string, model = 'a') =>
  anthropic(key).messages.create({ model, max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] });

test('without any key made whoever may reach the gateway asks', async () => {
  expect((await ask('anything')).choices[0]!.message.content).toBe('Yes.');
});

test('once a key was made the others get 401, in the words of their family', async () => {
  const { key } = await make();
  expect(key).toMatch(/^pk_[\w-]{32}$/);
  expect((await ask(key)).choices[0]!.message.content).toBe('Yes.');
  expect((await askMessage(key)).content).toMatchObject([{ text: 'Yes.' }]);
  for (const wrong of [`${key}x`, key.slice(0, -1), 'none']) {
    const error = (await caught(ask(wrong))) as AuthenticationError;
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error).toMatchObject({ code: 'invalid_api_key', type: 'invalid_request_error', param: null });
    expect(error.message).not.toContain(wrong.slice(3, -4) || wrong);
    expect(await caught(askMessage(wrong))).toMatchObject({ status: 401, type: 'authentication_error' });
  }
  const bare = await fetch(`${gateway.url}v1/models`);
  expect([bare.status, (await bare.json()).error.message]).toEqual([
    401,
    expect.stringContaining("didn't provide"),
  ]);
});

test('a key is kept as its hash alone', async () => {
  const { key } = await make();
  for (const name of await readdir(folder, { recursive: true })) {
    const bytes = await readFile(join(folder, name)).catch(() => Buffer.alloc(0));
    expect(bytes.includes(key.slice(3, -4))).toBe(false);
  }
});

test('a key that is revoked is none, and the gateway stays closed until all are cleared', async () => {
  const { key, id } = await make();
  await keys.revoke(id);
  expect(await caught(ask(key))).toBeInstanceOf(AuthenticationError);
  await expect(keys.revoke(id)).rejects.toMatchObject({ kind: 'not-found' });
  await keys.clear();
  expect((await ask(key)).object).toBe('chat.completion');
});

test('a key asks the models that it may, and sees no others', async () => {
  const { key } = await make({ models: ['a'] });
  expect((await openai(key).models.list()).data.map(({ id }) => id)).toEqual(['a']);
  const error = (await caught(ask(key, 'b'))) as PermissionDeniedError;
  expect(error).toBeInstanceOf(PermissionDeniedError);
  expect(error).toMatchObject({
    code: 'model_not_found',
    message: expect.stringContaining('It may ask: a.'),
  });
  expect(await caught(askMessage(key, 'b'))).toMatchObject({ status: 403, type: 'permission_error' });
  const others = { model: 'a', input: 'Hi', tabmesh: { models: ['b'] } };
  expect(await caught(openai(key).responses.create(others))).toBeInstanceOf(PermissionDeniedError);
});

test('requests of any minute are counted, and 429 says when to come back', async () => {
  const { key } = await make({ perMinute: 2 });
  const other = await make({ perMinute: 1 });
  await ask(key);
  now += 20_000;
  await askMessage(key);
  const error = (await caught(ask(key))) as RateLimitError;
  expect(error).toBeInstanceOf(RateLimitError);
  expect(error).toMatchObject({ code: 'rate_limit_exceeded', type: 'requests' });
  expect(error.headers.get('retry-after')).toBe('40');
  expect(error.headers.get('x-ratelimit-limit-requests')).toBe('2');
  expect(await caught(askMessage(key))).toMatchObject({ status: 429, type: 'rate_limit_error' });
  expect((await ask(other.key)).object).toBe('chat.completion');
  now += 40_000;
  expect((await ask(key)).object).toBe('chat.completion');
  expect(await caught(ask(key))).toBeInstanceOf(RateLimitError);
});

test('what answers cost is counted for the day, over a restart too', async () => {
  const { key } = await make({ centsPerDay: 2 });
  tokens = 4;
  await ask(key);
  await gateway.close();
  gateway = await start();
  await ask(key);
  const error = (await caught(ask(key))) as RateLimitError;
  expect(error).toMatchObject({ status: 429, code: 'insufficient_quota', type: 'insufficient_quota' });
  expect(error.headers.get('retry-after')).toBe('30');
  expect(await caught(askMessage(key))).toMatchObject({ status: 429, type: 'rate_limit_error' });
  expect(allowed).toEqual([8, 4]);
  now += 30_000;
  expect((await ask(key)).object).toBe('chat.completion');
});

test('answers at once have together what is left, and what they do not use is free again', async () => {
  const { key } = await make({ centsPerDay: 1 });
  const begun = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  hanging = { begun: begun.resolve, ended: ended.resolve };
  const abort = new AbortController();
  const long = openai(key).chat.completions.create(
    { model: 'a', max_tokens: 3, stream: true, messages: [{ role: 'user', content: 'Hi' }] },
    { signal: abort.signal },
  );
  await begun.promise;
  hanging = undefined;
  expect((await ask(key)).object).toBe('chat.completion');
  expect(allowed).toEqual([3, 1]);
  expect(await caught(ask(key))).toMatchObject({ status: 429, code: 'insufficient_quota' });
  await long;
  abort.abort();
  await ended.promise;
});

test('a provider that refuses costs nothing', async () => {
  const { key } = await make({ centsPerDay: 1 });
  closed = true;
  expect(await caught(ask(key))).toMatchObject({ status: 503 });
  closed = false;
  // Whoever failed rests for a moment.
  await expect.poll(() => caught(ask(key)), { timeout: 20_000 }).toBe(undefined);
  expect(allowed.at(-1)).toBe(4);
});

test('what has no price is not asked for a key with a limit of cents', async () => {
  const { key } = await make({ centsPerDay: 1 });
  const free = await make();
  const error = await caught(ask(key, 'b'));
  expect(error).toBeInstanceOf(PermissionDeniedError);
  expect(error).toMatchObject({ message: expect.stringContaining('No price is set'), code: 'denied' });
  expect(allowed).toEqual([]);
  expect((await ask(free.key, 'b')).object).toBe('chat.completion');

  const either = { model: 'b', input: 'Hi', tabmesh: { models: ['a'] } };
  expect((await openai(key).responses.create(either)).status).toBe('completed');
  expect(names).toEqual(['b', 'a']);
});

test.each([true, false])(
  'an answer that its client breaks off counts with all that was reserved (streamed: %s)',
  async stream => {
    const { key } = await make({ centsPerDay: 1 });
    const begun = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    hanging = { begun: begun.resolve, ended: ended.resolve };
    const abort = new AbortController();
    const body = { model: 'a', stream, messages: [{ role: 'user' as const, content: 'Hi' }] };
    const asking = openai(key).chat.completions.create(body, { signal: abort.signal });
    asking.catch(() => {});
    await begun.promise;
    abort.abort();
    await ended.promise;
    hanging = undefined;
    expect(await caught(ask(key))).toMatchObject({ status: 429, code: 'insufficient_quota' });
  },
);

test('a list that cannot be read lets nobody in', async () => {
  const { key } = await make();
  await store.put('keys', 'client-keys', new TextEncoder().encode('[{"id":1}]'));
  expect(await caught(ask(key))).toMatchObject({ status: 500 });
  await store.put('keys', 'client-keys', Uint8Array.of(0xff, 0x00));
  expect(await caught(ask(key))).toMatchObject({ status: 500 });
});

test.each<[string, Partial<ClientRights>]>([
  ['no name', { name: '' }],
  ['half a request', { perMinute: 0.5 }],
  ['less than nothing', { centsPerDay: -1 }],
  ['a model without a name', { models: [''] }],
])('a key with %s is not made', async (_, rights) => {
  await expect(make(rights)).rejects.toMatchObject({ kind: 'invalid', origin: 'node' });
  expect(await keys.list()).toEqual([]);
});
