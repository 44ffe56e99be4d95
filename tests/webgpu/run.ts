/**
 * The WebGPU engine in a real Chromium, on the software adapter: `node tests/webgpu/run.ts [PART OF A NAME]`.
 * CHROME_PATH names the browser. Exits with 1 when a case fails.
 */
import { chromium, type Page } from 'playwright-core';
import { chromiumFlags } from '../chromium-flags.ts';
import { servePage } from './serve.ts';

const caseMs = 120_000;
const wanted = process.argv[2] ?? '';

async function runCase(page: Page, index: number): Promise<string | undefined> {
  const late = new Promise<string>(resolve => setTimeout(resolve, caseMs, `no end within ${caseMs} ms`));
  return Promise.race([page.evaluate(index => window.harness.run(index), index), late]);
}

const { server, url } = await servePage();
const browser = await chromium.launch({
  executablePath: process.env['CHROME_PATH'] ?? '/usr/bin/chromium',
  args: [...chromiumFlags],
});
let failed = 0;
let passed = 0;
try {
  const page = await browser.newPage();
  page.on('pageerror', error => {
    failed++;
    console.log(`page error: ${error.message}`);
  });
  await page.goto(url);
  await page.waitForFunction(() => window.harness);
  console.log(`device: ${await page.evaluate(() => window.harness.device())}`);
  const names = await page.evaluate(() => window.harness.names);
  for (const [index, name] of names.entries()) {
    if (!name.includes(wanted)) continue;
    const startedAt = performance.now();
    const fault = await runCase(page, index);
    const ms = (performance.now() - startedAt).toFixed(0).padStart(6);
    console.log(`${fault === undefined ? 'passed' : 'FAILED'} ${ms} ms  ${name}${fault ? `\n${fault}` : ''}`);
    if (fault === undefined) passed++;
    else failed++;
  }
} finally {
  await browser.close();
  server.close();
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
