import { afterAll, beforeAll, expect, test } from 'vitest';
import { words } from '../../src/app/strings.ts';
import { idleUpdateMs } from '../../src/base/limits.ts';
import { ask, type Tab, World } from '../e2e/world.ts';

let world: World;

beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world?.stop());

/** As when another tab comes before it: no headless browser covers a page. */
const hide = ({ page }: Tab) =>
  page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { value: true });
    document.dispatchEvent(new Event('visibilitychange'));
  });

/** Gone with the page that it is set on. */
const mark = ({ page }: Tab) => page.evaluate(() => void Object.assign(window, { marked: true }));
const isMarked = ({ page }: Tab) => page.evaluate(() => 'marked' in window).catch(() => true);

test('a version that was left alone is taken when nobody sees the page, and not while anything would be lost', async () => {
  const person = await world.newPerson('away');
  await person.clock.install();
  const tab = await world.openTabIn(person);
  const { page } = tab;
  await world.podIs(({ members }) => members.length === 2);
  const answer = await ask(tab, 'What is a pod?');
  await answer.getByText('tokens/s').waitFor({ timeout: 60_000 });
  // The same script under another name: to the browser, a newer one that waits.
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    await navigator.serviceWorker.register('./service-worker.js?newer', { updateViaCache: 'none' });
  });
  await page.getByRole('button', { name: words.version.update }).waitFor();
  await mark(tab);
  await page.clock.fastForward(idleUpdateMs);
  expect(await isMarked(tab), 'seen').toBe(true);

  const box = page.getByRole('textbox', { name: words.chat.message });
  await box.fill('Not sent yet');
  await hide(tab);
  await page.clock.fastForward(idleUpdateMs);
  expect(await isMarked(tab), 'a draft').toBe(true);
  await box.fill('');

  await page.locator('input[type=file][multiple]').setInputFiles('README.md');
  await page.getByRole('list', { name: words.attachments.list }).waitFor();
  await page.clock.fastForward(idleUpdateMs);
  expect(await isMarked(tab), 'a file that goes with the question').toBe(true);
  await page.getByRole('button', { name: words.attachments.remove('README.md') }).click();

  // What is being written elsewhere than in the chat's own box.
  await page.getByRole('button', { name: words.chat.edit }).click();
  const edited = page.getByRole('textbox', { name: words.chat.editLabel });
  await edited.fill('What is a tab?');
  await page.clock.fastForward(idleUpdateMs);
  expect(await isMarked(tab), 'a question that is edited').toBe(true);
  await edited.press('Escape');

  // Where something was still held at the end of a minute, the next one counts.
  const isMarkedAMinuteLater = async () => {
    await page.clock.fastForward(idleUpdateMs).catch(() => {});
    return isMarked(tab);
  };
  await expect.poll(isMarkedAMinuteLater, { timeout: 30_000 }).toBe(false);
  // The chat is as it was.
  await page.getByRole('article').last().getByText('tokens/s').waitFor();
  expect(await page.getByRole('article').count()).toBe(1);
  expect(tab.errors).toEqual([]);
  await person.close();
});
