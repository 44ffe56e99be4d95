import { afterAll, beforeAll, expect, test } from 'vitest';
import { words } from '../../src/app/strings.ts';
import { type Tab, World } from '../e2e/world.ts';
import { faults, faultsInAllLooks, overflowing } from './faults.ts';

const question = 'What is a pod?';
const pages = ['chat', 'models', 'pod', 'network', 'contribute', 'settings'] as const;
/** The chunk with libp2p in it, which main.ts imports after the first frame. */
const peerCode = /\/assets\/browser-[^/]*\.js$/;
let world: World;

beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world?.stop());

const message = ({ page }: Tab) => page.getByRole('textbox', { name: 'Message' });
const lastAnswer = ({ page }: Tab) => page.getByRole('article').last();
const chip = ({ page }: Tab) => page.locator('footer').getByRole('status');
const connected = (tab: Tab) =>
  expect.poll(() => chip(tab).innerText(), { timeout: 30_000 }).toMatch(/^\d+ peers?$/);

/** A browser of its own, before it has opened the app. */
const newContext = async (name: string) => (await world.openTab(name, 'tabmesh.json')).context;

async function wholeAnswer(tab: Tab): Promise<string> {
  await lastAnswer(tab).getByText('tokens/s').waitFor({ timeout: 60_000 });
  return lastAnswer(tab).locator('[data-answer]').innerText();
}

test('the page is typed in and sends before the network code has come', async () => {
  const context = await newContext('early');
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  await context.route(peerCode, async route => {
    await held;
    await route.continue();
  });
  const tab = await world.openTabIn(context);
  await expect.poll(() => message(tab).evaluate(box => box === document.activeElement)).toBe(true);
  await tab.page.keyboard.type('What is');
  await tab.page.keyboard.press('Shift+Enter');
  await tab.page.keyboard.type('a pod?');
  expect(await message(tab).inputValue()).toBe('What is\na pod?');
  await message(tab).fill(question);
  await tab.page.keyboard.press('Enter');
  await lastAnswer(tab).getByText(words.chat.startingPeer).waitFor();
  expect(await chip(tab).innerText()).toBe('Connecting');
  const steps = lastAnswer(tab).getByRole('list', { name: words.chat.stepsLabel }).getByRole('listitem');
  expect(await steps.allInnerTexts()).toEqual(Object.values(words.chat.steps));
  expect(await steps.first().getAttribute('aria-current')).toBe('step');
  // Streamed text is read by nobody who did not ask for it; that it begins and ends is told.
  expect(await tab.page.getByRole('log').getAttribute('aria-live')).toBe('off');
  const told = tab.page.locator('.page > [aria-live="polite"]');
  expect(await told.innerText()).toBe(words.chat.answering);
  release();
  expect(await wholeAnswer(tab)).toContain('A pod is');
  expect(await told.innerText()).toBe(words.chat.complete);
  await connected(tab);
  expect(tab.errors).toEqual([]);
  await context.close();
});

test('what the page loads before it can be typed in is small', async () => {
  const html = await (await fetch(world.server.url)).text();
  const scripts = [...html.matchAll(/(?:src|href)="([^"]+\.js)"/g)].map(match => match[1]!);
  expect(scripts.length).toBeGreaterThan(0);
  const sizes = scripts.map(async path => {
    const response = await fetch(new URL(path, world.server.url));
    return (await response.arrayBuffer()).byteLength;
  });
  const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  expect(total, 'bytes of script, not compressed').toBeLessThan(200_000);
});

test('a start that fails keeps the question, says why, and goes on when tried again', async () => {
  const context = await newContext('unlucky');
  await context.route(peerCode, route => route.abort());
  const tab = await world.openTabIn(context);
  await message(tab).fill(question);
  await tab.page.getByRole('button', { name: 'Send' }).click();
  await lastAnswer(tab).getByRole('alert').waitFor();
  expect(await chip(tab).innerText()).toBe('Offline');
  await tab.page.getByText(question, { exact: true }).waitFor();
  await context.unroute(peerCode);
  await lastAnswer(tab).getByRole('button', { name: 'Try again' }).click();
  expect(await wholeAnswer(tab)).toContain('A pod is');
  await context.close();
});

test('Stop keeps the text, and the answer can be asked for again', async () => {
  const tab = await world.openTab('stopper');
  await connected(tab);
  await message(tab).fill(question);
  await tab.page.getByRole('button', { name: 'Send' }).click();
  const text = lastAnswer(tab).locator('[data-answer]');
  await text.waitFor();
  await tab.page.getByRole('button', { name: 'Stop' }).click();
  await lastAnswer(tab).getByText(words.chat.stopped).waitFor();
  const kept = await text.innerText();
  expect(kept.length).toBeGreaterThan(0);
  expect(await message(tab).evaluate(box => box === document.activeElement)).toBe(true);
  await lastAnswer(tab).getByRole('button', { name: 'Try again' }).click();
  const whole = await wholeAnswer(tab);
  expect(whole.startsWith(kept)).toBe(true);
  expect(whole.length).toBeGreaterThan(kept.length);
  expect(tab.errors).toEqual([]);
  await tab.context.close();
});

test('a pod by invite: what is shared is shown before the tap, and the secret leaves the address', async () => {
  const host = await world.openTab('host', '#/pod');
  await connected(host);
  await host.page.getByLabel('Pod name').fill('Garden');
  await host.page.getByRole('button', { name: 'Create pod' }).click();
  await host.page.getByRole('heading', { name: 'Garden', exact: true }).waitFor();
  // The first link takes no further tap.
  const link = await host.page.getByLabel('Invite link').inputValue();

  const guest = await world.openTab('guest', link.slice(link.indexOf('#')));
  const members = ({ page }: Tab) => page.getByRole('list', { name: 'Members' }).getByRole('listitem');
  await guest.page.getByRole('heading', { name: 'Join Garden' }).waitFor();
  await guest.page.getByText(words.join.notYet).waitFor();
  const inviter = await members(host).getByRole('button').first().innerText();
  for (const said of [words.join.lead(inviter), words.join.reads, ...words.join.shares])
    await guest.page.getByText(said, { exact: true }).waitFor();
  await guest.page
    .getByText(/^guide: about [\d.]+ .?B of layers to fetch and hold\..* its head too, [\d.]+ .?B\.$/)
    .waitFor();
  await guest.page.getByText(/The invite is for 1 peer, until \w{3} \d+, \d{4}, \d+:\d\d [AP]M\.$/).waitFor();
  expect(await faultsInAllLooks(guest)).toEqual([]);
  expect(await members(host).count()).toBe(1);
  await guest.page.getByLabel(words.lending.label).selectOption(words.lending.nothing);
  await guest.page.getByRole('button', { name: 'Join pod' }).click();
  await guest.page.getByRole('heading', { name: 'Garden', exact: true }).waitFor();
  expect(guest.page.url()).toMatch(/#\/pod$/);
  for (const tab of [host, guest]) {
    await expect.poll(() => members(tab).count()).toBe(2);
    await members(tab).getByText(words.pod.lendsNothing).waitFor();
    await members(tab).getByText(words.pod.direct).waitFor();
  }
  await guest.page.getByRole('button', { name: 'Leave pod' }).click();
  await guest.page.getByText(words.pod.alone).waitFor();
  await expect.poll(() => members(host).count()).toBe(1);

  for (const broken of [
    '#join=broken',
    '#/join/garbage',
    '#join',
    '#Join%3Dbroken',
    `#/${link.split('#')[1]!.slice(0, 80)}`,
  ]) {
    await guest.page.goto(world.server.url + broken);
    const alert = guest.page.getByRole('alert');
    await alert.getByText(words.join.bad).waitFor();
    expect(await alert.innerText(), broken).toContain(words.join.copyWhole);
    expect(await guest.page.getByRole('button', { name: 'Join pod' }).count()).toBe(0);
  }
  expect(await faultsInAllLooks(guest)).toEqual([]);
  await guest.page.getByRole('button', { name: words.join.toPod }).click();
  expect(guest.page.url()).toMatch(/#\/pod$/);
  for (const tab of [host, guest]) {
    expect(tab.errors).toEqual([]);
    await tab.context.close();
  }
});

test('a double click makes one pod, and leaving it keeps the focus on the page', async () => {
  const tab = await world.openTab('hasty', '#/pod');
  await connected(tab);
  const name = tab.page.getByLabel('Pod name');
  await tab.page.getByRole('heading', { name: 'This machine', exact: true }).waitFor();
  expect(await name.inputValue()).toBe('');
  await name.fill('Garden');
  await tab.page.getByRole('button', { name: 'Create pod' }).dblclick();
  await tab.page.getByRole('heading', { name: 'Garden', exact: true }).waitFor();
  await expect.poll(() => name.inputValue()).toBe('');
  expect(await tab.page.getByRole('button', { name: 'Create pod' }).isDisabled()).toBe(true);
  expect(await tab.page.getByRole('heading', { level: 1 }).innerText()).toBe('Garden');
  await tab.page.getByRole('button', { name: 'Leave pod' }).click();
  await tab.page.getByText(words.pod.alone).waitFor();
  await expect.poll(() => tab.page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
  await tab.context.close();
});

test('a dropped file runs after leaving the pod, and a phone shows the whole composer beside its long name', async () => {
  const tab = await world.openTab('dropper', '#/models');
  await connected(tab);
  await tab.page.locator('input[type=file]').setInputFiles('tests/fixtures/tiny-qwen3-q4_k_m.gguf');
  const card = tab.page.getByRole('listitem').filter({ hasText: 'tiny-qwen3-q4_k_m' });
  const run = card.getByRole('button', { name: words.models.leaveAndRun });
  await run.waitFor();
  await tab.page.goto(`${world.server.url}#/chat`);
  const option = tab.page.locator('option', { hasText: 'tiny-qwen3-q4_k_m' });
  expect(await option.isDisabled()).toBe(true);
  await tab.page.goto(`${world.server.url}#/models`);
  await run.click();
  await card.getByText(words.models.servedAlone).waitFor();
  await tab.page.goto(`${world.server.url}#/chat`);
  await tab.page.setViewportSize({ width: 360, height: 740 });
  await tab.page.getByLabel(words.chat.model).selectOption({ label: 'tiny-qwen3-q4_k_m' });
  await message(tab).fill('Hello');
  await tab.page.getByRole('button', { name: 'Send' }).click();
  await lastAnswer(tab).locator('[data-answer]').waitFor({ timeout: 60_000 });
  await tab.page.keyboard.press('Escape');
  await lastAnswer(tab)
    .getByText(/^Ran in this tab, on CPU .+\.$/)
    .waitFor();
  await tab.page.getByRole('button', { name: words.chat.newChat }).waitFor();
  expect(await tab.page.evaluate(overflowing)).toEqual([]);
  expect(tab.errors).toEqual([]);
  await tab.context.close();
});

test('a question that is too long is folded, comes back into the box, and is not tried again', async () => {
  const tab = await world.openTab('writer');
  await connected(tab);
  const long = 'pods and tabs '.repeat(500).trim();
  await message(tab).fill(long);
  await tab.page.keyboard.press('Enter');
  await lastAnswer(tab).getByRole('alert').waitFor({ timeout: 60_000 });
  expect(await message(tab).inputValue()).toBe(long);
  expect(await lastAnswer(tab).getByRole('button', { name: 'Try again' }).count()).toBe(0);
  await tab.page.getByRole('button', { name: words.chat.showAll(long.length) }).click();
  await tab.page.getByText(long, { exact: true }).waitFor();
  await tab.context.close();
});

test('a window that is a few lines high scrolls, and its log keeps room', async () => {
  const tab = await world.openTab('reader-low');
  for (const [width, height] of [
    [320, 256],
    [360, 380],
    [740, 360],
  ] as const) {
    await tab.page.setViewportSize({ width, height });
    const log = await tab.page.locator('.log').evaluate(element => element.clientHeight);
    expect(log, `${width} x ${height}`).toBeGreaterThan(140);
    const bottom = await tab.page.getByRole('contentinfo').evaluate(footer => {
      footer.scrollIntoView();
      return footer.getBoundingClientRect().bottom;
    });
    expect(bottom, `${width} x ${height}`).toBeLessThanOrEqual(height);
  }
  await tab.context.close();
});

test('a file is read on this device, and a file that is no model gets a reason', async () => {
  const tab = await world.openTab('opener', '#/models');
  await connected(tab);
  const chooser = tab.page.locator('input[type=file]');
  await chooser.setInputFiles('tests/fixtures/tiny-qwen3-q4_k_m.gguf');
  const card = tab.page.getByRole('listitem').filter({ hasText: 'tiny-qwen3-q4_k_m' });
  await card.getByText('Q4_K, Q6_K').waitFor();
  await card.getByText(words.models.notShareable('This machine')).waitFor();
  await chooser.setInputFiles({
    name: 'poem.gguf',
    mimeType: 'text/plain',
    buffer: Buffer.from('no model'.repeat(9)),
  });
  await tab.page.getByRole('alert').waitFor();
  expect(tab.errors).toEqual([]);
  await tab.context.close();
});

test('a file that is dropped anywhere never takes the place of the page, and a model is opened', async () => {
  const tab = await world.openTab('thrower', '#/models');
  await connected(tab);
  const drop = () =>
    tab.page.evaluate(() => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(['no model'.repeat(9)], 'poem.gguf'));
      const [over, dropped] = ['dragover', 'drop'].map(
        kind => new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer }),
      );
      return [over!, dropped!].map(event => !document.body.dispatchEvent(event));
    });
  await tab.page.getByRole('button', { name: words.models.file }).waitFor();
  expect(await drop()).toEqual([true, true]);
  await tab.page.getByRole('alert').waitFor();
  for (const page of pages.filter(each => each !== 'models')) {
    await tab.page.goto(`${world.server.url}#/${page}`);
    await tab.page.getByRole('heading', { level: 1 }).waitFor();
    expect(await drop(), page).toEqual([true, true]);
  }
  await tab.context.close();
});

test('a page that is slow to come says so, and one that does not come is tried again', async () => {
  const tab = await world.openTab('patient');
  await connected(tab);
  const code = /\/assets\/ModelsPage-[^/]*\.js$/;
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  await tab.context.route(code, async route => {
    await held;
    await route.abort();
  });
  await tab.page.getByRole('link', { name: words.rail.models, exact: true }).click();
  await tab.page.getByText(words.pageLoading).waitFor();
  release();
  const alert = tab.page.getByRole('alert').filter({ hasText: words.pageFailed });
  await alert.waitFor();
  await tab.context.unroute(code);
  await alert.getByRole('button', { name: words.tryAgain }).click();
  await tab.page.getByRole('heading', { level: 1, name: words.models.title }).waitFor();
  await tab.context.close();
});

for (const theme of ['light', 'dark'] as const) {
  test(`every page is accessible and fits a narrow phone and a desk, ${theme}`, async () => {
    const tab = await world.openTab(`reader-${theme}`);
    await connected(tab);
    await tab.page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await message(tab).fill(question);
    await tab.page.keyboard.press('Enter');
    await wholeAnswer(tab);
    for (const width of [360, 1440]) {
      await tab.page.setViewportSize({ width, height: 800 });
      for (const page of pages) {
        await tab.page.goto(`${world.server.url}#/${page}`);
        const where = `${page} at ${width} px`;
        await tab.page
          .getByRole('link', { name: words.rail[page] })
          .and(tab.page.locator('[aria-current]'))
          .waitFor();
        await tab.page.getByRole('heading', { level: 1 }).waitFor();
        expect(await tab.page.evaluate(overflowing), where).toEqual([]);
        expect(await faults(tab), where).toEqual([]);
      }
    }
    await tab.context.close();
  });
}
