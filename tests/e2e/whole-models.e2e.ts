/**
 * WebLLM as a route, with a catalogue's files served from here in the place of the Hub: what is shown ends at the first weights, which a
 * library that is compiled for the model would go on to compute with.
 */
import type { BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { words } from '../../src/app/strings.ts';
import { standInLibrary } from './stand-in-library.ts';
import { ask, World } from './world.ts';

const model = 'Llama-3.2-1B-Instruct-q4f32_1-MLC';
const name = `web-llm/${model}`;
const half = 'SmolLM2-360M-Instruct-q4f16_1-MLC';
let world: World;

beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world?.stop());

/** Enough to be a tokenizer to the library that reads it. */
const tokenizer = {
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: [],
  normalizer: null,
  pre_tokenizer: null,
  post_processor: null,
  decoder: null,
  model: { type: 'BPE', vocab: { a: 0, b: 1 }, merges: [], unk_token: null },
};

/** One tensor of 8 bytes in a shard of its own, as the tool that converts models for WebLLM lists them. */
const shard = 'params_shard_0.bin';
const tensor = { name: 'w', shape: [2], dtype: 'float32', format: 'raw', nbytes: 8, byteOffset: 0 };
const weights = {
  metadata: { ParamSize: 1, ParamBytes: 8, BitsPerParam: 32 },
  records: [{ dataPath: shard, format: 'raw-shard', nbytes: 8, records: [tensor] }],
};

/** Answers as the Hub does, with a library that computes nothing, or with none, and without weights. */
async function standIn(context: BrowserContext, library: Buffer | string): Promise<string[]> {
  const asked: string[] = [];
  const headers = { 'access-control-allow-origin': '*' };
  await context.route(/huggingface\.co|githubusercontent\.com/, route => {
    const { pathname } = new URL(route.request().url());
    asked.push(pathname);
    if (pathname.endsWith('/mlc-chat-config.json')) {
      const config = { tokenizer_files: ['tokenizer.json'], vocab_size: 128, context_window_size: 4096 };
      return route.fulfill({ headers, json: config });
    }
    if (pathname.endsWith('.wasm')) return route.fulfill({ headers, body: library });
    if (pathname.endsWith('/tokenizer.json')) return route.fulfill({ headers, json: tokenizer });
    if (pathname.endsWith('/tensor-cache.json')) return route.fulfill({ headers, json: weights });
    return route.fulfill({ headers, status: 404 });
  });
  return asked;
}

test('a model of the catalogue is fetched after it was chosen and asked, and a failure says what to do', async () => {
  const tab = await world.openTab('whole', '#/models');
  const asked = await standIn(tab.context, await standInLibrary());
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
    'tokenizer.json',
    'tensor-cache.json',
    shard,
  ]);

  await page.goto(`${world.server.url}#/models`);
  await page.getByRole('button', { name: words.whole.show }).click();
  await list.getByRole('checkbox', { name: words.whole.drop(name) }).uncheck();
  await page.goto(`${world.server.url}#/chat`);
  await select.focus();
  await expect.poll(() => select.locator('option', { hasText: name }).count()).toBe(0);
  await tab.context.close();
});
