import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type HubServer, startHubServer } from '../../tests/hub/hub-server.ts';
import { ManualClock } from '../../tests/pod/manual-clock.ts';
import type { ModelId } from '../base/brand.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { TabmeshError } from '../base/error.ts';
import { downloadRetryMinMs } from '../base/limits.ts';
import { until } from '../base/live.ts';
import { storageKey } from '../model/chunk-store.ts';
import { httpSource } from '../model/http-source.ts';
import { HubSearch } from '../model/hub-search.ts';
import { createModelLibrary } from '../model/library.ts';
import { layerBytes } from '../model/slice.ts';
import { createMemoryStore } from '../store/memory-store.ts';
import type { Store } from '../store/store.ts';
import { type Download, Downloads } from './downloads.ts';

vi.setConfig({ testTimeout: 60_000 });

const guide = readFileSync('public/models/guide.gguf');
const file = 'tabmesh/guide/guide.gguf';
const id = `hub:${file}`;

let hub: HubServer;
const open: Downloads[] = [];
beforeEach(async () => {
  hub = await startHubServer();
  hub.put(file, guide);
});
afterEach(async () => {
  for (const downloads of open.splice(0)) downloads.close();
  hub.flow();
  await hub.close();
});

const lists = (each: string, signal: AbortSignal) => new HubSearch(() => hub.origin).hashes(each, signal);

/** One tab, or the same after a reload. */
async function tab(store: Store, clock: Clock = systemClock) {
  const library = createModelLibrary({
    store,
    resolve: each => httpSource(each, { hubOrigin: hub.origin }),
  });
  let at = 0;
  const downloads = new Downloads({
    ...{ store, library, clock },
    now: () => ++at,
    inTurn: (_, work) => work(),
    onStored: () => {},
    hashes: lists,
  });
  open.push(downloads);
  await downloads.restore();
  return { downloads, library };
}

const of = (list: readonly Download[], which = id) => list.find(each => each.id === which);
const is = (downloads: Downloads, state: Download['state'], which = id) =>
  until(downloads.list, list => of(list, which)?.state === state).then(list => of(list, which)!);

/** Bytes that were sent, beyond the 32 KiB of each header. */
const sent = (from = 0) =>
  hub.log
    .slice(from)
    .reduce((sum, each) => sum + (each.start === 0 && each.end === 32_768 ? 0 : each.sent), 0);

const chunks = async (store: Store) => (await store.keys('slices')).filter(key => key.endsWith('.source'));

async function allStored(store: Store): Promise<boolean> {
  const { library } = await tab(store);
  const { model } = await library.open(id as ModelId);
  const loader = await library.loader(model.id);
  const asked = sent();
  for (const { name, offset, bytes: end } of model.tensors.values()) {
    const read = await loader.read(name, { start: 0, end });
    if (!guide.subarray(offset, offset + end).equals(read)) return false;
  }
  return sent() === asked;
}

test('brings a whole model, verifies it, and forgets the wish', async () => {
  const store = createMemoryStore();
  const { downloads } = await tab(store);
  const states: string[] = [];
  downloads.list.subscribe(list => {
    const state = of(list)?.state;
    if (state && states.at(-1) !== state) states.push(state);
  });
  await downloads.start(id, 'whole');
  const { bytes, totalBytes, fetched } = await is(downloads, 'ready');
  expect(states).toEqual(['queued', 'downloading', 'verifying', 'ready']);
  expect([bytes, fetched]).toEqual([totalBytes, { source: totalBytes, members: 0 }]);
  expect(await store.keys('settings', 'download/')).toEqual([]);
  expect(sent()).toBe(totalBytes);
  expect(await allStored(store)).toBe(true);
});

test('brings some layers and no others', async () => {
  const { downloads, library } = await tab(createMemoryStore());
  await downloads.start(id, { first: 1, last: 3 });
  const { totalBytes } = await is(downloads, 'ready');
  const { model } = await library.open(id as ModelId);
  expect(totalBytes).toBe(layerBytes(model, 1) + layerBytes(model, 2));
  expect(sent()).toBe(totalBytes);
});

test('what was running when the page went goes on by itself, and fetches nothing that is stored', async () => {
  const store = createMemoryStore();
  const first = await tab(store);
  const held = hub.hold(32_768 + 2_000_000);
  await first.downloads.start(id, 'whole');
  await held;
  await expect.poll(() => chunks(store)).not.toEqual([]);
  first.downloads.close();
  hub.flow();
  const before = hub.log.length;
  const second = await tab(store);
  const [waiting] = second.downloads.list.peek();
  const { totalBytes } = await is(second.downloads, 'ready');
  expect(waiting!.bytes).toBeGreaterThan(0);
  expect(sent(before)).toBeLessThanOrEqual(totalBytes - waiting!.bytes);
  expect(await allStored(store)).toBe(true);
});

test('a pause holds over a reload, until it is resumed', async () => {
  const store = createMemoryStore();
  const first = await tab(store);
  const held = hub.hold(32_768 + 1_500_000);
  await first.downloads.start(id, 'whole');
  await held;
  await first.downloads.pause(id);
  expect(of(first.downloads.list.peek())?.state).toBe('paused');
  first.downloads.close();
  hub.flow();
  const before = hub.log.length;
  const second = await tab(store);
  expect(second.downloads.list.peek().map(({ state }) => state)).toEqual(['paused']);
  expect(hub.log).toHaveLength(before);
  await second.downloads.resume(id);
  await is(second.downloads, 'ready');
  expect(await allStored(store)).toBe(true);
});

test('one at a time, in the order in which they were asked for; a cancelled one makes way', async () => {
  const other = 'tabmesh/other/other.gguf';
  hub.put(other, guide);
  const store = createMemoryStore();
  const { downloads } = await tab(store);
  const held = hub.hold(2 * 32_768 + 100_000);
  await downloads.start(id, 'whole');
  await downloads.start(`hub:${other}`, 'whole');
  await held;
  expect(downloads.list.peek().map(({ state }) => state)).toEqual(['downloading', 'queued']);
  await downloads.cancel(id);
  hub.flow();
  await is(downloads, 'ready', `hub:${other}`);
  expect(downloads.list.peek().map(each => each.id)).toEqual([`hub:${other}`]);
  expect(await store.keys('settings', 'download/')).toEqual([]);
});

/** A disk that keeps other bytes than it was given, so often. */
function spoiling(times: number): Store {
  const store = createMemoryStore();
  let left = times;
  return {
    ...store,
    put(table, key, value) {
      if (!/\.source$/.test(key) || left-- <= 0) return store.put(table, key, value);
      return store.put(
        table,
        key,
        value.map((byte, index) => (index === 7 ? byte ^ 1 : byte)),
      );
    },
  };
}

test('a chunk that the disk spoiled is fetched again', async () => {
  const store = spoiling(1);
  const { downloads } = await tab(store);
  await downloads.start(id, 'whole');
  const { totalBytes, fetched } = await is(downloads, 'ready');
  expect(sent()).toBeGreaterThan(totalBytes);
  expect(fetched.source).toBe(sent());
  expect(await allStored(store)).toBe(true);
});

test('a disk that spoils everything is named', async () => {
  const { downloads } = await tab(spoiling(Number.POSITIVE_INFINITY));
  await downloads.start(id, 'whole');
  const { problem, retryMs } = await is(downloads, 'failed');
  expect([problem?.kind, retryMs]).toEqual(['corrupt', undefined]);
});

test('a server that is away is asked again by itself', async () => {
  const clock = new ManualClock();
  const { downloads, library } = await tab(createMemoryStore(), clock);
  await library.open(id as ModelId);
  hub.faults.push({ kind: 'status', status: 503, retryAfter: '90' });
  await downloads.start(id, 'whole');
  const { problem, retryMs } = await is(downloads, 'failed');
  expect([problem?.kind, retryMs]).toEqual(['unavailable', 90_000]);
  await clock.pass(Math.max(downloadRetryMinMs, retryMs!));
  await is(downloads, 'ready');
});

test('what waits for its next try goes on at once when the network is back, and what was stopped does not', async () => {
  const { downloads, library } = await tab(createMemoryStore(), new ManualClock());
  await library.open(id as ModelId);
  const away = { kind: 'status', status: 503, retryAfter: '90' } as const;
  hub.faults.push(away);
  await downloads.start(id, 'whole');
  await is(downloads, 'failed');
  hub.faults.push(away);
  downloads.retryNow();
  await is(downloads, 'downloading');
  await is(downloads, 'failed');
  await downloads.pause(id);
  downloads.retryNow();
  expect(of(downloads.list.peek())?.state).toBe('paused');
  await downloads.resume(id);
  await is(downloads, 'ready');
});

test('a full disk ends the download with its reason, and it goes on when it is told to', async () => {
  const store = createMemoryStore();
  let full = true;
  const full_ = new TabmeshError('full', 'store', 'No room.');
  const small: Store = {
    ...store,
    put: (table, key, value) =>
      full && /\.source$/.test(key) ? Promise.reject(full_) : store.put(table, key, value),
  };
  const { downloads } = await tab(small);
  await downloads.start(id, 'whole');
  const { problem, retryMs } = await is(downloads, 'failed');
  expect([problem?.reason, retryMs]).toEqual(['No room.', undefined]);
  full = false;
  await downloads.resume(id);
  await is(downloads, 'ready');
});

test('a file that is not the one that the Hub lists is not kept, and comes anew when it is', async () => {
  const store = createMemoryStore();
  const { downloads } = await tab(store);
  const other = Buffer.from(guide);
  other[other.length - 1]! ^= 1;
  hub.spoil(file, other);
  await downloads.start(id, 'whole');
  const { problem } = await is(downloads, 'failed');
  expect(problem).toMatchObject({ kind: 'corrupt', reason: expect.stringContaining('SHA-256') });
  expect(await chunks(store)).toEqual([]);
  hub.put(file, guide);
  await downloads.resume(id);
  await is(downloads, 'ready');
  expect(await allStored(store)).toBe(true);
});

test.each([
  { status: 404 },
  { status: 429, retryAfter: '9' },
  { status: 200, body: '[{"type":"file","path":"guide.gguf","lfs":{"oid":"none"}}]' },
])('where the Hub says nothing of the file it counts as whole: %o', async fault => {
  const { downloads } = await tab(createMemoryStore());
  hub.listFaults.push(fault);
  await downloads.start(id, 'whole');
  await is(downloads, 'ready');
});

test('what another tab has brought or paused meanwhile is not run', async () => {
  const store = createMemoryStore();
  const first = await tab(store);
  const held = hub.hold(32_768 + 100_000);
  await first.downloads.start(id, 'whole');
  await held;
  const gate = Promise.withResolvers<void>();
  const library = createModelLibrary({ store, resolve: each => httpSource(each, { hubOrigin: hub.origin }) });
  const waiting = new Downloads({
    ...{ store, library, clock: systemClock, now: Date.now, onStored: () => {}, hashes: lists },
    inTurn: (_, work) => gate.promise.then(work),
  });
  open.push(waiting);
  await waiting.restore();
  hub.flow();
  await is(first.downloads, 'ready');
  const asked = hub.log.length;
  gate.resolve();
  await until(waiting.list, list => list.length === 0);
  expect(hub.log).toHaveLength(asked);
});

test('garbage in the store is no download', async () => {
  const store = createMemoryStore();
  const text = (value: string) => new TextEncoder().encode(value);
  await store.put('settings', 'download/1', text('{'));
  await store.put('settings', 'download/2', text('{"id":7}'));
  const wanted = { id, name: 'x', part: { first: 2, last: 2 }, totalBytes: 1, paused: false, at: 1 };
  await store.put('settings', `download/${await storageKey(id)}`, text(JSON.stringify(wanted)));
  const { downloads } = await tab(store);
  expect(downloads.list.peek()).toEqual([]);
  expect(hub.log).toEqual([]);
});
