/** Pods of tabs in a real Chromium for benchmarks, worked as a person does. */
import type { Page } from 'playwright-core';

/** Leaves the pod of the process, so that only tabs are members, has all of them take part, and answers the invite link. */
export async function newPod(page: Page): Promise<string> {
  await page.getByRole('link', { name: 'Pod' }).click();
  await page.getByRole('button', { name: 'Leave pod' }).click();
  await page.getByRole('button', { name: 'Create pod' }).click();
  await page.getByRole('radio', { name: /^Wide/ }).check();
  return page.getByLabel('Invite link').inputValue();
}

export async function join(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.getByRole('button', { name: 'Join pod' }).click();
}

export async function waitForMembers(page: Page, count: number): Promise<void> {
  const held = page.getByRole('list', { name: 'Members' }).getByText(/^Holds layer/);
  while ((await held.count()) < count) await page.waitForTimeout(100);
}

export interface Pace {
  /** From the first piece of text in the page to the last, which it draws every 60 ms. */
  readonly drawnMs: number;
  /** As the page itself tells it, in whole tokens a second. */
  readonly toldMs: number;
}

/** Milliseconds a token of each answer. */
export async function tokenTimes(page: Page, question: string, runs: number): Promise<Pace[]> {
  await page.getByRole('link', { name: 'Chat' }).click();
  const paces: Pace[] = [];
  for (let run = 0; run < runs; run++) {
    const index = await page.getByRole('article').count();
    await page.getByRole('textbox', { name: 'Message' }).fill(question);
    const watched = page.evaluate(watchAnswer, index);
    await page.getByRole('button', { name: 'Send' }).click();
    // Only then: Playwright looks for what it waits for in every frame, which takes a page more than its answer does.
    const spanMs = await watched;
    const figures = await page
      .getByRole('article')
      .nth(index)
      .getByText(/tokens\/s/)
      .innerText();
    const tokens = Number(/(\d+) tokens/.exec(figures)![1]);
    const rate = Number(/([\d.]+) tokens\/s/.exec(figures)![1]);
    paces.push({ drawnMs: spanMs / (tokens - 1), toldMs: 1000 / rate });
  }
  await page.getByRole('link', { name: 'Pod' }).click();
  return paces;
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
