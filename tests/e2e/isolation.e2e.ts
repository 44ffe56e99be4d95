import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { words } from '../../src/app/strings.ts';
import { startHubServer } from '../hub/hub-server.ts';
import { answerOnOneDevice } from './one-device.ts';
import { ask, World } from './world.ts';

const question = 'What is a pod?';
let world: World;

beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world?.stop());

test('the page shares memory with its workers, so that the CPU computes with threads', async () => {
  const tab = await world.openTab('threaded', '#/network');
  await tab.page.getByText(/^CPU \(wasm (relaxed )?SIMD, [2-8] threads\)/).waitFor({ timeout: 30_000 });
  expect(await tab.page.evaluate(() => crossOriginIsolated)).toBe(true);
  await tab.page.getByRole('link', { name: words.rail.chat, exact: true }).click();
  const article = await ask(tab, question);
  await expect
    .poll(() => article.innerText(), { timeout: 60_000 })
    .toContain(await answerOnOneDevice(question));
  expect(tab.errors).toEqual([]);
  await tab.context.close();
});

test('an isolated page reads a model of another origin, by way of a redirect to a third', async () => {
  const name = 'tiny-qwen3-q4_k_m';
  const hub = await startHubServer();
  hub.put(`house/tiny/${name}.gguf`, await readFile(`tests/fixtures/${name}.gguf`));
  const tab = await world.openTab('reader', '#/pod');
  await tab.page.getByRole('button', { name: words.podEnd.leave }).click();
  await tab.page.getByRole('link', { name: words.rail.models, exact: true }).click();
  await tab.page.getByLabel(words.models.source).fill(`${hub.origin}/house/tiny/resolve/main/${name}.gguf`);
  await tab.page.getByRole('button', { name: words.models.open }).click();
  const card = tab.page.getByRole('listitem').filter({ hasText: name });
  await card.getByRole('button', { name: words.models.runHere }).click();
  await card.getByText(words.models.servedAlone).waitFor();
  await tab.page.getByRole('link', { name: words.rail.chat, exact: true }).click();
  await tab.page.getByLabel(words.chat.model).selectOption({ label: name });
  const article = await ask(tab, 'Hello');
  await article.locator('[data-answer]').waitFor({ timeout: 60_000 });
  await tab.page.keyboard.press('Escape');
  expect(hub.preflights).toEqual([]);
  expect(tab.errors).toEqual([]);
  await tab.context.close();
  await hub.close();
});
