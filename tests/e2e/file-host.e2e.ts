/** The built app on a plain file host, which sends no headers of ours: isolation and updates come from the service worker alone. */
import { cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKeyPair } from '@libp2p/crypto/keys';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { words } from '../../src/app/strings.ts';
import { trustedProxies } from '../../src/node/relay/client-address.ts';
import { type RelayServer, startRelay } from '../../src/node/relay/start-relay.ts';
import { chromiumFlags } from '../chromium-flags.ts';
import { type FileHost, startFileHost } from './file-host.ts';
import { answerOnOneDevice } from './one-device.ts';

const question = 'What is a pod?';
let browser: Browser;
let folder: string;
let host: FileHost;

beforeAll(async () => {
  const executablePath = process.env['CHROME_PATH'] ?? '/usr/bin/chromium';
  browser = await chromium.launch({ executablePath, args: [...chromiumFlags] });
});
afterAll(() => browser?.close());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tabmesh-host-'));
  await cp('dist', folder, { recursive: true });
  host = await startFileHost(folder);
});
afterEach(async () => {
  host.close();
  await rm(folder, { recursive: true });
});

const message = (page: Page) => page.getByRole('textbox', { name: words.chat.message });
const send = (page: Page) => page.getByRole('button', { name: words.chat.send });
const isIsolated = (page: Page) => page.evaluate(() => crossOriginIsolated);
const update = (page: Page) => page.getByRole('button', { name: words.version.update });

function countLoads(page: Page): () => number {
  let loads = 0;
  page.on('load', () => loads++);
  return () => loads;
}

async function kept(page: Page): Promise<void> {
  await page.goto(`${host.url}#/settings`);
  await page.getByText(words.settings.offline.ready).waitFor({ timeout: 60_000 });
}

test('a page that nobody touched loads once more and is isolated, once', async () => {
  const page = await browser.newPage();
  const loads = countLoads(page);
  await kept(page);
  // With no process behind the page, this browser's own storage is all there is.
  await page.getByText(words.settings.place(new URL(host.url).host)).waitFor();
  expect(await page.getByText(words.settings.hostFolder).count()).toBe(0);
  expect(await isIsolated(page)).toBe(true);
  expect(loads()).toBe(2);
  await page.goto(`${host.url}#/network`);
  await page.getByText(/^CPU \(wasm (relaxed )?SIMD, [2-8] threads\)/).waitFor();
  await page.reload();
  await kept(page);
  expect([await isIsolated(page), loads()]).toEqual([true, 3]);
  await page.close();
});

test('a page that is in use is not loaded under its person, and is isolated from the next load on', async () => {
  const page = await browser.newPage();
  const loads = countLoads(page);
  await page.goto(host.url);
  const { promise, resolve } = Promise.withResolvers<void>();
  host.gate = promise;
  await message(page).pressSequentially('What is');
  resolve();
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await page.getByRole('link', { name: words.rail.settings, exact: true }).click();
  await page.getByText(words.settings.offline.ready).waitFor({ timeout: 60_000 });
  await page.getByRole('link', { name: words.rail.chat, exact: true }).click();
  expect(await message(page).inputValue()).toBe('What is');
  expect([await isIsolated(page), loads()]).toEqual([false, 1]);
  await page.reload();
  expect(await isIsolated(page)).toBe(true);
  await page.close();
});

/**
 * As a new build does: one script has another name and content, and the old one is gone. Pages that come when they are opened still name the
 * old one, so none may be opened in it. Answers the old name.
 */
async function deploy(): Promise<string> {
  const page = await readFile(join(folder, 'index.html'), 'utf8');
  const old = /assets\/app-[^"]+\.js/.exec(page)![0];
  const fresh = 'assets/app-another1.js';
  await rename(join(folder, old), join(folder, fresh));
  await writeFile(
    join(folder, 'index.html'),
    page.replace(old, fresh).replace('<html', '<html data-build="another"'),
  );
  const worker = await readFile(join(folder, 'service-worker.js'), 'utf8');
  const version = /version":"(\w+)"/.exec(worker)![1]!;
  await writeFile(join(folder, 'service-worker.js'), worker.replace(old, fresh).replace(version, 'another'));
  return old;
}

test('a new version is offered, not forced: not under an answer, and not on the other tabs', async () => {
  const context = await browser.newContext();
  const [one, two] = [await context.newPage(), await context.newPage()];
  await kept(one);
  await kept(two);
  // A simulated GPU takes tens of milliseconds a token.
  await one.goto(`${host.url}?gpu=software`);
  await two.goto(`${host.url}#/chat`);
  await message(two).fill('kept');
  const old = await deploy();
  await one.evaluate(async () => void (await (await navigator.serviceWorker.ready).update()));
  await update(one).waitFor();
  await update(two).waitFor();

  await message(one).fill(question);
  await send(one).click();
  await one.getByText(words.version.running).waitFor();
  expect(await update(one).isDisabled()).toBe(true);
  await one.getByRole('article').getByText('tokens/s').waitFor({ timeout: 60_000 });
  await one.getByText(words.version.reloads).waitFor();
  await update(one).click();
  await expect.poll(() => one.evaluate(() => document.documentElement.dataset['build'])).toBe('another');
  expect(await update(one).count()).toBe(0);

  await two.getByText(words.version.taken).waitFor();
  expect(await message(two).inputValue()).toBe('kept');
  // What the old page still may need of its own version.
  expect(await two.evaluate(async path => (await fetch(path)).status, old)).toBe(200);
  expect((await fetch(host.url + old)).status).toBe(404);
  await update(two).click();
  await expect.poll(() => two.evaluate(() => document.documentElement.dataset['build'])).toBe('another');
  await context.close();
});

test('below a path of a host the app is isolated and answers, pages that ask it too, and its widget answers from the site there', async () => {
  const path = 'some/path/';
  await cp('dist', join(folder, path), { recursive: true });
  await writeFile(join(folder, 'sitemap.xml'), `<urlset><url><loc>${host.url}page.html</loc></url></urlset>`);
  await writeFile(join(folder, 'robots.txt'), 'User-agent: *\nAllow: /\n');
  await writeFile(
    join(folder, 'page.html'),
    `<!doctype html><title>Ovens</title><main><h1 id="heat">Heat</h1><p>The kiln takes nine hours.</p></main><script async src="/${path}widget.js" data-site="${host.url}"></script>`,
  );
  const page = await browser.newPage();
  const missing: string[] = [];
  page.on('response', response => {
    const { pathname } = new URL(response.url());
    // Only a process of ours has the first, and browsers ask for the second by themselves.
    if (response.status() === 404 && !/\/(tabmesh\.json|favicon\.ico)$/.test(pathname))
      missing.push(pathname);
  });
  await page.goto(`${host.url}${path}#/settings`);
  await page.getByText(words.settings.offline.ready).waitFor({ timeout: 60_000 });
  expect(await isIsolated(page)).toBe(true);
  await page.getByRole('link', { name: words.rail.chat, exact: true }).click();
  await message(page).fill(question);
  await send(page).click();
  await page.getByRole('article').getByText('tokens/s').waitFor({ timeout: 60_000 });
  const models = await page.evaluate(async () => {
    const response = await fetch('./v1/models');
    return { status: response.status, answer: await response.json() };
  });
  expect(models).toMatchObject({ status: 200, answer: { data: [{ id: 'guide' }] } });

  await page.goto(`${host.url}page.html`);
  await page.getByRole('button', { name: 'Ask this site' }).click();
  const frame = page.frameLocator('tabmesh-chat iframe');
  await frame.getByRole('textbox').fill('How long does the kiln take?');
  await page.keyboard.press('Enter');
  const source = frame.locator('[data-source]').first();
  expect(await source.getAttribute('href')).toBe(`${host.url}page.html#heat`);
  expect(missing).toEqual([]);
  await page.close();
});

const openRelay = async () =>
  startRelay({
    privateKey: await generateKeyPair('Ed25519'),
    host: '127.0.0.1',
    port: 0,
    trusted: trustedProxies([]),
    limits: { connections: 8, reservations: 8 },
  });

/** On the Settings page. */
async function nameRelay(page: Page, address: string): Promise<void> {
  const relays = page.getByRole('region', { name: words.settings.relays.title, exact: true });
  await relays.getByLabel(words.settings.relays.address).fill(address);
  await relays.getByRole('button', { name: words.settings.add, exact: true }).click();
  await relays.getByRole('listitem').getByText(address).waitFor();
}

test('a page of a file host takes its relays from a setting: it gets a place, also after a reload', async () => {
  const relay = await openRelay();
  const page = await browser.newPage();
  try {
    await kept(page);
    await page.getByRole('link', { name: words.rail.network, exact: true }).click();
    const joining = page.getByRole('region', { name: words.network.joining.title });
    await joining.getByRole('listitem').getByText(words.network.joining.states.failed).waitFor();
    await joining.getByText(words.network.joining.cures.noRelay).waitFor();
    await joining.getByRole('link', { name: words.network.joining.toSettings }).click();
    await nameRelay(page, relay.addresses()[0]!);
    await page.getByRole('link', { name: words.rail.network, exact: true }).click();
    const place = page.getByRole('region', { name: words.network.relays, exact: true });
    await place.getByText(words.network.relayStates.reserved).waitFor();
    await place.getByText(words.network.named).waitFor();
    await page.getByText(words.status.relayOnly, { exact: true }).waitFor();
    await page.reload();
    await place.getByText(words.network.relayStates.reserved).waitFor();
  } finally {
    await page.close();
    await relay.close();
  }
});

/** A tab that holds a place on the relay and computes slowly, so that there is a middle of an answer. */
async function openBehind(relay: RelayServer, hash: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${host.url}?gpu=software#/settings`);
  await page.getByText(words.settings.offline.ready).waitFor({ timeout: 60_000 });
  await nameRelay(page, relay.addresses()[0]!);
  await page.goto(`${host.url}?gpu=software#/network`);
  const place = page.getByRole('region', { name: words.network.relays, exact: true });
  await place.getByText(words.network.relayStates.reserved).waitFor();
  await page.goto(`${host.url}?gpu=software${hash}`);
  return page;
}

test('the relay is killed in the middle of an answer between tabs: it goes on and is the same', async () => {
  const whole = await answerOnOneDevice(question);
  const relay = await openRelay();
  const asker = await openBehind(relay, '#/pod');
  await asker.getByLabel(words.pod.name, { exact: true }).fill('Garden');
  await asker.getByRole('button', { name: words.pod.create, exact: true }).click();
  const link = await asker.getByLabel(words.invite.link).inputValue();
  const other = await openBehind(relay, link.slice(link.indexOf('#')));
  await other.getByRole('button', { name: words.pod.join, exact: true }).click();
  await other.getByRole('heading', { name: 'Garden', exact: true, level: 1 }).waitFor();
  await asker.getByRole('radio', { name: words.spread.wide }).check();
  await asker.getByRole('link', { name: words.rail.chat, exact: true }).click();
  const both = words.route.pod(2, ['']).split(':')[0]!;
  const answer = asker.getByRole('article').last();
  const written = async () => (await answer.locator('[data-answer]').allInnerTexts()).join('');
  const ask = async () => {
    await message(asker).fill(question);
    await send(asker).click();
  };
  const asked = async () => {
    await ask();
    await answer.getByText('tokens/s').waitFor({ timeout: 60_000 });
    return answer.innerText();
  };
  // Until then the other tab loads its part.
  await expect.poll(asked, { timeout: 120_000 }).toContain(both);

  await ask();
  await expect.poll(written, { timeout: 60_000, interval: 10 }).toMatch(/^\S+ /);
  expect(whole.startsWith(await written())).toBe(true);
  expect(await written()).not.toBe(whole);
  await relay.close();
  await answer.getByText('tokens/s').waitFor({ timeout: 60_000 });
  expect(await written()).toBe(whole);
  expect(await answer.innerText()).toContain(both);
  await expect(fetch(`http://127.0.0.1:${relay.port}/health`)).rejects.toThrow();
  for (const page of [asker, other]) await page.context().close();
});

test('the app can be installed, with icons and screenshots of the sizes that its manifest names', async () => {
  const profile = await mkdtemp(join(tmpdir(), 'tabmesh-profile-'));
  // A context of its own would count as a private window, where nothing is installed.
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env['CHROME_PATH'] ?? '/usr/bin/chromium',
    args: [...chromiumFlags],
  });
  const page = await context.newPage();
  await kept(page);
  const devtools = await context.newCDPSession(page);
  const { errors, data } = await devtools.send('Page.getAppManifest');
  expect(errors).toEqual([]);
  expect((await devtools.send('Page.getInstallabilityErrors')).installabilityErrors).toEqual([]);
  const { icons, screenshots, start_url, id } = JSON.parse(data!);
  expect([start_url, id]).toEqual(['./', './']);
  // One for each kind of device, without which a browser shows none.
  expect(screenshots.map(({ form_factor }: Record<string, string>) => form_factor)).toEqual([
    'wide',
    'narrow',
  ]);
  for (const { src, sizes } of [...icons, ...screenshots])
    if (sizes !== 'any') expect(`${src} ${await page.evaluate(sizeOf, src)}`).toBe(`${src} ${sizes}`);
  expect(icons.map(({ purpose = 'any', sizes }: Record<string, string>) => `${purpose} ${sizes}`)).toEqual(
    expect.arrayContaining(['any 192x192', 'any 512x512', 'maskable 512x512']),
  );
  await context.close();
  await rm(profile, { recursive: true });
});

/** Runs in the page. */
async function sizeOf(source: string): Promise<string> {
  const image = new Image();
  image.src = source;
  await image.decode();
  return `${image.naturalWidth}x${image.naturalHeight}`;
}
