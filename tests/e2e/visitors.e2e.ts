import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { startServer } from '../../src/node/server.ts';
import { chromiumFlags } from '../chromium-flags.ts';
import { startHttpsProxy } from './https-proxy.ts';

const goToPod = (page: Page) => page.getByRole('link', { name: 'Pod', exact: true }).click();
const members = (page: Page) => page.getByRole('list', { name: 'Members' }).getByRole('listitem');

test('visitors from other machines, behind an https proxy, make a pod of their own and stay out of ours', async () => {
  await using cleanup = new AsyncDisposableStack();
  const dataFolder = await mkdtemp(join(tmpdir(), 'tabmesh-visitors-'));
  cleanup.defer(() => rm(dataFolder, { recursive: true, force: true }));
  const proxy = await startHttpsProxy();
  cleanup.defer(() => proxy.close());
  const origin = `https://tabmesh.example:${proxy.port}`;
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    dataFolder,
    device: 'cpu',
    allowOrigins: [origin],
    allowMachines: false,
  });
  cleanup.defer(() => server.close());
  proxy.target = Number(new URL(server.url).port);
  const browser = await chromium.launch({
    executablePath: process.env['CHROME_PATH'] ?? '/usr/bin/chromium',
    args: [
      ...chromiumFlags,
      '--ignore-certificate-errors',
      '--host-resolver-rules=MAP tabmesh.example 127.0.0.1',
    ],
  });
  cleanup.defer(() => browser.close());
  const visit = async (address: string, options: BrowserContextOptions = {}) => {
    const page = await (await browser.newContext(options)).newPage();
    await page.goto(address);
    return page;
  };

  const one = await visit(origin);
  // Until the relay knows it, its invite names no way to it.
  await expect
    .poll(() => one.getByRole('status').first().innerText(), { timeout: 30_000 })
    .toBe('Relay only');
  await goToPod(one);
  await one.getByRole('button', { name: 'Create pod' }).click();
  const two = await visit(await one.getByLabel('Invite link').inputValue());
  await two.getByRole('button', { name: 'Join pod' }).click();
  await goToPod(two);
  for (const page of [one, two]) await expect.poll(() => members(page).count(), { timeout: 30_000 }).toBe(2);
  expect(server.peer.pod.state.peek().members).toHaveLength(1);
  // With a service worker their own tab would answer them.
  const bare = await visit(origin, { serviceWorkers: 'block' });
  expect(await bare.evaluate(async () => (await fetch('/v1/models')).status)).toBe(403);
});
