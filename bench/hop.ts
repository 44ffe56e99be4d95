/**
 * What one more peer costs a token over real WebRTC: two tabs of one Chromium split the embedded model, against one
 * tab that holds all of it. Both compute on the CPU, one after the other, so the difference is the way there and back.
 */
import type { Page } from 'playwright-core';
import { World } from '../tests/e2e/world.ts';
import { median, type Row } from './row.ts';

const runs = 5;
const question = 'What is a pod?';

export async function hop(): Promise<Row[]> {
  const world = await World.start();
  try {
    const one = await world.openTab('bench-one');
    const link = await newPod(one.page);
    const alone = await tokenMs(one.page);
    const two = await world.openTab('bench-two');
    await join(two.page, link);
    await waitForMembers(one.page, 2);
    const shared = await tokenMs(one.page);
    return [
      { name: 'hop/token-ms/1-tab', value: alone, unit: 'ms' },
      { name: 'hop/token-ms/2-tabs', value: shared, unit: 'ms' },
      { name: 'hop/added-ms', value: shared - alone, unit: 'ms' },
    ];
  } finally {
    await world.stop();
  }
}

/** Leaves the pod of the process, so that only tabs are members, and answers the invite link. */
async function newPod(page: Page): Promise<string> {
  await page.getByRole('link', { name: 'Pod' }).click();
  await page.getByRole('button', { name: 'Leave pod' }).click();
  await page.getByRole('button', { name: 'Create pod' }).click();
  await page.getByRole('button', { name: 'Invite' }).click();
  return page.getByLabel('Invite link').inputValue();
}

async function join(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.getByRole('button', { name: 'Join pod' }).click();
}

async function waitForMembers(page: Page, count: number): Promise<void> {
  const held = page.getByRole('list', { name: 'Members' }).getByText(/^Holds layer/);
  while ((await held.count()) < count) await page.waitForTimeout(100);
}

/** From the first piece of text in the page to the last, by the number of tokens that the page tells. */
async function tokenMs(page: Page): Promise<number> {
  await page.getByRole('link', { name: 'Chat' }).click();
  const values: number[] = [];
  for (let run = 0; run <= runs; run++) {
    const index = await page.getByRole('article').count();
    await page.getByRole('textbox', { name: 'Message' }).fill(question);
    const spanMs = page.evaluate(watchAnswer, index);
    await page.getByRole('button', { name: 'Send' }).click();
    const figures = await page
      .getByRole('article')
      .nth(index)
      .getByText(/tokens\/s/)
      .innerText({ timeout: 120_000 });
    const tokens = Number(/(\d+) tokens/.exec(figures)![1]);
    // The first answer also loads layers.
    if (run > 0) values.push((await spanMs) / (tokens - 1));
  }
  await page.getByRole('link', { name: 'Pod' }).click();
  return median(values);
}

/** Runs in the page: milliseconds from the first to the last change of answer `index`, once it is complete. */
function watchAnswer(index: number): Promise<number> {
  return new Promise(resolve => {
    let first = 0;
    let last = 0;
    let text = '';
    const observer = new MutationObserver(() => {
      const article = document.querySelectorAll('article')[index];
      const now = article?.querySelector('[data-answer]')?.textContent?.trim() ?? '';
      if (now && now !== text) {
        last = performance.now();
        first ||= last;
        text = now;
      }
      if (!article?.textContent?.includes('tokens/s')) return;
      observer.disconnect();
      resolve(last - first);
    });
    observer.observe(document.body, { childList: true, subtree: true, characterData: true });
  });
}
