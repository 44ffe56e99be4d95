/**
 * WebLLM as a route, with a catalogue's files served from here in the place of the Hub: what is shown ends at the last weights, which a
 * library that is compiled for the model would go on to compute with.
 */
import type { BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { words } from '../../src/app/strings.ts';
import { whileFull } from '../app/full-disk.ts';
import { standInLibrary } from './stand-in-library.ts';
import { ask, World } from './world.ts';

const model = 'Llama-3.2-1B-Instruct-q4f32_1-MLC';
const name = `web-llm/${model}`;
const other = 'Llama-3.2-3B-Instruct-q4f32_1-MLC';
const hosts = ['huggingface.co', 'raw.githubusercontent.com'];
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

/** Tensors of 8 bytes, each in a shard of its own, as the tool that converts models for WebLLM lists them. */
const shards = [0, 1, 2, 3, 4].map(index => `params_shard_${index}.bin`);
const tensor = { shape: [2], dtype: 'float32', format: 'raw', nbytes: 8, byteOffset: 0 };
const weights = {
  metadata: { ParamSize: 5, ParamBytes: 40, BitsPerParam: 32 },
  records: shards.map(dataPath => ({
    ...{ dataPath, format: 'raw-shard', nbytes: 8 },
    records: [{ name: dataPath, ...tensor }],
  })),
};

/** Answers as the Hub does, with a library that computes nothing; the last weights are missing, which it says after `seen`. */
async function standIn(context: BrowserContext, library: Buffer, seen: Promise<void>): Promise<string[]> {
  const asked: string[] = [];
  const headers = { 'access-control-allow-origin': '*' };
  await context.route(/huggingface\.co|githubusercontent\.com/, async route => {
    const { pathname } = new URL(route.request().url());
    asked.push(pathname);
    if (pathname.endsWith('/mlc-chat-config.json')) {
      const config = { tokenizer_files: ['tokenizer.json'], vocab_size: 128, context_window_size: 4096 };
      return route.fulfill({ headers, json: config });
    }
    if (pathname.endsWith('.wasm')) return route.fulfill({ headers, body: library });
    if (pathname.endsWith('/tokenizer.json')) return route.fulfill({ headers, json: tokenizer });
    if (pathname.endsWith('/tensor-cache.json')) return route.fulfill({ headers, json: weights });
    const shard = shards.indexOf(pathname.split('/').at(-1)!);
    if (shard >= 0 && shard < 4) return route.fulfill({ headers, body: Buffer.alloc(8) });
    await seen;
    return route.fulfill({ headers, status: 404 });
  });
  return asked;
}

test('a model of the catalogue is fetched after its size was said and it was asked, is kept, and goes with a reset', async () => {
  const tab = await world.openTab('whole', '#/models');
  const { promise: seen, resolve: goOn } = Promise.withResolvers<void>();
  const asked = await standIn(tab.context, await standInLibrary(), seen);
  const { page } = tab;
  await page.getByRole('button', { name: words.whole.show }).click();
  const list = page.getByRole('list', { name: words.whole.listLabel });
  await list.getByRole('checkbox').first().waitFor({ timeout: 60_000 });
  // The simulated GPU has no f16.
  await page.getByRole('searchbox', { name: words.whole.find }).fill(half);
  await expect.poll(() => list.getByRole('checkbox').isDisabled()).toBe(true);
  await page.getByRole('searchbox', { name: words.whole.find }).fill(model);
  const before = words.whole.first(1_128_820_000, hosts);
  await list.getByText(before).getByText('This browser has room for').waitFor();
  await list.getByRole('checkbox', { name: words.whole.choose(name) }).check();
  await list.getByText(words.whole.chosen).waitFor();
  await page.getByRole('searchbox', { name: words.whole.find }).fill(other);
  const box = list.getByRole('checkbox', { name: words.whole.choose(`web-llm/${other}`) });
  await whileFull(page, async () => {
    await box.click();
    await list.getByRole('alert').waitFor();
    expect(await box.isChecked()).toBe(false);
  });
  await box.check();
  await list.getByRole('checkbox', { name: words.whole.drop(`web-llm/${other}`) }).uncheck();
  await box.waitFor();
  expect(asked).toEqual([]);

  await page.goto(`${world.server.url}#/chat`);
  const select = page.getByLabel(words.chat.model);
  await select.focus();
  await select.selectOption(name);
  await page.getByText('the text stays on this device').waitFor();
  const line = page.getByText('the text stays on this device');
  await line.getByText(before).waitFor();
  await line.getByText('This browser has room for').waitFor();
  const answer = await ask(tab, 'Hello');
  await answer.getByText(words.chat.counted(32, 40, 'bytes')).waitFor({ timeout: 60_000 });
  expect(await answer.innerText()).toContain(`Downloading ${model} into this browser`);
  goOn();
  await answer.getByRole('alert').waitFor({ timeout: 60_000 });
  expect(await answer.getByRole('alert').innerText()).toContain(`WebLLM could not load ${model}`);
  const files = asked.map(path => path.split('/').at(-1)!);
  expect([...files.slice(0, 4), ...files.slice(4).sort()]).toEqual([
    'mlc-chat-config.json',
    'Llama-3.2-1B-Instruct-q4f32_1_cs1k-webgpu.wasm',
    'tokenizer.json',
    'tensor-cache.json',
    ...shards,
  ]);
  await line.getByText(words.whole.rest(8, 32, hosts)).waitFor();

  const kept = () =>
    page.evaluate(async () => (await caches.keys()).filter(each => each.startsWith('webllm')));
  expect(await kept()).toHaveLength(3);
  await page.goto(`${world.server.url}#/models`);
  const stored = page.getByRole('list', { name: words.models.stored.listLabel }).getByRole('listitem');
  await stored.filter({ hasText: name }).getByText(words.whole.stored(32)).waitFor();
  await page.goto(`${world.server.url}#/settings`);
  const { reset } = words.settings;
  await page.getByRole('button', { name: reset.what.models, exact: true }).click();
  await page.getByRole('button', { name: reset.now(reset.what.models), exact: true }).click();
  await page.getByText(reset.done(reset.what.models)).waitFor();
  expect(await kept()).toEqual([]);
  await page.goto(`${world.server.url}#/models`);
  await page.getByText(words.models.stored.none).waitFor();
  await page.goto(`${world.server.url}#/chat`);
  await select.focus();
  await expect.poll(() => select.locator('option', { hasText: name }).count()).toBe(0);
  await tab.context.close();
});
