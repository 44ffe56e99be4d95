import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';

/**
 * The most memory that any renderer of the browser has held so far, in bytes, as the system counts it: what a page's heap, its
 * workers and its WebAssembly memories really took, also for a moment only. NaN where the system has no /proc.
 */
export async function peakRendererBytes(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const renderers = processInfo.filter(({ type }) => type === 'renderer');
  const peaks = await Promise.all(renderers.map(({ id }) => peakBytes(id)));
  return Math.max(...peaks);
}

async function peakBytes(processId: number): Promise<number> {
  const status = await readFile(`/proc/${processId}/status`, 'utf8').catch(() => '');
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? Number.NaN) * 1024;
}
