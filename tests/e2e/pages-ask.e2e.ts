/** The API for pages of the app's own origin: by a tab where files are all there is, by the gateway where there is one. */
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { words } from '../../src/app/strings.ts';
import { requestBodyBytesMax } from '../../src/base/limits.ts';
import { chromiumFlags } from '../chromium-flags.ts';
import { type FileHost, startFileHost } from './file-host.ts';
import { answerOnOneDevice } from './one-device.ts';
import { World } from './world.ts';

const question = 'What is a pod?';
let browser: Browser;
let folder: string;
let host: FileHost;

beforeAll(async () => {
  const executablePath = process.env['CHROME_PATH'] ?? '/usr/bin/chromium';
  browser = await chromium.launch({ executablePath, args: [...chromiumFlags] });
  folder = await mkdtemp(join(tmpdir(), 'tabmesh-pages-'));
  await cp('dist', folder, { recursive: true });
  await writeFile(join(folder, 'other.html'), '<!doctype html><title>Another page</title>');
  host = await startFileHost(folder);
});
afterAll(async () => {
  await browser?.close();
  host?.close();
  await rm(folder, { recursive: true, force: true });
});

/** A streamed answer, asked from within a page. */
const ask = (page: Page, content: string) =>
  page.evaluate(async content => {
    const response = await fetch('./v1/chat/completions', {
      method: 'POST',
      body: JSON.stringify({ model: 'guide', stream: true, messages: [{ role: 'user', content }] }),
    });
    const pieces: string[] = [];
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) pieces.push(next.value);
    const frames = pieces
      .join('')
      .split('\n\n')
      .filter(frame => frame.startsWith('data: {'));
    const text = frames
      .map(frame => JSON.parse(frame.slice('data: '.length)).choices[0]?.delta.content ?? '')
      .join('');
    return {
      status: response.status,
      route: response.headers.get('x-tabmesh-route'),
      pieces: pieces.length,
      text,
    };
  }, content);

const get = (page: Page, path: string, body?: object) =>
  page.evaluate(
    async ([path, body]) => {
      const response = await fetch(path, body === undefined ? {} : { method: 'POST', body });
      return { status: response.status, answer: await response.json() };
    },
    [path, body && JSON.stringify(body)] as const,
  );

test('a page asks by fetch, a tab answers, offline too, and where no tab is open that is said', async () => {
  const context = await browser.newContext();
  const tab = await context.newPage();
  await tab.goto(`${host.url}#/settings`);
  await tab.getByText(words.settings.offline.ready).waitFor({ timeout: 60_000 });
  const wanted = await answerOnOneDevice(question);
  const own = await ask(tab, question);
  expect(own).toMatchObject({ status: 200, text: wanted, route: expect.stringMatching(/^device; /) });
  expect(own.pieces).toBeGreaterThan(3);

  const other = await context.newPage();
  await other.goto(`${host.url}other.html`);
  await context.setOffline(true);
  host.close();
  expect(await ask(other, question)).toMatchObject({ status: 200, text: wanted });
  const models = await get(other, './v1/models');
  expect(models.answer.data).toMatchObject([{ id: 'guide' }]);
  const fields = { model: 'guide', max_tokens: 3, messages: [{ role: 'user', content: question }] };
  expect(await get(other, './v1/messages', fields)).toMatchObject({
    status: 200,
    answer: { type: 'message', stop_reason: 'max_tokens' },
  });
  const large = { ...fields, messages: [{ role: 'user', content: 'x'.repeat(requestBodyBytesMax) }] };
  expect(await get(other, './v1/chat/completions', large)).toMatchObject({
    status: 413,
    answer: { error: { code: 'body_too_large' } },
  });
  expect(await get(other, './v1/none')).toMatchObject({
    status: 404,
    answer: { error: { code: 'unknown_url' } },
  });

  // Whoever gives up early leaves the tab free for the next.
  await other.evaluate(async () => {
    const stop = new AbortController();
    const body = JSON.stringify({
      model: 'guide',
      stream: true,
      messages: [{ role: 'user', content: 'Hi' }],
    });
    const response = await fetch('./v1/chat/completions', { method: 'POST', body, signal: stop.signal });
    await response.body!.getReader().read();
    stop.abort();
  });
  expect(await ask(other, question)).toMatchObject({ status: 200, text: wanted });

  await tab.close();
  expect(await get(other, './v1/models')).toMatchObject({
    status: 503,
    answer: { error: { code: 'unavailable', message: expect.stringContaining('No tab of Tabmesh is open') } },
  });
  expect((await get(other, './v1/messages', fields)).answer.error.type).toBe('overloaded_error');
  await context.close();
});

test('where a gateway serves the page it answers itself', async () => {
  const world = await World.start();
  try {
    const tab = await world.openTab('asker', '#/settings');
    await tab.page.getByText(words.settings.offline.ready).waitFor({ timeout: 60_000 });
    const before = world.seen.filter(({ path }) => path === '/v1/chat/completions').length;
    expect(await ask(tab.page, question)).toMatchObject({ status: 200 });
    expect(world.seen.filter(({ path }) => path === '/v1/chat/completions')).toHaveLength(before + 1);
  } finally {
    await world.stop();
  }
});
