/** Keys and providers in real Chromium: what CORS lets through, and what lies in IndexedDB. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ProviderServer, rightKey, startProviderServer } from '../cloud/provider-server.ts';

let providers: ProviderServer;
let server: Server;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  providers = await startProviderServer();
  server = await servePage();
  browser = await chromium.launch({
    executablePath: process.env['CHROME_PATH'] ?? '/usr/bin/chromium',
    args: ['--headless=new', '--no-sandbox'],
  });
  page = await browser.newPage();
  await open();
});
afterAll(async () => {
  await browser?.close();
  server?.close();
  await providers?.close();
});

async function servePage(): Promise<Server> {
  const root = fileURLToPath(new URL('../cloud/', import.meta.url));
  const built = await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: { write: false, rollupOptions: { input: `${root}page.html` } },
  });
  if (Array.isArray(built) || !('output' in built)) throw new Error('vite built something else');
  const files = new Map(
    built.output.map(file => [`/${file.fileName}`, 'code' in file ? file.code : file.source]),
  );
  const made = createServer((request, response) => {
    const type = request.url?.endsWith('.html') ? 'text/html' : 'text/javascript';
    const body = files.get(request.url ?? '');
    response.writeHead(body ? 200 : 404, { 'content-type': type }).end(body);
  });
  await new Promise<void>(resolve => made.listen(0, '127.0.0.1', resolve));
  return made;
}

async function open(): Promise<void> {
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/page.html`);
  await page.evaluate(async list => {
    window.cloud = await window.openCloud(list);
  }, providers.providers);
}

const set = (id: string, key: string, url?: string) =>
  page.evaluate(([id, key, url]) => window.cloud.set(id!, key!, url), [id, key, url]);
const ask = (model: string) => page.evaluate(model => window.cloud.ask(model), model);
const check = (id: string) => page.evaluate(id => window.cloud.test(id), id);

test('every provider answers a page of another origin', async () => {
  for (const { id } of providers.providers) {
    await set(id, rightKey);
    expect([id, await check(id), await ask(`${id}/m`)]).toEqual([id, undefined, { text: 'One two three.' }]);
  }
});

test('the keys outlive a reload, sealed by a key that the page cannot read out', async () => {
  await open();
  expect(await ask('openai/m')).toEqual({ text: 'One two three.' });
  const { exported, extractable, text } = await page.evaluate(() => window.cloud.stored());
  expect([exported, extractable]).toEqual(['InvalidAccessError', false]);
  expect(text).toContain('sealed');
  expect(text).not.toContain(rightKey);
});

test('an error that CORS hides is told for what it may be; one that it shows keeps its wish', async () => {
  await set('shy', 'sk-wrong-0123456789', `${providers.origin}/shy/v1`);
  expect(await check('shy')).toMatchObject({
    kind: 'unavailable',
    reason: expect.stringMatching(/\(CORS\), and a wrong key looks like this/),
  });
  providers.faults.push({ kind: 'status', status: 429, retryAfter: '9' });
  expect((await ask('groq/m')).error).toMatchObject({ kind: 'full', retryAfterMs: 9000 });
});

test('a stream that ends too soon keeps its text and is an error; so is a connection that breaks', async () => {
  providers.faults.push({ kind: 'end', after: 2 });
  expect(await ask('openai/m')).toMatchObject({ text: 'One two ', error: { kind: 'lost' } });
  // Chromium drops what it has not handed out when a connection breaks.
  providers.faults.push({ kind: 'break', after: 2 });
  expect((await ask('openrouter/m')).error).toMatchObject({ kind: 'lost' });
});
