/** What people come for, done on a phone: narrow, by touch alone, where what covers a button takes its taps. */
import { readFileSync } from 'node:fs';
import type { BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { words } from '../../src/app/strings.ts';
import { type Tab, World } from '../e2e/world.ts';
import { type HubServer, startHubServer } from '../hub/hub-server.ts';
import { overflowing } from './faults.ts';

const width = 360;
const phone: BrowserContextOptions = {
  viewport: { width, height: 740 },
  isMobile: true,
  hasTouch: true,
  permissions: ['clipboard-read', 'clipboard-write'],
};
const repository = 'tabmesh/little-guide-GGUF';
const name = 'little-guide-Q8_0';
let world: World;
let hub: HubServer;

beforeAll(async () => {
  [world, hub] = await Promise.all([World.start(), startHubServer()]);
  hub.put(`${repository}/${name}.gguf`, readFileSync('public/models/guide.gguf'));
  hub.describe(repository, { downloads: 1, licence: 'apache-2.0' });
});
afterAll(async () => {
  await world?.stop();
  await hub?.close();
});

const button = ({ page }: Tab, text: string | RegExp) =>
  page.getByRole('button', { name: text, exact: true });
const tap = (tab: Tab, text: string | RegExp) => button(tab, text).tap();
const answer = ({ page }: Tab) => page.getByRole('article').last();
const complete = (tab: Tab) => answer(tab).getByText('tokens/s').waitFor({ timeout: 60_000 });

/** A page that is too wide makes a phone's window wider, too. */
async function fits({ page }: Tab, where: string): Promise<void> {
  expect(await page.evaluate(() => innerWidth), where).toBe(width);
  expect(await page.evaluate(overflowing), where).toEqual([]);
}

async function goTo(tab: Tab, place: 'chat' | 'models' | 'pod' | 'network' | 'contribute' | 'settings') {
  await tab.page.getByRole('link', { name: words.rail[place], exact: true }).tap();
  await tab.page.getByRole('heading', { level: 1 }).waitFor();
}

test('a question is asked, stopped, asked again and edited; an older chat is opened', async () => {
  // A simulated GPU takes tens of milliseconds a token, so that there is a middle of an answer.
  const tab = await world.openTab('thumb', '?gpu=software', phone);
  const { page } = tab;
  const { chat } = words;
  await fits(tab, 'empty');
  const box = page.getByRole('textbox', { name: chat.message });
  await box.tap();
  await box.fill('What is a pod?');
  await tap(tab, chat.send);
  await answer(tab).locator('[data-answer]').waitFor({ timeout: 60_000 });
  await fits(tab, 'answering');
  await tap(tab, chat.stop);
  await answer(tab).getByText(chat.stopped).waitFor();
  // A keyboard that comes up would cover what was written.
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
  await tap(tab, words.tryAgain);
  await complete(tab);

  await tap(tab, chat.options);
  await page.getByLabel(words.options.temperature).fill('1.5');
  await fits(tab, 'options');
  await tap(tab, words.close);
  await tap(tab, chat.regenerate);
  await answer(tab).getByText(chat.branch(2, 2)).waitFor({ timeout: 60_000 });
  await tap(tab, chat.previousBranch);
  await answer(tab).getByText(chat.branch(1, 2)).waitFor();
  await tap(tab, chat.edit);
  await page.getByRole('textbox', { name: chat.editLabel }).fill('Who can read my text?');
  await tap(tab, chat.ask);
  await answer(tab).getByText(chat.branch(3, 3)).waitFor({ timeout: 60_000 });
  await fits(tab, 'versions');

  await tap(tab, chat.newChat);
  await page.getByText(chat.emptyGuide).waitFor();
  await tap(tab, chat.chats);
  const older = page.getByRole('dialog').getByRole('listitem').filter({ hasText: 'What is a pod?' });
  await older.waitFor();
  await fits(tab, 'chats');
  await older.getByRole('button').first().tap();
  await answer(tab).getByText(chat.branch(3, 3)).waitFor();

  const details = page.getByRole('contentinfo').getByText(/^Connected, in the pod/);
  expect(await details.isVisible()).toBe(false);
  await tap(tab, words.status.details);
  await details.waitFor();
  await fits(tab, 'details');
  await tap(tab, words.status.details);
  await details.waitFor({ state: 'hidden' });
  expect(tab.errors).toEqual([]);
  await tab.context.close();
});

test('a model is found, downloaded, paused and deleted, and a file of the device is opened', async () => {
  const tab = await world.openTab('collector', '', phone);
  const { page } = tab;
  const { find, download, stored } = words.models;
  await goTo(tab, 'models');
  await tap(tab, find.mirror);
  await page.getByLabel(find.mirrorLabel).fill(hub.origin);
  await tap(tab, find.set);
  await page.getByText(find.from(new URL(hub.origin).host)).waitFor();
  await page.getByLabel(find.words).fill('little guide');
  await tap(tab, find.search);
  await page.getByRole('button', { name: repository }).tap();
  await tap(tab, find.openLabel(name));
  await tap(tab, download.offerLabel(name));
  const held = hub.hold(1_000_000);
  await tap(tab, /^Whole model, /);
  await held;
  await fits(tab, 'downloading');
  await tap(tab, download.of(download.pause, name));
  await tap(tab, download.of(download.resume, name));
  hub.flow();
  await button(tab, download.of(download.dismiss, name)).waitFor({ timeout: 60_000 });
  await tap(tab, download.of(download.dismiss, name));
  await tap(tab, `${stored.delete} ${name}`);
  await fits(tab, 'deleting');
  await tap(tab, /^Delete .* now$/);
  await button(tab, `${stored.delete} ${name}`).waitFor({ state: 'detached' });

  const chooser = page.waitForEvent('filechooser');
  await tap(tab, words.models.file);
  await (await chooser).setFiles('tests/fixtures/tiny-qwen3-q4_k_m.gguf');
  const opened = page.getByRole('listitem').filter({ hasText: 'tiny-qwen3-q4_k_m' });
  await opened.getByText(words.models.notShareable('This machine')).waitFor();
  await fits(tab, 'opened');
  expect(tab.errors).toEqual([]);
  await tab.context.close();
});

test('a pod is made, its link copied, shown as a code and joined from another phone', async () => {
  const owner = await world.openTab('owner', '', phone);
  const { invite, pod, join } = words;
  await goTo(owner, 'pod');
  await owner.page.getByLabel(pod.name, { exact: true }).fill('Garden');
  await tap(owner, pod.create);
  await owner.page.getByRole('heading', { name: 'Garden', exact: true, level: 1 }).waitFor();
  await tap(owner, words.copy);
  await button(owner, words.copied).waitFor();
  const link = await owner.page.evaluate(() => navigator.clipboard.readText());
  await tap(owner, invite.qr);
  await owner.page.getByRole('img', { name: invite.qrLabel }).waitFor();
  await fits(owner, 'pod');

  const guest = await world.openTab('guest', link.slice(link.indexOf('#')), phone);
  await guest.page.getByText(join.notYet).waitFor();
  await fits(guest, 'join');
  await tap(guest, pod.join);
  await guest.page.getByRole('heading', { name: 'Garden', exact: true, level: 1 }).waitFor();
  const members = owner.page.getByRole('list', { name: pod.members }).getByRole('listitem');
  await expect.poll(() => members.count()).toBe(2);
  await fits(owner, 'two members');

  await goTo(guest, 'network');
  const connections = guest.page.getByRole('region', { name: words.network.connections });
  const peer = connections.getByRole('row').getByRole('button').first();
  await peer.waitFor({ timeout: 30_000 });
  await peer.tap();
  expect(await peer.getAttribute('aria-expanded')).toBe('true');
  await fits(guest, 'network');
  for (const tab of [owner, guest]) {
    expect(tab.errors).toEqual([]);
    await tab.context.close();
  }
});

test('lending is started and stopped, and a setting is changed', async () => {
  const tab = await world.openTab('giver', '', phone);
  const { page } = tab;
  const { contribute, settings } = words;
  const lent = () => world.pod.members.find(({ id }) => id !== world.pod.self)?.memoryBytes;
  await goTo(tab, 'contribute');
  await tap(tab, contribute.start);
  await world.podIs(() => lent() === 1e9);
  await page.getByRole('radio', { name: contribute.presets.gentle }).tap();
  await world.podIs(() => lent() === 5e8);
  await fits(tab, 'lending');
  await tap(tab, contribute.stop);
  await world.podIs(() => lent() === 0);

  await goTo(tab, 'settings');
  const { relays } = settings;
  const own = page.getByRole('region', { name: relays.title, exact: true });
  const address = `/dns4/relay.example/tcp/443/tls/ws/p2p/${world.pod.self}`;
  await own.getByLabel(relays.address).fill(address);
  await own.getByRole('button', { name: settings.add, exact: true }).tap();
  await own.getByRole('listitem').getByText(address).waitFor();
  await fits(tab, 'settings');
  await tap(tab, settings.remove(address));
  await own.getByText(relays.none).waitFor();
  const themes = page.getByRole('radiogroup', { name: settings.theme });
  await themes.getByRole('radio', { name: settings.themes.dark }).tap();
  expect(await themes.getByRole('radio', { name: settings.themes.dark }).isChecked()).toBe(true);
  expect(tab.errors).toEqual([]);
  await tab.context.close();
});
