/** The focus after a button that goes away with what it did: a keyboard goes on from there, and never from the top of the page. */
import { readFileSync } from 'node:fs';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { words } from '../../src/app/strings.ts';
import { type ProviderServer, rightKey, startProviderServer } from '../cloud/provider-server.ts';
import { ask, type Tab, World } from '../e2e/world.ts';
import { type HubServer, startHubServer } from '../hub/hub-server.ts';

let world: World;
let hub: HubServer;
let providers: ProviderServer;

beforeAll(async () => {
  [world, hub, providers] = await Promise.all([World.start(), startHubServer(), startProviderServer()]);
  hub.put('tabmesh/little-guide-GGUF/little-guide-Q8_0.gguf', readFileSync('public/models/guide.gguf'));
});
afterAll(async () => {
  await world?.stop();
  await hub?.close();
  await providers?.close();
});

const named = ({ page }: Tab, name: string | RegExp) => page.getByRole('button', { name, exact: true });
const answers = ({ page }: Tab) => page.getByRole('article');
const complete = (tab: Tab) => answers(tab).last().getByText('tokens/s').waitFor({ timeout: 60_000 });

async function press({ page }: Tab, target: Locator): Promise<void> {
  await target.focus();
  await page.keyboard.press('Enter');
}

/** What has the focus, as it is read aloud. */
const focused = ({ page }: Tab) =>
  expect.poll(() =>
    page.evaluate(() => {
      const { activeElement } = document;
      if (activeElement === document.body) return 'nothing';
      return activeElement!.ariaLabel ?? activeElement!.textContent!.replaceAll(/\s+/g, ' ').trim();
    }),
  );

/** Presses what goes away, and says what has the focus when it has gone. */
async function pressAway(tab: Tab, target: Locator) {
  await press(tab, target);
  await target.waitFor({ state: 'detached' });
  return focused(tab);
}

test('in a chat: what asks goes to the box, and versions are paged through with one key', async () => {
  // A simulated GPU takes tens of milliseconds a token, so that there is a middle of an answer.
  const tab = await world.openTab('pager', '?gpu=software');
  const [suggestion = ''] = words.chat.suggestions;
  await named(tab, suggestion).waitFor();
  await (await pressAway(tab, named(tab, suggestion))).toBe(words.chat.message);
  await answers(tab).last().locator('[data-answer]').waitFor({ timeout: 60_000 });
  await (await pressAway(tab, named(tab, words.chat.stop))).toBe(words.chat.message);
  await (await pressAway(tab, named(tab, words.tryAgain))).toBe(words.chat.message);
  await complete(tab);

  await named(tab, words.chat.options).click();
  await tab.page.getByLabel(words.options.temperature).fill('1.5');
  await tab.page.keyboard.press('Escape');
  await (await pressAway(tab, named(tab, words.chat.regenerate))).toBe(words.chat.message);
  await complete(tab);
  await press(tab, named(tab, words.chat.edit));
  await tab.page.keyboard.press('Enter');
  await focused(tab).toBe(words.chat.message);
  await answers(tab).getByText(words.chat.branch(3, 3)).waitFor({ timeout: 60_000 });

  await press(tab, named(tab, words.chat.previousBranch));
  await answers(tab).getByText(words.chat.branch(2, 3)).waitFor();
  await tab.page.keyboard.press('Enter');
  await answers(tab).getByText(words.chat.branch(1, 3)).waitFor();
  // There is none before the first.
  await focused(tab).toBe(words.chat.nextBranch);
  await tab.page.keyboard.press('Enter');
  await answers(tab).getByText(words.chat.branch(2, 3)).waitFor();
  await focused(tab).toBe(words.chat.nextBranch);
  expect(tab.errors).toEqual([]);
  await tab.context.close();
});

test('in the list of chats: what deletes and brings back goes to its heading', async () => {
  const tab = await world.openTab('tidier');
  await ask(tab, 'What is a pod?');
  await complete(tab);
  await press(tab, named(tab, words.chat.chats));
  const { history } = words;
  await (await pressAway(tab, named(tab, history.delete('What is a pod?')))).toBe(history.title);
  await (await pressAway(tab, named(tab, history.undo))).toBe(history.title);
  await (await pressAway(tab, named(tab, history.deleteAll))).toBe(history.deleteAllNow(1));
  await tab.page.keyboard.press('Escape');
  await focused(tab).toBe(history.deleteAll);
  await tab.page.keyboard.press('Enter');
  await (await pressAway(tab, named(tab, history.deleteAllNow(1)))).toBe(history.title);
  await tab.page.getByText(history.none).waitFor();
  expect(tab.errors).toEqual([]);
  await tab.context.close();
});

test('on the pages: a list goes on under its heading, and what was off is pressed again', async () => {
  const tab = await world.openTab('remover', '#/models');
  const { stored } = words.models;
  await named(tab, words.models.find.mirror).click();
  const mirror = tab.page.getByLabel(words.models.find.mirrorLabel);
  await mirror.fill(hub.origin);
  await mirror.press('Enter');
  await tab.page.getByText(words.models.find.from(new URL(hub.origin).host)).waitFor();
  const source = tab.page.getByLabel(words.models.source);
  await source.fill('hub:tabmesh/little-guide-GGUF/little-guide-Q8_0.gguf');
  await source.press('Enter');
  const remove = named(tab, `${stored.delete} little-guide-Q8_0`);
  const now = tab.page.getByRole('button', { name: /^Delete .* now$/ });
  await remove.waitFor();
  await (await pressAway(tab, remove)).toMatch(/^Delete .* now$/);
  await (await pressAway(tab, named(tab, words.cancel))).toBe(`${stored.delete} little-guide-Q8_0`);
  await (await pressAway(tab, remove)).toMatch(/^Delete .* now$/);
  await (await pressAway(tab, now)).toBe(stored.title);

  await tab.page.goto(`${world.server.url}#/pod`);
  await tab.page.getByLabel(words.pod.name, { exact: true }).fill('Garden');
  await named(tab, words.pod.create).click();
  await (await pressAway(tab, named(tab, words.invite.revoke))).not.toBe('nothing');

  await tab.page.goto(`${world.server.url}#/settings`);
  const { keys, relays, reset } = words.settings;
  const address = `/dns4/relay.example/tcp/443/tls/ws/p2p/${world.pod.self}`;
  const field = tab.page.getByLabel(relays.address);
  await field.fill(address);
  await field.press('Enter');
  await (await pressAway(tab, named(tab, words.settings.remove(address)))).toBe(relays.title);
  await press(tab, named(tab, reset.what.chats));
  await focused(tab).toBe(reset.now(reset.what.chats));
  await (await pressAway(tab, named(tab, words.cancel))).toBe(reset.title);

  const own = tab.page.getByRole('region', { name: keys.title, exact: true });
  await own.getByLabel(keys.provider, { exact: true }).selectOption({ label: keys.own });
  await own.getByLabel(keys.name, { exact: true }).fill('house');
  const { baseUrl } = providers.providers.find(({ id }) => id === 'openai')!;
  await own.getByLabel(keys.address, { exact: true }).fill(baseUrl);
  await own.getByLabel(keys.key, { exact: true }).fill(rightKey);
  await own.getByRole('button', { name: keys.add, exact: true }).click();
  const test = named(tab, `${keys.test}: house`);
  const { promise: held, resolve: answer } = Promise.withResolvers<void>();
  await tab.page.route(`${baseUrl}/**`, async route => {
    await held;
    await route.continue();
  });
  await press(tab, test);
  await own.getByText(keys.testing).waitFor();
  await focused(tab).toBe('nothing');
  answer();
  await own.getByText(keys.works('house')).waitFor();
  await focused(tab).toBe(`${keys.test}: house`);
  await (await pressAway(tab, named(tab, words.settings.remove('house')))).toBe(keys.title);
  expect(tab.errors).toEqual([]);
  await tab.context.close();
});
