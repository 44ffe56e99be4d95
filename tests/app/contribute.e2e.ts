import type { Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { words } from '../../src/app/strings.ts';
import { ask, type Tab, World } from '../e2e/world.ts';
import { faults, overflowing } from './faults.ts';

const text = words.contribute;
let world: World;

beforeAll(async () => {
  world = await World.start();
});
afterEach(() => world.closeTabs());
afterAll(() => world?.stop());

const button = ({ page }: Tab, name: string) => page.getByRole('button', { name });
const inFooter = ({ page }: Tab, said: string) =>
  page.getByRole('contentinfo').getByText(said).filter({ visible: true });
const told = (...sliders: Locator[]) =>
  Promise.all(sliders.map(slider => slider.getAttribute('aria-valuetext')));
/** What the process sees of the one tab in its pod. */
const lent = () => world.pod.members.find(({ id }) => id !== world.pod.self)?.memoryBytes;

test('presets and amounts hold at once, stopping ends it, and all is as it was after a reload', async () => {
  const tab = await world.openTab('lender', '#/contribute');
  const { page } = tab;
  await button(tab, text.start).click();
  await world.podIs(() => lent() === 1e9);
  await page.getByRole('radio', { name: text.presets.gentle }).check();
  await world.podIs(() => lent() === 5e8);

  const memory = page.getByRole('slider', { name: text.memory });
  await memory.focus();
  await page.keyboard.press('ArrowRight');
  await world.podIs(() => lent() === 1e9);
  expect(await memory.getAttribute('aria-valuetext')).toBe('1.0 GB');
  expect(await page.getByRole('radio', { name: text.presets.own }).isChecked()).toBe(true);

  const disk = page.getByRole('slider', { name: text.diskLabel });
  await disk.focus();
  await page.keyboard.press('ArrowLeft');
  await page.getByText(/layers for others fill it up to 1\.0 GB/).waitFor();
  expect(await disk.getAttribute('aria-valuetext')).toBe('1.0 GB');

  const share = page.getByRole('slider', { name: text.computeShare });
  const upload = page.getByRole('slider', { name: text.upload });
  expect(await told(share, upload)).toEqual(['30 %', '1.0 MB/s']);
  await share.focus();
  await page.keyboard.press('ArrowLeft');
  await upload.focus();
  await page.keyboard.press('ArrowRight');
  await expect
    .poll(() => told(share, upload, memory, disk))
    .toEqual(['20 %', '2.0 MB/s', '1.0 GB', '1.0 GB']);

  await button(tab, text.finish).click();
  await button(tab, text.start).waitFor();
  await world.podIs(() => lent() === 0);
  await page.getByRole('contentinfo').getByText('This tab lends nothing').waitFor();
  await page.reload();
  await button(tab, text.start).waitFor();
  expect(await told(share, upload, memory, disk)).toEqual(['20 %', '2.0 MB/s', '1.0 GB', '1.0 GB']);
  await button(tab, text.start).click();
  await world.podIs(() => lent() === 1e9);
  await button(tab, text.stop).click();
  await world.podIs(() => lent() === 0);
  expect(tab.errors).toEqual([]);
});

for (const width of [360, 1440]) {
  test(`nothing is lent or fetched before the tap that says how much, at ${width} px, and a no is kept`, async () => {
    const name = `newcomer-${width}`;
    const tab = await world.openTab(name, '', { viewport: { width, height: 800 }, serviceWorkers: 'block' });
    const { page } = tab;
    const offer = page.getByText(text.offer(1e9));
    await offer.waitFor();
    await world.podIs(({ members }) => members.length === 2);
    expect(await page.evaluate(overflowing)).toEqual([]);
    expect(await faults(tab)).toEqual([]);
    const answer = await ask(tab, 'What is a pod?');
    await answer.getByText('tokens/s').waitFor({ timeout: 60_000 });
    expect(lent()).toBe(0);

    await button(tab, words.chat.newChat).click();
    await button(tab, text.lendNothing).click();
    await offer.waitFor({ state: 'detached' });
    await page.reload();
    await page.getByText(words.chat.guideIs).waitFor();
    await world.podIs(({ members }) => members.length === 2);
    expect(await offer.count()).toBe(0);

    const other = await world.openTab(`${name}-too`, '', { viewport: { width, height: 800 } });
    await button(other, text.lend(1e9)).click();
    await world.podIs(({ members }) =>
      members.some(({ id, memoryBytes }) => id !== world.pod.self && memoryBytes === 1e9),
    );
    await expect.poll(() => other.page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
    expect([...tab.errors, ...other.errors]).toEqual([]);
  });
}

test('what others computed here is counted, and named where it waits', async () => {
  const lender = await world.openLender('giver', '#/contribute');
  const asker = await world.openLender('asker');
  // Of a plan that is not carried out yet, a chain may leave this tab out.
  await world.podIs(state => world.held(state)?.size === 3);
  const answer = await ask(asker, 'What is a pod?');
  await answer.getByText('tokens/s').waitFor({ timeout: 60_000 });
  await answer.getByText(/^Ran over [23] peers: .*\(layers? \d.* and .*\(layers? \d.*\)\.$/).waitFor();
  const given = lender.page.getByRole('region', { name: text.given });
  await given.getByText(text.rows, { exact: true }).waitFor();
  await given.getByText(/through layers here, for \d peer/).waitFor();
  for (const tab of [lender, asker]) {
    expect(tab.errors).toEqual([]);
  }
});

/** Asks the process, whose answers go through the one tab, too. */
async function askProcess(): Promise<ReadableStreamDefaultReader<string>> {
  const response = await fetch(`${world.server.url}v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'guide',
      temperature: 0,
      stream: true,
      messages: [{ role: 'user', content: 'What is a pod?' }],
    }),
  });
  return response.body!.pipeThrough(new TextDecoderStream()).getReader();
}

/** What is still to come of an answer, after `said`. */
async function rest(pieces: ReadableStreamDefaultReader<string>, said: string): Promise<string> {
  let all = said;
  for (let piece = await pieces.read(); !piece.done; piece = await pieces.read()) all += piece.value;
  return all;
}

const textOf = (events: string): string =>
  events
    .split('\n')
    .filter(line => line.startsWith('data: {'))
    .map(line => JSON.parse(line.slice('data: '.length)).choices[0]?.delta?.content ?? '')
    .join('');

test('others’ answer ends here after Finish, and elsewhere with the same words after Stop', async () => {
  const ended = [];
  for (const how of ['finish', 'stop'] as const) {
    // A simulated GPU takes tens of milliseconds a token, so that there is a middle of an answer.
    const tab = await world.openLender(how, '?gpu=software#/contribute');
    await world.podIs(state => world.held(state)?.size === 2);
    const state = tab.page.getByRole('region', { name: text.stateTitle, exact: true });
    const given = tab.page.getByRole('region', { name: text.given }).getByText(/through layers here/);
    const pieces = await askProcess();
    const { value } = await pieces.read();
    await given.waitFor();
    await button(tab, text[how]).click();
    if (how === 'finish')
      await state.getByText(`${text.state({ kind: 'ending', answers: 1 }, 0)}.`).waitFor();
    const said = await rest(pieces, value!);
    await state.getByText(`${text.state({ kind: 'off' }, 0)}.`).waitFor();
    expect(said).toContain('[DONE]');
    ended.push({ text: textOf(said), rows: Number.parseInt(await given.innerText(), 10) });
    expect(tab.errors).toEqual([]);
    await tab.context.close();
  }
  const [finished, stopped] = ended;
  expect(finished!.text).toContain('A pod is');
  expect(stopped!.text).toBe(finished!.text);
  expect(stopped!.rows).toBeLessThan(finished!.rows);
});

test('a tab that is hidden for a minute goes on, says so, and is counted as slower by the others', async () => {
  const tab = await world.openLender('background', '#/contribute');
  const { page } = tab;
  const become = (visibility: 'hidden' | 'visible') =>
    page.evaluate(value => {
      // No window of this browser is ever covered, and no test waits a minute: the timer that begins here ends at once.
      const real = window.setTimeout;
      Object.assign(window, { setTimeout: (call: () => void) => real(call, 0) });
      Object.defineProperty(document, 'visibilityState', { value, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
      Object.assign(window, { setTimeout: real });
    }, visibility);
  const isSlow = () => world.pod.members.some(({ hidden }) => hidden);
  const slow = page.getByRole('region', { name: text.stateTitle, exact: true }).getByText(text.slowed.hidden);
  await world.podIs(() => lent() === 1e9);
  expect([await slow.count(), isSlow()]).toEqual([0, false]);
  await become('hidden');
  await slow.waitFor();
  await world.podIs(() => lent() === 1e9 && isSlow());
  await become('visible');
  await world.podIs(() => !isSlow());
  await expect.poll(() => slow.count()).toBe(0);
  expect(tab.errors).toEqual([]);
});

test('a new version is taken when what others ask through this tab is complete', async () => {
  // A simulated GPU takes tens of milliseconds a token, so that there is a middle of an answer.
  const tab = await world.openLender('updater', '?gpu=software');
  await world.podIs(state => world.held(state)?.size === 2);
  const born = () => tab.page.evaluate(() => performance.timeOrigin);
  const began = await born();
  // The same script under another name: to the browser, a newer one that waits.
  await tab.page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    await navigator.serviceWorker.register('./service-worker.js?newer', { updateViaCache: 'none' });
  });
  const { version } = words;
  await button(tab, version.update).waitFor();
  const pieces = await askProcess();
  const { value } = await pieces.read();
  await tab.page.getByText(version.others(1)).waitFor();
  await button(tab, version.update).click();
  await button(tab, version.now).waitFor();
  await tab.page.getByText(version.finishing(1)).waitFor();
  expect(await born()).toBe(began);
  expect(await rest(pieces, value!)).toContain('[DONE]');
  await expect.poll(() => born().catch(() => began), { timeout: 30_000 }).not.toBe(began);
  expect(tab.errors).toEqual([]);
});

test('outside the hours that its person chose it pauses, and lends again when any hour will do', async () => {
  const tab = await world.openLender('sleeper', '#/contribute');
  const { page } = tab;
  await page.getByLabel(text.hours.only).check();
  const now = new Date().getHours();
  await page.getByRole('combobox', { name: text.hours.from }).selectOption(String((now + 2) % 24));
  await page.getByRole('combobox', { name: text.hours.to }).selectOption(String((now + 3) % 24));
  const state = page.getByRole('region', { name: text.stateTitle, exact: true });
  await state.getByText('Paused: outside the hours that you chose').waitFor();
  await world.podIs(() => lent() === 0);
  for (const width of [360, 1440]) {
    await page.setViewportSize({ width, height: 800 });
    expect(await page.evaluate(overflowing), `${width} px`).toEqual([]);
    expect(await faults(tab), `${width} px`).toEqual([]);
  }
  await page.getByLabel(text.hours.only).uncheck();
  await world.podIs(() => lent() === 1e9);
  expect(tab.errors).toEqual([]);
});

test('on battery it pauses with its reason, and resumes when its person says so', async () => {
  const { context } = await world.openTab('unplugged', 'tabmesh.json');
  // No page can be unplugged from outside: this is all that the browser would say.
  await context.addInitScript(() => {
    const battery = Object.assign(new EventTarget(), { charging: false });
    Object.defineProperty(navigator, 'getBattery', { value: async () => battery });
  });
  const tab = await world.openTabIn(context, '#/contribute');
  await tab.page.getByRole('radio', { name: text.presets.balanced }).check();
  await button(tab, text.start).click();
  const state = tab.page.getByRole('region', { name: text.stateTitle });
  await state.getByText('Paused: on battery').waitFor();
  for (const width of [360, 1440]) {
    await tab.page.setViewportSize({ width, height: 800 });
    // On a phone, too, without unfolding anything.
    await inFooter(tab, 'Paused: on battery').waitFor();
    expect(await tab.page.evaluate(overflowing), `${width} px`).toEqual([]);
    expect(await faults(tab), `${width} px`).toEqual([]);
  }
  await button(tab, text.resume).click();
  await world.podIs(() => lent() === 2e9);
  await state.getByText(text.despite('battery')).waitFor();
  expect(await state.getByRole('heading').evaluate(heading => heading === document.activeElement)).toBe(true);
  expect(tab.errors).toEqual([]);
});

test('while its person types it pauses, gives no memory back for it, and lends again by itself or when told so', async () => {
  const tab = await world.openLender('writer', '#/contribute');
  const { page } = tab;
  await page.getByRole('radio', { name: text.presets.balanced }).check();
  await world.podIs(() => lent() === 2e9);
  await page.getByRole('link', { name: words.rail.chat, exact: true }).click();
  const pause = inFooter(tab, 'Paused: you are typing');
  const box = page.getByRole('textbox', { name: words.chat.message });
  const changes: (number | undefined)[] = [];
  const unfollow = world.server.peer.pod.state.subscribe(() => {
    if (changes.at(-1) !== lent()) changes.push(lent());
  });
  const strip = page.getByRole('contentinfo').getByRole('img');
  await strip.waitFor();
  await page.setViewportSize({ width: 1440, height: 800 });
  const before = await strip.boundingBox();
  const typeUntilPaused = () =>
    expect
      .poll(async () => {
        await box.press('a');
        return pause.count();
      })
      .toBe(1);
  await typeUntilPaused();
  expect(await strip.boundingBox()).toEqual(before);
  expect(await faults(tab)).toEqual([]);
  await pause.waitFor({ state: 'detached' });

  await page.setViewportSize({ width: 360, height: 800 });
  await typeUntilPaused();
  expect(await page.evaluate(overflowing)).toEqual([]);
  await page.setViewportSize({ width: 1440, height: 800 });
  await button(tab, text.resume).click();
  await pause.waitFor({ state: 'detached' });
  expect(await box.evaluate(element => element === document.activeElement)).toBe(true);
  unfollow();
  expect(changes).toEqual([2e9]);
  expect(tab.errors).toEqual([]);
});
