import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fileWrappingKey } from '../../src/node/wrapping-key.ts';
import { openFilesStore } from '../../src/store/files-store.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { answer, ask, cloudWorld, memoryKey } from './cloud-world.ts';
import { type ProviderServer, rightKey, startProviderServer } from './provider-server.ts';

let server: ProviderServer;
let folder: string;
beforeAll(async () => {
  server = await startProviderServer();
  folder = await mkdtemp(join(tmpdir(), 'tabmesh-keys-'));
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const held = ({ keys }: ReturnType<typeof cloudWorld>) =>
  keys.providers
    .peek()
    .filter(each => each.held)
    .map(({ id }) => id);

test('keys are kept for the next start, sealed, in files that their owner alone may read', async () => {
  const place = join(folder, 'kept');
  const first = cloudWorld(server, await openFilesStore(place), fileWrappingKey(place));
  await first.keys.set('openai', ` ${rightKey}\n`);
  const again = cloudWorld(server, await openFilesStore(place), fileWrappingKey(place));
  expect((await answer(again.router, ask('openai/m'))).text).toBe('One two three.');
  expect(held(again)).toEqual(['openai']);
  let files = 0;
  for (const entry of await readdir(place, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    files++;
    const path = join(entry.parentPath, entry.name);
    expect((await readFile(path)).includes(rightKey), path).toBe(false);
    expect((await stat(path)).mode & 0o777, path).toBe(0o600);
  }
  expect(files).toBe(2);
  await again.keys.remove('openai');
  expect((await answer(again.router, ask('openai/m'))).error).toBeDefined();
  expect(held(again)).toEqual([]);
});

test('a key file that is damaged is named', async () => {
  const place = join(folder, 'damaged');
  await fileWrappingKey(place);
  expect((await fileWrappingKey(place)).extractable).toBe(false);
  await writeFile(join(place, 'wrapping.key'), 'short');
  await expect(fileWrappingKey(place)).rejects.toMatchObject({ kind: 'corrupt', origin: 'node' });
});

test('a key opens for the provider and address that it was stored for, and for no other', async () => {
  const store = createMemoryStore();
  const world = cloudWorld(server, store);
  await world.keys.set('openai', rightKey);
  await world.keys.set('attic', rightKey, `${server.origin}/attic/v1`);
  const other = await startProviderServer();
  const entry = new TextDecoder().decode(await store.get('keys', 'cloud/attic'));
  await store.put('keys', 'cloud/attic', Buffer.from(entry.replace(server.origin, other.origin)));
  await store.put('keys', 'cloud/groq', (await store.get('keys', 'cloud/openai'))!);
  for (const id of ['attic', 'groq'])
    await expect(world.keys.test(id)).rejects.toMatchObject({ kind: 'corrupt' });
  expect(other.asked).toEqual([]);
  await other.close();
});

test('every key is sealed anew, and another wrapping key opens nothing', async () => {
  const store = createMemoryStore();
  const world = cloudWorld(server, store);
  await world.keys.set('openai', rightKey);
  const first = await store.get('keys', 'cloud/openai');
  await world.keys.set('openai', rightKey);
  const fields = (bytes: Uint8Array | undefined) => JSON.parse(new TextDecoder().decode(bytes));
  const [one, two] = [fields(first), fields(await store.get('keys', 'cloud/openai'))];
  expect(one.iv).not.toBe(two.iv);
  expect(one.sealed).not.toBe(two.sealed);
  const stranger = cloudWorld(server, store, memoryKey());
  await expect(stranger.keys.test('openai')).rejects.toMatchObject({ kind: 'corrupt' });
});

test('what is no key, no name or no safe address is refused in a sentence', async () => {
  const { keys } = cloudWorld(server);
  const cases: [Parameters<typeof keys.set>, RegExp][] = [
    [['openai', 'short'], /no key/],
    [['openai', 'with space 123'], /no key/],
    [['openai', 'sk-ключ-0123456789'], /no key/],
    [['openai', 'x'.repeat(513)], /no key/],
    [['nobody', rightKey], /give its address/],
    [['Bad/Name', rightKey, 'https://example.org/v1'], /small letters/],
    [['openai', rightKey, 'https://example.org/v1'], /another name/],
    [['mine', rightKey, 'http://example.org/v1'], /https/],
    [['mine', rightKey, 'https://me:pw@example.org/v1'], /no address/],
    [['mine', rightKey, 'nonsense'], /no address/],
  ];
  for (const [args, reason] of cases)
    await expect(keys.set(...args)).rejects.toMatchObject({
      kind: 'invalid',
      reason: expect.stringMatching(reason),
    });
  for (let n = 0; n < 16; n++) await keys.set(`mine-${n}`, rightKey, 'https://example.org/v1');
  await expect(keys.set('openai', rightKey)).rejects.toMatchObject({ kind: 'full' });
  await keys.set('mine-3', rightKey, 'https://example.org/v2');
});

test('a stored entry that is garbage is no key', async () => {
  const store = createMemoryStore();
  await store.put('keys', 'cloud/openai', Buffer.from('{"baseUrl":"https://x","iv":"a"}'));
  await store.put('keys', 'cloud/groq', Buffer.from([255, 0, 1]));
  const world = cloudWorld(server, store);
  expect(await world.destinations()).toEqual([]);
  await expect(world.keys.test('openai')).rejects.toMatchObject({ kind: 'not-found' });
});

test('signing in gives a key, once, and only where it was begun', async () => {
  const store = createMemoryStore();
  const key = memoryKey();
  const world = cloudWorld(server, store, key);
  const follow = async (page: string) => (await fetch(page, { redirect: 'manual' })).headers.get('location')!;
  const back = await follow(await world.keys.startSignIn('openrouter', 'http://127.0.0.1:1/?a=b#/settings'));
  expect(back).toMatch(/^http:\/\/127\.0\.0\.1:1\/\?a=b&sign-in=[\w-]{22}&code=[\w-]+#\/settings$/);
  // The page was left meanwhile.
  const later = cloudWorld(server, store, key);
  expect(await later.keys.finishSignIn(back)).toBe('openrouter');
  expect((await answer(later.router, ask('openrouter/m'))).text).toBe('One two three.');
  await expect(later.keys.finishSignIn(back)).rejects.toMatchObject({ kind: 'denied' });

  const foreign = await follow(
    `${server.origin}/openrouter/auth?callback_url=http://127.0.0.1:1/&code_challenge=x`,
  );
  const state = new URL(await world.keys.startSignIn('openrouter', 'http://127.0.0.1:1/')).searchParams.get(
    'callback_url',
  )!;
  await expect(world.keys.finishSignIn(foreign)).rejects.toMatchObject({ kind: 'denied' });
  await world.keys.startSignIn('openrouter', 'http://127.0.0.1:1/');
  await expect(world.keys.finishSignIn(state)).rejects.toMatchObject({ kind: 'denied' });
  const mixed = new URL(
    new URL(await world.keys.startSignIn('openrouter', foreign)).searchParams.get('callback_url')!,
  );
  await expect(world.keys.finishSignIn(mixed.href)).rejects.toMatchObject({
    kind: 'denied',
    reason: expect.stringContaining('Invalid code'),
  });
  await expect(world.keys.startSignIn('openai', 'http://127.0.0.1:1/')).rejects.toMatchObject({
    kind: 'unsupported',
  });
});
