import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { words } from '../../src/app/strings.ts';
import { answerOnOneDevice } from './one-device.ts';
import { ask, World } from './world.ts';

const question = 'What is a pod?';

test('a page that was loaded once opens with no network and no server, answers, and finds its server again', async () => {
  const world = await World.start();
  try {
    const tab = await world.openLender('traveller', '#/settings');
    await tab.page.getByText(words.settings.offline.ready).waitFor({ timeout: 60_000 });
    // It was given a part of the layers only; the rest is there all the same.
    await world.podIs(state => world.held(state)?.size === 2);
    // What few people need is kept when it was first needed.
    const large = `assets/${(await readdir('dist/assets')).find(name => name.startsWith('web-llm-'))}`;
    const isKept = () => tab.page.evaluate(async path => (await caches.match(path)) !== undefined, large);
    expect(await isKept()).toBe(false);
    await tab.page.evaluate(async path => void (await (await fetch(path)).arrayBuffer()), large);
    await expect.poll(isKept, { timeout: 30_000 }).toBe(true);
    await tab.context.setOffline(true);
    await world.server.close();
    await tab.page.reload();
    await tab.page.getByRole('link', { name: words.rail.chat, exact: true }).click();
    const article = await ask(tab, question);
    await expect
      .poll(() => article.innerText(), { timeout: 60_000 })
      .toContain(await answerOnOneDevice(question));
    await article.getByText('tokens/s').waitFor();
    expect(await tab.page.getByRole('status').first().innerText()).toBe(words.status.offline);
    expect(await tab.page.evaluate(() => crossOriginIsolated)).toBe(true);

    await tab.context.setOffline(false);
    await world.restartServer();
    await world.podIs(state => world.held(state)?.size === 2);
  } finally {
    await world.stop();
  }
});
