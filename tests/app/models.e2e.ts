import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { words } from '../../src/app/strings.ts';
import { formatBytes } from '../../src/base/bytes.ts';
import { ask, type Tab, World } from '../e2e/world.ts';
import { type HubServer, startHubServer } from '../hub/hub-server.ts';
import { faultsInAllLooks } from './faults.ts';

const guide = readFileSync('public/models/guide.gguf');
const repository = 'tabmesh/little-guide-GGUF';
const file = `${repository}/little-guide-Q8_0.gguf`;
const name = 'little-guide-Q8_0';
const say = words.models;

let world: World;
let hub: HubServer;

beforeAll(async () => {
  [world, hub] = await Promise.all([World.start(), startHubServer()]);
  hub.put(file, guide);
  hub.describe(repository, { downloads: 12_345, licence: 'apache-2.0' });
  hub.pretend(`${repository}/little-guide-BF16-00001-of-00002.gguf`, 40e9);
  hub.pretend(`${repository}/little-guide-BF16-00002-of-00002.gguf`, 30e9);
  hub.describe('somebody/gated-guide', { downloads: 5, gated: 'manual' });
});
afterAll(async () => {
  await world?.stop();
  await hub?.close();
});

const button = ({ page }: Tab, text: string) => page.getByRole('button', { name: text, exact: true });
const listed = ({ page }: Tab, label: string) =>
  page.getByRole('list', { name: label, exact: true }).getByRole('listitem');
const card = (tab: Tab) => listed(tab, say.listLabel).filter({ hasText: name });
const download = (tab: Tab) => listed(tab, say.download.title).filter({ hasText: name });
const stored = (tab: Tab) => listed(tab, say.stored.listLabel).filter({ hasText: name });
const state = (tab: Tab, which: keyof typeof say.download.states) =>
  download(tab).getByText(say.download.states[which], { exact: true }).waitFor({ timeout: 60_000 });

/** A tab of a person of its own whose Hub is the one of this test. */
async function openModels(who: string): Promise<Tab> {
  const tab = await world.openLender(who, '#/models');
  await listed(tab, say.listLabel).first().waitFor({ timeout: 60_000 });
  await button(tab, say.find.mirror).click();
  await tab.page.getByLabel(say.find.mirrorLabel).fill(hub.origin);
  await button(tab, say.find.set).click();
  await tab.page.getByText(say.find.from(new URL(hub.origin).host)).waitFor();
  return tab;
}

async function search(tab: Tab, text: string): Promise<void> {
  await tab.page.getByLabel(say.find.words).fill(text);
  await button(tab, say.find.search).click();
}

/** Finds the model and reads its header; nothing else is asked for. */
async function find(tab: Tab): Promise<void> {
  await search(tab, 'little guide');
  await tab.page.getByRole('button', { name: repository }).click();
  await button(tab, say.find.openLabel(name)).click();
  await card(tab).waitFor();
}

async function begin(tab: Tab): Promise<void> {
  await button(tab, say.download.offerLabel(name)).click();
  await card(tab).getByText(new URL(hub.origin).host).waitFor();
  await card(tab)
    .getByRole('button', { name: /^Whole model, / })
    .click();
}

test('the Hub is searched, only a header comes before a tap that says how much, and the room is told', async () => {
  const tab = await openModels('finder');
  await search(tab, 'guide');
  const results = listed(tab, say.find.listLabel);
  await results.first().waitFor();
  const first = await results.first().innerText();
  expect(first).toContain(repository);
  expect(first).toContain('12K downloads a month');
  expect(first).toContain('apache-2.0');
  await results.first().getByRole('button').first().click();
  const files = listed(tab, say.find.filesLabel(repository));
  await files.first().waitFor();
  const texts = await files.allInnerTexts();
  expect(texts).toHaveLength(2);
  expect(texts[0]).toContain('Q8_0');
  expect(texts[0]).toContain(formatBytes(guide.length));
  expect(texts[0]).toMatch(/Fits in this tab, with .* left for conversations\./);
  expect(texts[1]).toContain('70.0 GB');
  expect(texts[1]).toMatch(/Too large by \d+.* A smaller quantization/);
  expect(hub.log).toEqual([]);
  await tab.page.getByRole('button', { name: 'somebody/gated-guide' }).click();
  await tab.page.getByText(say.find.gatedWhy).waitFor();
  await button(tab, say.find.openLabel(name)).click();
  await card(tab).waitFor();
  expect(hub.log.map(({ start, end }) => [start, end])).toEqual([[0, 32_768]]);
  // The planner gives all layers to one peer of this machine, and says so in bytes.
  await card(tab)
    .getByText(/^As the pod would plan it now: .* MB/)
    .waitFor();
  await card(tab)
    .getByText(/That is slower than a GPU, .* tokens\/s\.$|How fast is known after a first answer\.$/)
    .waitFor();
  expect(hub.log).toHaveLength(1);
  expect(tab.errors).toEqual([]);

  hub.listFaults.push({ status: 429, retryAfter: '42' });
  await search(tab, 'guide');
  // A page does not get to see Retry-After: the Hub does not name it in Access-Control-Expose-Headers.
  await tab.page.getByRole('alert').filter({ hasText: 'asked too often' }).waitFor();
  await search(tab, 'no such thing');
  await tab.page.getByText(say.find.none('no such thing')).waitFor();
  expect(await tab.page.getByRole('alert').count()).toBe(0);

  await tab.page.getByText(/used of the .* that this browser grants/).waitFor();
  // The guide, of which this tab holds layers in the pod.
  await listed(tab, say.stored.listLabel)
    .getByText(new RegExp(`· ${say.stored.inUse}$`))
    .waitFor();
  await tab.page.getByText(say.stored.evictable).waitFor();
  await button(tab, say.stored.persist).click();
  // Chromium promises nothing to a person of whom it keeps nothing, as each of these tests' is.
  await tab.page.getByText(say.stored.refused).waitFor();
  expect(await tab.page.getByText(say.stored.persistent).count()).toBe(0);
  await tab.page.evaluate(() => Object.assign(navigator.storage, { persist: async () => true }));
  await button(tab, say.stored.persist).click();
  await tab.page.getByText(say.stored.persistent).waitFor();
  expect(await button(tab, say.stored.persist).count()).toBe(0);
  expect(await tab.page.getByText(say.stored.evictable).count()).toBe(0);
  await tab.context.close();
});

test('a download is paused, stays so over a reload, is resumed, verified, and deleted', async () => {
  const tab = await openModels('loader');
  await find(tab);
  const begun = hub.hold(1_000_000);
  await begin(tab);
  await begun;
  await state(tab, 'downloading');
  // How fast it comes is known when it has come for a while.
  hub.flow();
  await hub.hold(2_500_000);
  await expect.poll(() => tab.page.title()).toMatch(/^\d+ % of little-guide/);
  await download(tab)
    .getByText(/^[\d.]+ MB of [\d.]+ MB · [\d.]+ .?B\/s · .+ left · all from the source$/)
    .waitFor();
  await tab.context.setOffline(true);
  await download(tab).getByText(say.download.noNetwork).waitFor();
  await tab.context.setOffline(false);
  await expect.poll(() => download(tab).getByText(say.download.noNetwork).count()).toBe(0);
  await button(tab, say.download.of(say.download.pause, name)).click();
  await state(tab, 'paused');
  hub.flow();
  await tab.page.reload();
  await state(tab, 'paused');
  expect(await tab.page.title()).not.toContain('%');
  await button(tab, say.download.of(say.download.resume, name)).click();
  await state(tab, 'ready');
  await stored(tab)
    .getByText(/^whole, .* · 6 of 6 layers stored · opened .*, not used yet$/)
    .waitFor();
  await button(tab, say.download.of(say.download.dismiss, name)).click();
  await expect.poll(() => download(tab).count()).toBe(0);
  await button(tab, `${say.stored.delete} ${name}`).click();
  await stored(tab)
    .getByRole('button', { name: /^Delete .* now$/ })
    .click();
  await expect.poll(() => stored(tab).count()).toBe(0);
  expect(tab.errors).toEqual([]);
  await tab.context.close();
});

test('what was running goes on by itself after a reload, and the stored model opens with no Hub', async () => {
  const tab = await openModels('returner');
  await tab.context.grantPermissions(['notifications'], { origin: new URL(world.server.url).origin });
  await find(tab);
  const held = hub.hold(2_000_000);
  await begin(tab);
  await held;
  await tab.page.getByLabel(say.notice.want).check();
  await tab.page.reload();
  expect(await tab.page.getByLabel(say.notice.want).isChecked()).toBe(true);
  await tab.page.getByLabel(say.notice.want).focus();
  await tab.page.evaluate(() => Object.defineProperty(document, 'hidden', { value: true }));
  hub.flow();
  await state(tab, 'ready');
  // The box goes with the download, and the focus to what is left of it.
  expect(await tab.page.getByLabel(say.notice.want).count()).toBe(0);
  expect(await tab.page.evaluate(() => document.activeElement?.textContent)).toBe(say.download.title);
  const notices = () =>
    tab.page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      return (await registration.getNotifications()).map(({ title, body }) => `${title}: ${body}`);
    });
  await expect.poll(notices).toEqual([`${say.notice.title(name, true)}: ${say.notice.ready}`]);
  hub.faults.push(
    ...Array.from({ length: 5 }, () => ({ kind: 'status', status: 503, retryAfter: '600' }) as const),
  );
  await button(tab, `${say.stored.open} ${name}`).click();
  await card(tab).waitFor();
  hub.faults.length = 0;
  expect(await button(tab, say.download.offerLabel(name)).count()).toBe(0);
  await tab.context.close();
});

test('a dropped file is served in the pod after a tap, and others hear of it then only', async () => {
  const tab = await openModels('sharer');
  const tiny = 'tiny-qwen3-q4_k_m';
  const isKnown = () => world.pod.models.some(each => each.name === tiny);
  await tab.page.locator('input[type=file]').setInputFiles(`tests/fixtures/${tiny}.gguf`);
  const own = listed(tab, say.listLabel).filter({ hasText: tiny });
  await own.getByText(say.notShareable('This machine')).waitFor();
  expect(isKnown()).toBe(false);
  await own.getByRole('button', { name: /^Serve it in the pod, / }).click();
  await own.getByText(say.served).waitFor();
  await world.podIs(({ models }) => models.some(each => each.name === tiny && each.plan));
  expect(await own.count()).toBe(1);
  expect(tab.errors).toEqual([]);
  await tab.context.close();
});

test('where the browser keeps nothing, the page says so, and a model answers out of memory', async () => {
  const { context } = await world.openTab('private', 'tabmesh.json');
  // As browsers do in some private windows.
  await context.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('The operation is insecure.', 'SecurityError');
    };
    // As all do where site data is blocked.
    for (const name of ['sessionStorage', 'localStorage'])
      Object.defineProperty(window, name, {
        get() {
          throw new DOMException('Access is denied for this document.', 'SecurityError');
        },
      });
  });
  const tab = await world.openTabIn(context, '#/models');
  await tab.page.getByText(/^Kept in .* Models run all the same, out of memory/).waitFor({ timeout: 60_000 });
  expect(await button(tab, say.stored.persist).count()).toBe(0);
  await tab.page.getByRole('link', { name: words.rail.chat, exact: true }).click();
  const answer = await ask(tab, 'What is a pod?');
  await answer.getByText('tokens/s').waitFor({ timeout: 60_000 });
  expect(tab.errors).toEqual([]);
  await context.close();
});

test('with everything on it the page is accessible and fits a narrow phone and a desk', async () => {
  const tab = await openModels('reader');
  await tab.page.emulateMedia({ reducedMotion: 'reduce' });
  const look = async (what: string) => expect(await faultsInAllLooks(tab), what).toEqual([]);
  await find(tab);
  const held = hub.hold(1_000_000);
  await button(tab, say.download.offerLabel(name)).click();
  await card(tab).getByText(new URL(hub.origin).host).waitFor();
  await look('offered');
  await card(tab)
    .getByRole('button', { name: /^Whole model, / })
    .click();
  await held;
  await state(tab, 'downloading');
  await button(tab, `${say.stored.delete} ${name}`).click();
  await look('running');
  await button(tab, say.download.of(say.download.cancel, name)).click();
  await tab.page.getByRole('status').getByText(say.download.cancelled(name)).waitFor();
  await expect.poll(() => download(tab).count()).toBe(0);
  expect(await tab.page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
  await stored(tab).waitFor();
  hub.flow();
  await tab.context.close();
});
