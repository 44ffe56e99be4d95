import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type HubServer, startHubServer } from '../../tests/hub/hub-server.ts';
import { seededRandom } from '../base/random.ts';
import { httpSource } from './http-source.ts';

vi.setConfig({ testTimeout: 60_000 });

let hub: HubServer;
const bytes = seededRandom(1).bytes(300_000);
const file = 'owner/repo/model.gguf';

beforeEach(async () => {
  hub = await startHubServer();
  hub.put(file, bytes);
});

afterEach(async () => {
  vi.useRealTimers();
  expect(hub.preflights).toEqual([]);
  await hub.close();
});

/** toEqual compares arrays number by number, which takes seconds. */
const expectBytes = (read: Uint8Array, start: number, end: number) =>
  expect(Buffer.from(bytes).subarray(start, end).equals(read)).toBe(true);

const open = (name = file) => httpSource(`hub:${name}`, { hubOrigin: hub.origin });
const kind = (value: string) =>
  expect.objectContaining({ name: 'TabmeshError', kind: value, origin: 'model' });

test('reads what was asked for through the redirect, and nothing else', async () => {
  const source = open();
  expect([source.id, source.name, source.shareable, source.local]).toEqual([
    `hub:${file}`,
    'model.gguf',
    true,
    false,
  ]);
  expect(await source.size()).toBe(bytes.length);
  expect(await source.version()).toBe('"300000"');
  expectBytes(await source.read(0, 1000), 0, 1000);
  let counted = 0;
  expectBytes(await source.read(100_000, 150_000, undefined, count => (counted += count)), 100_000, 150_000);
  expect(counted).toBe(50_000);
  expect(hub.log.map(({ start, end }) => [start, end])).toEqual([
    [0, 32_768],
    [100_000, 150_000],
  ]);
});

test('a small file is read whole at once, also from a server without ranges', async () => {
  hub.put('o/r/small.gguf', bytes.slice(0, 100));
  expect(await open('o/r/small.gguf').size()).toBe(100);
  hub.faults.push({ kind: 'whole' });
  const source = open('o/r/small.gguf');
  expect(await source.size()).toBe(100);
  expectBytes(await source.read(10, 100), 10, 100);
});

test('goes on at the byte that was reached when a connection is cut', async () => {
  const source = open();
  await source.size();
  hub.faults.push({ kind: 'cut', afterBytes: 70_000 }, { kind: 'cut', afterBytes: 100 });
  let counted = 0;
  expectBytes(await source.read(0, 200_000, undefined, count => (counted += count)), 0, 200_000);
  expect(counted).toBe(200_000);
  expect(hub.log.slice(1).map(({ start }) => start)).toEqual([0, 70_000, 70_100]);
});

test('a connection that breaks again and again', async () => {
  for (let n = 0; n < 9; n++) hub.faults.push({ kind: 'cut', afterBytes: 10 });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const size = expect(open().size()).rejects.toThrow(/^The connection to .* broke after \d+ bytes/);
  for (let tries = 1; tries <= 5; tries++) {
    await vi.waitFor(() => expect(hub.log.length).toBeGreaterThanOrEqual(tries), { timeout: 20_000 });
    for (let turn = 0; turn < 20; turn++) {
      await new Promise(resolve => setImmediate(resolve));
      await vi.advanceTimersByTimeAsync(500);
    }
  }
  await size;
});

test('waits as a busy server asks, then reads', async () => {
  hub.faults.push({ kind: 'status', status: 429, retryAfter: '0' }, { kind: 'status', status: 503 });
  expect(await open().size()).toBe(bytes.length);
  expect(hub.log.map(({ status }) => status)).toEqual([429, 503, 206]);
});

test('tells the caller how long to wait where that is long', async () => {
  hub.faults.push({ kind: 'status', status: 429, retryAfter: '3600' });
  await expect(open().size()).rejects.toMatchObject({ kind: 'unavailable', retryAfterMs: 3_600_000 });
});

test('gives up after a few tries', async () => {
  for (let n = 0; n < 9; n++) hub.faults.push({ kind: 'status', status: 500, retryAfter: '0' });
  await expect(open().size()).rejects.toEqual(kind('unavailable'));
  expect(hub.log).toHaveLength(5);
});

test.each([
  ['not-found', { kind: 'status', status: 404 }],
  ['denied', { kind: 'status', status: 401 }],
  ['denied', { kind: 'status', status: 403 }],
  ['corrupt', { kind: 'status', status: 416 }],
  ['unavailable', { kind: 'status', status: 418 }],
  ['unsupported', { kind: 'whole' }],
  ['corrupt', { kind: 'content-range', value: 'bytes 0-32767/*' }],
  ['corrupt', { kind: 'content-range', value: 'bytes 0-32766/300000' }],
  ['corrupt', { kind: 'content-range', value: 'bytes 5-32772/300000' }],
  ['corrupt', { kind: 'content-range', value: 'bytes 0-32767/99999999999999999999' }],
  ['corrupt', { kind: 'content-range', value: 'elephants' }],
] as const)('%s after %o, at the first try', async (error, fault) => {
  hub.faults.push(fault);
  await expect(open().size()).rejects.toEqual(kind(error));
  expect(hub.log).toHaveLength(1);
});

test('a file that the server does not have', () =>
  expect(open('owner/repo/other.gguf').size()).rejects.toEqual(kind('not-found')));

test('a file that changes under us is not mixed with its past', async () => {
  const source = open();
  await source.size();
  hub.put(file, bytes, '"other"');
  await expect(source.read(50_000, 60_000)).rejects.toThrow(/changed on the server/);
  hub.put(file, bytes.slice(1));
  await expect(source.read(50_000, 60_000)).rejects.toEqual(kind('corrupt'));
});

test('a server that falls silent is asked again', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  hub.faults.push({ kind: 'hang' });
  const size = open().size();
  await vi.waitFor(() => expect(hub.log).toHaveLength(1));
  await vi.advanceTimersByTimeAsync(31_000);
  await vi.waitFor(() => expect(hub.log).toHaveLength(2));
  expect(await size).toBe(bytes.length);
});

test('an abort ends a read at once and is no failure of the server', async () => {
  const source = open();
  await source.size();
  hub.faults.push({ kind: 'hang' });
  const abort = new AbortController();
  const read = source.read(100_000, 200_000, abort.signal);
  await vi.waitFor(() => expect(hub.log).toHaveLength(2));
  abort.abort();
  await expect(read).rejects.toMatchObject({ name: 'AbortError' });
  expect(hub.log).toHaveLength(2);
});

test('a server that is not there', async () => {
  const gone = hub.origin;
  await hub.close();
  const refusing: typeof fetch = (input, init) => fetch(input, init);
  const source = httpSource(`${gone}/model.gguf`, { fetch: refusing });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const size = expect(source.size()).rejects.toEqual(kind('unavailable'));
  for (let tries = 0; tries < 40; tries++) {
    await vi.advanceTimersByTimeAsync(1000);
    await new Promise(resolve => setImmediate(resolve));
  }
  await size;
});

test.each([
  'ftp://example.org/model.gguf',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'model.gguf',
  '',
  'https:model.gguf',
  'https://user:secret@example.org/model.gguf',
  'https://example.org/a/../b.gguf',
  'https://example.org/a/%2e%2E/b.gguf',
  'hub:',
  'hub:owner/repo',
  'hub:owner/repo/',
  'hub:owner/../model.gguf',
  'hub:../../etc/passwd',
  'hub:owner/repo/a b.gguf',
  'hub:owner/repo/model.gguf?x=1',
  'hub:owner/repo/model.gguf#x',
  'hub:owner\\repo/x/model.gguf',
  `https://example.org/${'a'.repeat(3000)}`,
])('refuses the address %j', ref => {
  expect(() => httpSource(ref)).toThrow(kind('invalid'));
});

test('equal places have equal ids', () => {
  expect(httpSource('HTTPS://Example.org/./a.gguf#x').id).toBe('https://example.org/a.gguf');
  expect(httpSource('https://example.org/a%20b.gguf').name).toBe('a b.gguf');
  expect(httpSource('hub:o/r/quants/Q4.gguf').name).toBe('Q4.gguf');
});
