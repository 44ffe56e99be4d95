/**
 * A download that is interrupted at random bytes by a reload, a crash and the loss of the network goes on where it was.
 * ROUNDS in the environment makes it shorter or longer; the seed is printed by the name of the test.
 */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sha256Hex } from '../../src/base/bytes.ts';
import { seededRandom } from '../../src/base/random.ts';
import { blobSource } from '../../src/model/blob-source.ts';
import { openModel } from '../../src/model/open.ts';
import { type Chunk, chunksOf } from '../../src/model/slice.ts';
import { type HubServer, startHubServer } from '../hub/hub-server.ts';
import { type ChromiumProcess, startChromium } from './chromium-process.ts';
import type { DownloadState } from './download/page.ts';

const rounds = Number(process.env['ROUNDS'] ?? 20);
const file = 'tabmesh/guide/guide.gguf';
const guide = readFileSync('public/models/guide.gguf');
const interruptions = ['reload', 'crash', 'network'] as const;

let hub: HubServer;
let server: Server;
let profile: string;
let chrome: ChromiumProcess | undefined;
let url: string;

beforeAll(async () => {
  hub = await startHubServer();
  profile = await mkdtemp(join(tmpdir(), 'tabmesh-download-'));
  ({ server, url } = await servePage());
});
afterAll(async () => {
  await chrome?.kill();
  await hub.close();
  server.close();
  await rm(profile, { recursive: true, force: true });
});

async function servePage(): Promise<{ server: Server; url: string }> {
  const root = join(import.meta.dirname, 'download');
  const input = join(root, 'page.html');
  const built = await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: { write: false, rollupOptions: { input } },
  });
  if (Array.isArray(built) || !('output' in built)) throw new Error('vite built something else');
  const files = new Map(
    built.output.map(each => [`/${each.fileName}`, 'code' in each ? each.code : each.source]),
  );
  const made = createServer((request, response) => {
    const body = files.get(request.url ?? '');
    const type = request.url?.endsWith('.html') ? 'text/html' : 'text/javascript';
    response.writeHead(body ? 200 : 404, { 'content-type': type }).end(body);
  });
  await new Promise<void>(resolve => made.listen(0, '127.0.0.1', resolve));
  return { server: made, url: `http://127.0.0.1:${(made.address() as AddressInfo).port}/page.html` };
}

async function openPage(): Promise<Page> {
  chrome ??= await startChromium(profile);
  const page = await chrome.browser.contexts()[0]!.newPage();
  await page.goto(url);
  return page;
}

const begin = (page: Page) =>
  page.evaluate(([origin, id]) => globalThis.download.start(origin!, id!), [hub.origin, `hub:${file}`]);

const stateOf = (page: Page): Promise<DownloadState> => page.evaluate(() => globalThis.download.state());

/** How often each byte was sent. */
function timesSent(from: number): Uint8Array {
  const times = new Uint8Array(guide.length);
  for (const { start, sent } of hub.log.slice(from))
    for (let at = start; at < start + sent; at++) times[at]! += 1;
  return times;
}

const bytesOf = (chunks: readonly Chunk[]) => chunks.reduce((sum, { start, end }) => sum + end - start, 0);

test(
  `${rounds} interruptions cost the chunk on its way each, and the hash is right at the end`,
  async () => {
    const random = seededRandom(rounds);
    const { model } = await openModel(blobSource(new Blob([guide]), 'guide.gguf'));
    const whole = { layers: { first: 0, last: model.hyper.layers } };
    const chunks = [...chunksOf(model, whole), ...chunksOf(model, 'head')].sort((a, b) => a.start - b.start);
    const headerBytes = 32 * 1024;
    let interrupted = 0;
    let losses = 0;
    for (let download = 1; interrupted < rounds; download++) {
      // Another file behind the same address, so that everything is fetched anew.
      hub.put(file, guide, `"${download}"`);
      const firstRequest = hub.log.length;
      const running = new Set<Chunk>();
      let page = await openPage();
      /** The length of the log when the page was told to begin; undefined while nobody has told it. */
      let begun: number | undefined;
      for (let left = bytesOf(chunks); interrupted < rounds; interrupted++) {
        const kind = interruptions[interrupted % interruptions.length]!;
        const before = hub.log.length;
        const stop = 1 + Math.floor(random.next() * left * 0.6);
        const held = hub.hold((begun === undefined ? headerBytes : 0) + stop);
        if (begun === undefined) {
          begun = before;
          await begin(page);
        } else await page.context().setOffline(false);
        await held;
        const since = begun;
        const sent = () => hub.log.slice(since).reduce((sum, each) => sum + each.sent, 0);
        // What is in the buffers of the system has not arrived; the byte that was drawn has.
        await expect.poll(async () => (await stateOf(page)).arrived).toBe(sent());
        for (const { start, sent: length, end } of hub.log.slice(before))
          for (const chunk of chunks)
            if (chunk.start < start + length && start + length < Math.min(end, chunk.end)) running.add(chunk);
        if (kind === 'reload') await page.reload();
        else if (kind === 'crash') {
          await chrome!.kill();
          chrome = undefined;
          page = await openPage();
        } else {
          // Nobody touches the page from here on, until the next interruption.
          await page.context().setOffline(true);
          // Being offline hinders new requests alone.
          hub.cut();
          if (losses++ % 2 === 0)
            await expect.poll(async () => (await stateOf(page)).waits, { timeout: 30_000 }).toBe(true);
        }
        if (kind !== 'network') begun = undefined;
        await expect.poll(() => hub.bodies()).toBe(0);
        hub.flow();
        left = Math.max(1, left - stop);
        if (left < 64 * 1024) {
          interrupted++;
          break;
        }
      }
      if (begun === undefined) await begin(page);
      else await page.context().setOffline(false);
      await expect
        .poll(async () => (await stateOf(page)).hashes?.length, { timeout: 60_000 })
        .toBe(chunks.length);
      const expected = await Promise.all(
        chunks.map(({ start, end }) => sha256Hex(guide.subarray(start, end))),
      );
      expect((await stateOf(page)).hashes).toEqual(expected);
      const times = timesSent(firstRequest);
      const again = chunks.filter(({ start, end }) =>
        times.subarray(Math.max(start, headerBytes), end).some(count => count > 1),
      );
      const needless = again.filter(chunk => !running.has(chunk));
      const twice = times.reduce(
        (sum, count, at) => sum + (at >= headerBytes && count > 1 ? count - 1 : 0),
        0,
      );
      console.log(
        `download ${download}: ${twice} bytes fetched again of ${bytesOf(chunks)}, in ${again.length} chunks that were on their way`,
      );
      expect(needless).toEqual([]);
      await page.close();
    }
  },
  rounds * 10_000,
);
