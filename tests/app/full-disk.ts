import type { Page } from 'playwright-core';

/** What this browser is asked to keep meanwhile is refused, as where the disk is full. */
export async function whileFull(page: Page, work: () => Promise<void>): Promise<void> {
  await page.evaluate(() => {
    const { put } = IDBObjectStore.prototype;
    Object.assign(window, { put });
    IDBObjectStore.prototype.put = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
  });
  try {
    await work();
  } finally {
    await page.evaluate(() => {
      IDBObjectStore.prototype.put = Object(window).put;
    });
  }
}
