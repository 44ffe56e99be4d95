import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { words } from '../../src/app/strings.ts';
import { readersOf } from '../../src/router/readers.ts';
import { type ProviderServer, rightKey, startProviderServer } from '../cloud/provider-server.ts';
import { ask, type Tab, World } from '../e2e/world.ts';
import { faults, faultsInAllLooks, overflowing } from './faults.ts';
import { whileFull } from './full-disk.ts';
import { keepKey } from './keep-key.ts';

const { keys, relays, ice, install, reset, remove, add } = words.settings;
const { shortcuts } = words;
let world: World;
let providers: ProviderServer;
let tab: Tab;

beforeAll(async () => {
  providers = await startProviderServer();
  world = await World.start();
  tab = await world.openTab('setter', '#/settings');
  await part(keys.title).waitFor();
});
afterAll(async () => {
  await world?.stop();
  await providers?.close();
});

const part = (name: string) => tab.page.getByRole('region', { name, exact: true });
const button = (within: string, name: string) => part(within).getByRole('button', { name, exact: true });

const keep = (key: string) => keepKey(tab, providers, key);

test('a key is kept, tested and removed, and is shown nowhere', async () => {
  const own = part(keys.title);
  const secret = own.getByLabel(keys.key, { exact: true });
  await keep('sk-wrong-0123456789');
  expect(await secret.inputValue()).toBe('');
  await button(keys.title, `${keys.test}: house`).click();
  await own.getByRole('alert').getByRole('paragraph').waitFor();
  expect(await own.getByText(keys.testing, { exact: true }).count()).toBe(0);
  await secret.fill(rightKey);
  await button(keys.title, keys.add).click();
  await own.getByText(keys.kept('house')).waitFor();
  await button(keys.title, `${keys.test}: house`).click();
  await own.getByText(keys.works('house')).waitFor();
  expect(await tab.page.content()).not.toContain(rightKey);
  await button(keys.title, remove('house')).click();
  await own.getByText(keys.none).waitFor();
});

test('who signs in at a provider comes back with a key; a code that nobody asked for is refused', async () => {
  const { page, context } = tab;
  const cors = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' };
  let asked = new URLSearchParams();
  const given: Record<string, string>[] = [];
  // Answered inside the browser: nothing leaves it.
  await context.route('https://openrouter.ai/**', async route => {
    const request = route.request();
    const url = new URL(request.url());
    if (url.pathname === '/auth') {
      asked = url.searchParams;
      const back = new URL(asked.get('callback_url')!);
      back.searchParams.set('code', 'once');
      return route.fulfill({ status: 302, headers: { location: back.href } });
    }
    if (request.method() === 'OPTIONS') return route.fulfill({ status: 204, headers: cors });
    given.push(request.postDataJSON());
    return route.fulfill({ headers: cors, json: { key: rightKey } });
  });
  const own = part(keys.title);
  await own.getByLabel(keys.provider, { exact: true }).selectOption({ label: 'OpenRouter' });
  await button(keys.title, keys.signIn('OpenRouter')).click();
  await own.getByText(keys.kept('OpenRouter')).waitFor();
  const [exchange] = given;
  const hash = createHash('sha256').update(exchange!['code_verifier']!).digest('base64url');
  expect([exchange!['code'], hash]).toEqual(['once', asked.get('code_challenge')]);
  // A code in the address would go to whoever the address is shown to.
  expect(page.url()).toBe(`${world.server.url}#/settings`);
  expect(await page.content()).not.toContain(rightKey);
  await button(keys.title, remove('OpenRouter')).click();
  await own.getByText(keys.none).waitFor();

  await page.goto(`${world.server.url}?sign-in=${'a'.repeat(22)}&code=stolen#/settings`);
  await own.getByRole('alert').getByText('not started here').waitFor();
  expect(given).toHaveLength(1);
  await context.unroute('https://openrouter.ai/**');
});

test('who reads a question is said before it is sent to a provider, and what the chat’s options say goes with it', async () => {
  await keep(rightKey);
  await tab.page.goto(`${world.server.url}#/chat`);
  const model = tab.page.getByLabel(words.chat.model);
  await model.focus();
  await model.selectOption('house/openai-small');
  await tab.page.getByText(readersOf({ kind: 'own-key', provider: 'house' })).waitFor();
  await tab.page.getByRole('button', { name: words.chat.options, exact: true }).click();
  await tab.page.getByLabel(words.options.system).fill('Be brief.');
  await tab.page.getByLabel(words.options.temperature).fill('1.5');
  await tab.page.getByLabel(words.options.topP).fill('0.5');
  await tab.page.keyboard.press('Escape');
  const answer = await ask(tab, 'Count.');
  await answer.getByText('One two three.').waitFor();
  await answer.getByText(words.route.provider('house')).waitFor();
  expect(providers.asked.at(-1)!.body).toMatchObject({
    model: 'openai-small',
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Count.' },
    ],
    temperature: 1.5,
    top_p: 0.5,
  });
  // The next question goes where the last one went, also after a reload.
  await tab.page.reload();
  await answer.getByText('One two three.').waitFor();
  // Below the box; beside the answer it is said, too.
  await tab.page
    .getByText(readersOf({ kind: 'own-key', provider: 'house' }))
    .last()
    .waitFor();
  expect(await model.inputValue()).toBe('house/openai-small');
  await (await ask(tab, 'Once more.')).getByText(words.route.provider('house')).waitFor();
  expect(providers.asked.at(-1)!.body.messages.at(-1)).toEqual({ role: 'user', content: 'Once more.' });

  await tab.page.goto(`${world.server.url}#/settings`);
  await button(keys.title, remove('house')).click();
  await part(keys.title).getByText(keys.none).waitFor();
  // Nobody can be asked there any more, and the page says who is asked in its place.
  await tab.page.goto(`${world.server.url}#/chat`);
  await tab.page.reload();
  await answer.waitFor();
  await tab.page
    .getByText(words.chat.privacyAlone)
    .or(tab.page.getByText(/^Runs /))
    .first()
    .waitFor();
  expect(await model.locator('option:checked').innerText()).toBe('guide');
  await tab.page.goto(`${world.server.url}#/settings`);
});

test('a relay that is none gets its reason beside the field, and a right one is named until it is removed', async () => {
  const own = part(relays.title);
  const address = own.getByLabel(relays.address);
  await address.fill('example.org');
  await button(relays.title, add).click();
  await own
    .getByRole('alert')
    .getByText(/A relay looks like/)
    .waitFor();
  expect(await address.getAttribute('aria-invalid')).toBe('true');
  const right = `/dns4/relay.example/tcp/443/tls/ws/p2p/${world.pod.self}`;
  await address.fill(right);
  await button(relays.title, add).click();
  await own.getByRole('listitem').getByText(right).waitFor();
  await button(relays.title, remove(right)).click();
  await own.getByText(relays.none).waitFor();
});

test('two that are removed at once are both gone, and what is refused is shown as it is', async () => {
  const own = part(relays.title);
  const both = ['one', 'two'].map(host => `/dns4/${host}.relay.example/tcp/443/tls/ws/p2p/${world.pod.self}`);
  for (const relay of both) {
    await own.getByLabel(relays.address).fill(relay);
    await button(relays.title, add).click();
    await own.getByRole('listitem').getByText(relay).waitFor();
  }
  const servers = part(ice.title);
  const full = /grants no more space/;
  await whileFull(tab.page, async () => {
    await button(relays.title, remove(both[0]!)).click();
    await own.getByRole('alert').getByText(full).waitFor();
    await servers.getByRole('radio', { name: ice.own }).click();
    await servers.getByRole('alert').getByText(full).waitFor();
    await expect.poll(() => servers.getByRole('radio', { name: ice.usual }).isChecked()).toBe(true);
  });
  expect(await own.getByRole('listitem').count()).toBe(2);
  await own.getByRole('listitem').evaluateAll(rows => {
    for (const row of rows) row.querySelector('button')?.click();
  });
  await own.getByText(relays.none).waitFor();
  expect(await own.getByRole('alert').innerText()).toBe('');
});

test('ICE servers are the usual ones or the own ones, each checked where it is written', async () => {
  const own = part(ice.title);
  await own.getByRole('radio', { name: ice.own }).check();
  const url = own.getByLabel(ice.url, { exact: true });
  await url.fill('turn:turn.example:3478');
  await button(ice.title, add).click();
  await own
    .getByRole('alert')
    .getByText(/A TURN server needs/)
    .waitFor();
  await own.getByLabel(ice.username).fill('me');
  await own.getByLabel(ice.credential).fill('word');
  await button(ice.title, add).click();
  await own.getByRole('listitem').getByText(ice.withPassword).waitFor();
  for (const width of [360, 1440]) {
    await tab.page.setViewportSize({ width, height: 800 });
    expect(await tab.page.evaluate(overflowing), `${width} px`).toEqual([]);
    expect(await faults(tab), `${width} px`).toEqual([]);
  }
  await own.getByRole('radio', { name: ice.usual }).check();
  await expect.poll(() => own.getByRole('listitem').count()).toBe(0);
});

test('where things are kept is said: how much of this browser, and in which folder by the process that served the page', async () => {
  const own = part(words.settings.kept);
  await own.getByText(words.settings.place(new URL(world.server.url).host)).waitFor();
  await own.getByText(/ used of the [\d.]+ [GM]B that this browser grants\./).waitFor();
  await own.getByText(`${words.settings.hostFolder} ${world.folder}`).waitFor();
});

test('light or dark is a choice that goes before the system’s, and outlasts a reload', async () => {
  const { page } = tab;
  const { themes, theme } = words.settings;
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const grounds: Record<string, string> = {};
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    grounds[colorScheme] = await ground();
  }
  expect(grounds['light']).not.toBe(grounds['dark']);
  const choice = page.getByRole('radiogroup', { name: theme });
  await choice.getByRole('radio', { name: themes.light }).check();
  expect(await ground()).toBe(grounds['light']);
  await page.emulateMedia({ colorScheme: 'light' });
  await choice.getByRole('radio', { name: themes.dark }).check();
  expect(await ground()).toBe(grounds['dark']);
  expect(await faults(tab)).toEqual([]);
  await page.reload();
  await choice.waitFor();
  expect(await choice.getByRole('radio', { name: themes.dark }).isChecked()).toBe(true);
  expect(await ground()).toBe(grounds['dark']);
  await choice.getByRole('radio', { name: themes.system }).check();
  expect(await ground()).toBe(grounds['light']);
  await page.emulateMedia({ colorScheme: null });
});

test('? opens the keyboard shortcuts where no field has the focus, until that is turned off', async () => {
  const list = tab.page.getByRole('dialog', { name: shortcuts.title });
  const opener = tab.page.getByRole('button', { name: shortcuts.open });
  const secret = part(keys.title).getByLabel(keys.key, { exact: true });
  await secret.focus();
  await tab.page.keyboard.press('?');
  expect(await secret.inputValue()).toBe('?');
  await secret.fill('');
  expect(await list.count()).toBe(0);
  await opener.focus();
  await tab.page.keyboard.press('?');
  await list.getByText('Ctrl').first().waitFor();
  expect(await faultsInAllLooks(tab)).toEqual([]);
  await list.getByLabel(shortcuts.byKey).uncheck();
  await tab.page.keyboard.press('Escape');
  expect(await opener.evaluate(element => element === document.activeElement)).toBe(true);
  await tab.page.keyboard.press('?');
  expect(await list.count()).toBe(0);
  await opener.click();
  await list.getByLabel(shortcuts.byKey).check();
  await tab.page.keyboard.press('Escape');
});

test('installing is offered where the browser offers it, said by hand on a phone of Apple, and gone when done', async () => {
  const own = part(install.title);
  expect(await own.count()).toBe(0);
  const offer = () => {
    const event = new Event('beforeinstallprompt', { cancelable: true });
    const asked = async () => ({ outcome: 'accepted' });
    dispatchEvent(Object.assign(event, { prompt: asked }));
    return event.defaultPrevented;
  };
  expect(await tab.page.evaluate(offer)).toBe(true);
  const ask = own.getByRole('button', { name: install.install });
  await ask.waitFor();
  expect(await faults(tab)).toEqual([]);
  await ask.click();
  await expect.poll(() => own.count()).toBe(0);
  expect(await tab.page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
  await tab.page.evaluate(offer);
  await ask.waitFor();
  await tab.page.evaluate(() => dispatchEvent(new Event('appinstalled')));
  await expect.poll(() => own.count()).toBe(0);

  const userAgent =
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1';
  const phone = await world.openTab('phone', '#/settings', { userAgent });
  await phone.page.getByText(install.byShare).waitFor();
  await phone.context.close();
});

test('what is taken away takes a second tap, and everything begins anew', async () => {
  await tab.page.getByRole('radio', { name: words.settings.contrasts.more }).check();
  expect(await tab.page.locator('html').getAttribute('data-contrast')).toBe('more');
  await button(reset.title, reset.what.chats).click();
  await button(reset.title, words.cancel).click();
  await button(reset.title, reset.what.chats).click();
  await button(reset.title, reset.now(reset.what.chats)).click();
  await part(reset.title).getByText(reset.done(reset.what.chats)).waitFor();
  const before = await tab.page.evaluate(() => performance.timeOrigin);
  await button(reset.title, reset.what.everything).click();
  await button(reset.title, reset.now(reset.what.everything)).click();
  await expect
    .poll(() => tab.page.evaluate(() => performance.timeOrigin).catch(() => before))
    .not.toBe(before);
  await part(keys.title).waitFor();
  expect(await tab.page.locator('html').getAttribute('data-contrast')).toBeNull();
});
