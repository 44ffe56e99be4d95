/**
 * WebLLM as a route, with a Hub of our own in the place of the real one. Its models need libraries that are compiled for them, which are
 * not to be had without a network: what is shown ends where the library would fetch weights.
 */
import type { BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { words } from '../../src/app/strings.ts';
import { ask, World } from './world.ts';

const model = 'Llama-3.2-1B-Instruct-q4f32_1-MLC';
const name = `web-llm/${model}`;
const half = 'SmolLM2-360M-Instruct-q4f16_1-MLC';
let world: World;

beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world?.stop());

/** Answers as the Hub does, but for the model's library, which is no WebAssembly. */
async function standIn(context: BrowserContext): Promise<string[]> {
  const asked: string[] = [];
  const headers = { 'access-control-allow-origin': '*' };
  await context.route(/huggingface\.co|githubusercontent\.com/, route => {
    const { pathname } = new URL(route.request().url());
    asked.push(pathname);
    if (pathname.endsWith('/mlc-chat-config.json')) {
      const config = { tokenizer_files: ['tokenizer.json'], vocab_size: 128, context_window_size: 4096 };
      return route.fulfill({ headers, json: config });
    }
    if (pathname.endsWith('.wasm')) return route.fulfill({ headers, body: 'no library' });
    return route.fulfill({ headers, status: 404 });
  });
  return asked;
}

test('a model of the catalogue is fetched after it was chosen and asked, and a failure says what to do', async () => {
  const tab = await world.openTab('whole', '#/models');
  const asked = await standIn(tab.context);
  const { page } = tab;
  await page.getByRole('button', { name: words.whole.show }).click();
  const list = page.getByRole('list', { name: words.whole.listLabel });
  await list.getByRole('checkbox').first().waitFor({ timeout: 60_000 });
  // The simulated GPU has no f16.
  await page.getByRole('searchbox', { name: words.whole.find }).fill(half);
  await expect.poll(() => list.getByRole('checkbox').isDisabled()).toBe(true);
  await page.getByRole('searchbox', { name: words.whole.find }).fill(model);
  await list.getByRole('checkbox', { name: words.whole.choose(name) }).check();
  await list.getByText(words.whole.chosen).waitFor();
  expect(asked).toEqual([]);

  await page.goto(`${world.server.url}#/chat`);
  const select = page.getByLabel(words.chat.model);
  await select.focus();
  await select.selectOption(name);
  await page.getByText('the text stays on this device').waitFor();
  const answer = await ask(tab, 'Hello');
  await answer.getByRole('alert').waitFor({ timeout: 60_000 });
  expect(await answer.getByRole('alert').innerText()).toContain(`WebLLM could not load ${model}`);
  expect(asked.map(path => path.split('/').at(-1))).toEqual([
    'mlc-chat-config.json',
    'Llama-3.2-1B-Instruct-q4f32_1_cs1k-webgpu.wasm',
  ]);

  await page.goto(`${world.server.url}#/models`);
  await page.getByRole('button', { name: words.whole.show }).click();
  await list.getByRole('checkbox', { name: words.whole.drop(name) }).uncheck();
  await page.goto(`${world.server.url}#/chat`);
  await select.focus();
  await expect.poll(() => select.locator('option', { hasText: name }).count()).toBe(0);
  await tab.context.close();
});
