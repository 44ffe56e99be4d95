import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { FrameLocator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeIndex } from '../../src/search/index-file.ts';
import { words } from '../../src/widget/frame/strings.ts';
import { faults, overflowing } from '../app/faults.ts';
import { type Tab, World } from '../e2e/world.ts';
import { questions, Site } from './site.ts';

let world: World;
let site: Site;
beforeAll(async () => {
  world = await World.start();
  site = await Site.start({ widget: world.server.url, script: '' });
});
afterAll(async () => {
  site?.stop();
  await world?.stop();
});

const label = 'Ask this site';
const opener = (page: Page) => page.getByRole('button', { name: label });
const frameOf = (page: Page): FrameLocator => page.frameLocator('tabmesh-chat iframe');
const box = (page: Page) => frameOf(page).getByRole('textbox', { name: words.message });
const turns = (page: Page) => frameOf(page).getByRole('article');

/** The test site in a browser of its own, with the script tag's attributes. */
async function visit(
  script: string | undefined,
  files: Record<string, string> = {},
  path = '',
  nonce?: string,
): Promise<Tab> {
  site.options = {
    ...{ widget: world.server.url, files },
    ...(script === undefined ? {} : { script }),
    ...(nonce === undefined ? {} : { nonce }),
  };
  const tab = await world.openTab('visitor', 'manifest.webmanifest');
  const errors: string[] = [];
  tab.page.on('pageerror', error => errors.push(String(error)));
  tab.page.on('console', message => {
    // A browser asks for this by itself, of sites that name no icon.
    const isIcon = message.location().url.endsWith('/favicon.ico');
    if (message.type() === 'error' && !isIcon) errors.push(`${message.text()} ${message.location().url}`);
  });
  await tab.page.goto(site.url + path);
  return { ...tab, errors };
}

const plain = () => `data-site="${site.url}"`;

async function askIn(page: Page, question: string): Promise<void> {
  await box(page).fill(question);
  await page.keyboard.press('Enter');
}

test('each of five questions has the page that answers it as its first source', async () => {
  const { page, context, errors } = await visit(plain());
  await opener(page).click();
  for (const [index, [question, name]] of questions.entries()) {
    await askIn(page, question);
    const source = turns(page).nth(index).locator('[data-source]').first();
    expect(await source.getAttribute('href'), question).toContain(`${site.url}${name}.html#`);
  }
  expect(await turns(page).first().locator('mark').count()).toBeGreaterThan(0);
  expect(errors).toEqual([]);
  await context.close();
});

/** Runs in the page. */
function measured() {
  const scripts = performance
    .getEntriesByType('resource')
    .filter(entry => (entry as PerformanceResourceTiming).initiatorType === 'script');
  const longTasks = (window as unknown as { longTasks: number }).longTasks;
  return {
    scripts: scripts.map(({ name }) => new URL(name).pathname),
    longTasks,
    elements: document.querySelectorAll('*').length,
  };
}

test('before the first click there is one small script and no other request', async () => {
  const rows: Record<string, object> = {};
  for (const [name, script] of [
    ['without', undefined],
    ['with', plain()],
  ] as const) {
    site.options = { widget: world.server.url, ...(script === undefined ? {} : { script }) };
    const { page, context } = await world.openTab('visitor', 'manifest.webmanifest');
    await page.addInitScript(() => {
      const counts = window as unknown as { longTasks: number };
      counts.longTasks = 0;
      new PerformanceObserver(list => (counts.longTasks += list.getEntries().length)).observe({
        type: 'longtask',
        buffered: true,
      });
    });
    let bytes = 0;
    const asked: string[] = [];
    page.on('response', async response => {
      if (response.request().resourceType() === 'script') bytes += (await response.body()).byteLength;
    });
    page.on('request', request => asked.push(new URL(request.url()).pathname));
    await page.goto(site.url, { waitUntil: 'networkidle' });
    if (script !== undefined) await opener(page).waitFor();
    rows[name] = { ...(await page.evaluate(measured)), bytes };
    expect(asked).toEqual(['/', '/site.css', ...(script === undefined ? [] : ['/widget.js'])]);
    await context.close();
  }
  console.log('the host page without and with the loader:', rows);
  // How long a task takes depends on who else uses the machine; that there is no further script does not.
  expect(rows).toMatchObject({ without: { scripts: [] }, with: { scripts: ['/widget.js'] } });
});

test('the keyboard opens, asks, closes, and the focus comes back; the host hears of all of it', async () => {
  const { page, context, errors } = await visit(`${plain()} data-suggestions="How do I restore?|Licence"`);
  await opener(page).waitFor();
  await page.evaluate(() => {
    const chat = document.querySelector('tabmesh-chat')!;
    const heard: string[] = [];
    for (const name of ['open', 'close', 'ask', 'answer', 'source', 'feedback'])
      chat.addEventListener(name, event =>
        heard.push(`${name} ${JSON.stringify((event as CustomEvent).detail)}`),
      );
    Object.assign(window, { heard });
  });
  await page.keyboard.press('Control+i');
  await expect.poll(() => box(page).evaluate(each => each === document.activeElement)).toBe(true);
  await frameOf(page).getByRole('button', { name: 'How do I restore?' }).click();
  const source = turns(page).first().locator('[data-source]').first();
  await source.waitFor();
  const opened = context.waitForEvent('page');
  await source.click();
  expect((await opened).url()).toBe(`${site.url}backup.html#restore`);
  await turns(page).first().getByRole('button', { name: words.bad, exact: true }).click();
  const why = turns(page).first().getByRole('group', { name: words.why });
  await expect.poll(() => why.evaluate(each => each === document.activeElement)).toBe(true);
  await why.getByRole('button', { name: words.reasons.outdated, exact: true }).click();
  await frameOf(page).getByText(words.thanks).waitFor();
  await page.keyboard.press('Escape');
  await opener(page).waitFor();
  expect(await page.evaluate(() => document.activeElement?.localName)).toBe('tabmesh-chat');
  const heard = await page.evaluate(() => (window as unknown as { heard: string[] }).heard);
  expect(heard.map(each => each.split(' ')[0])).toEqual([
    'open',
    'ask',
    'answer',
    'source',
    'feedback',
    'feedback',
    'close',
  ]);
  expect(heard[1]).toContain('"How do I restore?"');
  expect(heard[2]).toContain('backup.html#restore');
  expect(heard[4]).toContain('"good":false}');
  expect(heard[5]).toContain('"reason":"outdated"');
  expect(errors).toEqual([]);
  await context.close();
});

test('a script opens it with a question, and takes it away', async () => {
  const files = {
    '/stub.html': '<script src="/stub.js"></script>',
    '/stub.js':
      "window.tabmesh = (...call) => (tabmesh.q = tabmesh.q ?? []).push(call); tabmesh('open', { query: 'licence', submit: true });",
  };
  files['/stub.html'] += `<script async src="${world.server.url}widget.js" ${plain()}></script>`;
  const { page, context, errors } = await visit(undefined, files, 'stub.html');
  expect(await turns(page).first().locator('[data-source]').first().getAttribute('href')).toContain(
    'pricing.html#licence',
  );
  const call = (text: string) => page.evaluate(text);
  expect(await call('tabmesh.isOpen')).toBe(true);
  await call('tabmesh.ready');
  await call("tabmesh.close(); tabmesh.open({ query: 'half a question' })");
  await expect.poll(() => box(page).inputValue()).toBe('half a question');
  // More than a question may be is shown and not asked.
  await call("tabmesh.open({ query: 'licence '.repeat(1000), submit: true })");
  await expect.poll(async () => (await box(page).inputValue()).length).toBe(4000);
  expect(await turns(page).count()).toBe(1);
  await call('tabmesh.destroy()');
  expect(await page.locator('tabmesh-chat, iframe').count()).toBe(0);
  expect(errors).toEqual([]);
  await context.close();
});

test('while the frame loads the panel says so', async () => {
  const { page, context, errors } = await visit(plain());
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  await context.route(/widget\.html$/, async route => {
    await held;
    await route.continue();
  });
  const loading = page.getByRole('progressbar', { name: 'Loading' });
  await opener(page).waitFor();
  expect(await loading.count()).toBe(0);
  await opener(page).click();
  await loading.waitFor();
  release();
  await box(page).waitFor();
  await loading.waitFor({ state: 'hidden' });
  expect(errors).toEqual([]);
  await context.close();
});

test("as an element of the page or mounted by its bundle, it opens where it stands and wears the host's colours", async () => {
  const accent = 'rgb(140, 0, 90)';
  const head =
    '<!doctype html><html lang="en"><title>Inline</title><link rel="stylesheet" href="/inline.css">';
  const files = {
    '/inline.css': `:root{color-scheme:light}main{width:600px}tabmesh-chat{--tabmesh-accent:${accent};--tabmesh-height:320px}`,
    '/element.html': `${head}<main><h1>Ask</h1><tabmesh-chat inline ${plain()}></tabmesh-chat></main><script async src="${world.server.url}widget.js"></script>`,
    '/mounted.html': `${head}<main><h1>Ask</h1></main><script type="module" src="/mounted.js"></script>`,
    '/mounted.js': `import { mount } from '/package.js';
      window.chat = mount({ home: '${world.server.url}', site: '${site.url}', position: 'inline', target: document.querySelector('main') });`,
    '/package.js': await readFile('dist/npm/widget.js', 'utf8'),
  };
  for (const path of ['element.html', 'mounted.html']) {
    const { page, context, errors } = await visit(undefined, files, path);
    await opener(page).waitFor();
    expect(await page.locator('tabmesh-chat').count(), path).toBe(1);
    await opener(page).click();
    await askIn(page, 'licence');
    await turns(page).first().locator('[data-source]').first().waitFor();
    const main = (await page.locator('main').boundingBox())!;
    const panel = (await page.getByRole('dialog').boundingBox())!;
    expect([panel.x, panel.width, panel.height], path).toEqual([main.x, main.width, 320]);
    const source = turns(page).first().locator('[data-source]').first();
    expect(await source.evaluate(each => getComputedStyle(each).color), path).toBe(accent);
    expect(await frameOf(page).locator('html').getAttribute('data-theme'), path).toBe('light');
    await page.evaluate(() => document.querySelector('tabmesh-chat')!.remove());
    expect(await page.locator('iframe').count(), path).toBe(0);
    expect(errors, path).toEqual([]);
    await context.close();
  }
});

test('a page that pins the loader runs those bytes and no others', async () => {
  const [name] = (await readdir('dist')).filter(each => /^widget-[0-9a-f]{12}\.js$/.test(each));
  const bytes = await readFile(`dist/${name}`);
  const integrity = `sha384-${createHash('sha384').update(bytes).digest('base64')}`;
  const wrong = `sha384-${createHash('sha384').update('another').digest('base64')}`;
  const pinned = (hash: string) =>
    `<script async src="${world.server.url}${name}" integrity="${hash}" crossorigin="anonymous" ${plain()}></script>`;
  const files = { '/right.html': pinned(integrity), '/wrong.html': pinned(wrong) };
  const { page, context, errors } = await visit(undefined, files, 'right.html');
  await opener(page).click();
  await askIn(page, 'licence');
  await turns(page).first().locator('[data-source]').first().waitFor();
  expect(errors).toEqual([]);
  await page.goto(`${site.url}wrong.html`, { waitUntil: 'networkidle' });
  expect(await page.evaluate(() => customElements.get('tabmesh-chat') === undefined)).toBe(true);
  expect(errors.join()).toContain('integrity');
  await context.close();
});

test('closed and open, on a phone and on a desk, dark and light, nothing is amiss', async () => {
  for (const [width, height] of [
    [360, 640],
    [1440, 900],
  ] as const) {
    const { page, context, errors } = await visit(plain());
    const tab = { page, context, errors };
    await page.setViewportSize({ width, height });
    await opener(page).waitFor();
    expect(await faults(tab), `closed ${width}`).toEqual([]);
    await opener(page).click();
    await askIn(page, 'How do I rotate the encryption key?');
    await turns(page).first().locator('[data-source]').first().waitFor();
    const frame = page.frames().find(each => each.url().endsWith('widget.html'))!;
    for (const theme of ['dark', 'light'] as const) {
      await page.evaluate(name => (document.documentElement.dataset['theme'] = name), theme);
      await expect.poll(() => frame.evaluate(() => document.documentElement.dataset['theme'])).toBe(theme);
      // The site itself is dark only.
      if (theme === 'dark') expect(await faults(tab), `open ${width}`).toEqual([]);
      expect(await faults({ ...tab, page: frame as unknown as Page }), `${theme} ${width}`).toEqual([]);
      expect(await frame.evaluate(overflowing)).toEqual([]);
    }
    expect(errors).toEqual([]);
    await context.close();
  }
});

/** What the loader says to the frame, said by somebody else. */
const forged = `{ tabmesh: 'tabmesh-widget/1', options: { site: 'https://evil.example/', suggestions: ['evil'] }, theme: { dark: false, colours: {} } }`;

async function answersFromOwnSite(page: Page): Promise<void> {
  await opener(page).click();
  await askIn(page, 'licence');
  expect(await turns(page).first().locator('[data-source]').first().getAttribute('href')).toContain(
    `${site.url}pricing.html`,
  );
  expect(await frameOf(page).getByText('evil').count()).toBe(0);
}

test('messages of another origin do nothing to the loader', async () => {
  const evil = await Site.start({
    widget: world.server.url,
    files: {
      '/evil.html': '<script src="/evil.js"></script>',
      '/evil.js': `const send = () => { parent.postMessage({ tabmesh: 'tabmesh-widget/1' }, '*'); parent.postMessage({ kind: 'event', name: 'ask', detail: {} }, '*'); parent.postMessage({ kind: 'read', id: 0, url: '/', bytesMax: 1 }, '*'); };
        setInterval(send, 50); addEventListener('message', ({ data }) => { if (data.options) parent.postMessage('leaked', '*'); });`,
    },
  });
  const tag = `<script async src="${world.server.url}widget.js" ${plain()}></script>`;
  const { page, context } = await visit(undefined);
  site.options = {
    widget: world.server.url,
    frames: evil.url,
    files: {
      '/open.html': `<!doctype html><title>Open</title><iframe src="${evil.url}evil.html"></iframe>${tag}`,
    },
  };
  await page.goto(`${site.url}open.html`);
  await page.evaluate(() => {
    const seen: unknown[] = [];
    addEventListener('message', ({ data }) => data === 'leaked' && seen.push(data));
    Object.assign(window, { seen });
  });
  await answersFromOwnSite(page);
  expect(await page.evaluate(() => (window as unknown as { seen: unknown[] }).seen)).toEqual([]);
  evil.stop();
  await context.close();
});

test('a frame that waits for its host hears no other window, though it comes first', async () => {
  const { page, context } = await visit(undefined);
  site.options = {
    widget: world.server.url,
    frames: "'self'",
    files: {
      // The frame's greeting is kept from the loader until the other window, the only kind that can reach a frame in a shadow root, has spoken.
      '/hold.js': `addEventListener('message', event => {
        if (event.data?.tabmesh && event.isTrusted) { event.stopImmediatePropagation(); window.held = event; frames[0].postMessage('speak', '*'); }
        else if (event.data === 'spoken') { const { data, origin, source } = window.held; dispatchEvent(new MessageEvent('message', { data, origin, source })); }
      });`,
      '/sibling.html': '<!doctype html><script src="/sibling.js"></script>',
      '/sibling.js': `addEventListener('message', () => {
        const { contentWindow } = parent.document.querySelector('tabmesh-chat').shadowRoot.querySelector('iframe');
        contentWindow.postMessage(${forged}, '*', [new MessageChannel().port2]);
        parent.postMessage('spoken', '*');
      });`,
      '/open.html': `<!doctype html><title>Open</title><script src="/hold.js"></script><iframe src="/sibling.html"></iframe><script async src="${world.server.url}widget.js" ${plain()}></script>`,
    },
  };
  await page.goto(`${site.url}open.html`);
  await answersFromOwnSite(page);
  expect(await page.evaluate(() => 'held' in window)).toBe(true);
  await context.close();
});

test('an index with HTML in it shows it as text, and one of another site is refused', async () => {
  const hostile =
    '<img src=x onerror="window.ran=1"><script>window.ran=2</script> javascript:window.ran=3 kiln';
  const passage = { url: `${site.url}x.html`, title: hostile, heading: hostile, text: hostile };
  const files: Record<string, string> = {
    '/index.json': await writeIndex(new URL(site.url), [passage]),
    '/foreign.json': await writeIndex(new URL('https://evil.example/'), [
      { ...passage, url: 'https://evil.example/' },
    ]),
    '/garbage.json': `{"tabmesh":"site-index/1","passages":[{"path":"javascript:alert(1)"}]}`,
  };
  const { page, context, errors } = await visit(`${plain()} data-index="/index.json"`, files);
  await opener(page).click();
  await askIn(page, 'kiln');
  await turns(page).first().getByText('<script>window.ran=2</script>').first().waitFor();
  const frame = page.frames().find(each => each.url().endsWith('widget.html'))!;
  for (const each of [page, frame])
    expect(await each.evaluate(() => (window as unknown as { ran?: number }).ran)).toBe(undefined);
  expect(await turns(page).locator('img, script, iframe').count()).toBe(0);
  expect(errors).toEqual([]);
  await context.close();
  for (const name of ['foreign', 'garbage']) {
    const other = await visit(`${plain()} data-index="/${name}.json"`, files);
    await opener(other.page).click();
    await askIn(other.page, 'kiln');
    await turns(other.page)
      .getByRole('alert')
      .getByText('tabmesh index')
      .or(turns(other.page).getByText('another site'))
      .waitFor();
    await other.context.close();
  }
});

test('no match, a site without a sitemap, and no connection each say what to do', async () => {
  const { page, context } = await visit(plain());
  await opener(page).click();
  await box(page).waitFor();
  await context.setOffline(true);
  await askIn(page, 'licence');
  await turns(page).getByRole('alert').getByText(words.offline).waitFor();
  const again = turns(page).getByRole('button', { name: words.tryAgain });
  const focusedIn = () =>
    turns(page)
      .getByRole('heading', { level: 2 })
      .evaluate(each => each === document.activeElement);
  await context.setOffline(false);
  site.options = { ...site.options, sitemap: false };
  await again.focus();
  await page.keyboard.press('Enter');
  await expect.poll(focusedIn).toBe(true);
  await turns(page).getByRole('alert').getByText('no sitemap').waitFor();
  site.options = { ...site.options, sitemap: true };
  await again.click();
  await turns(page).first().locator('[data-source]').first().waitFor();
  await askIn(page, 'xylophone');
  await turns(page)
    .getByText(words.none(new URL(site.url).host))
    .waitFor();
  await context.close();
});

test('a site speaks its own language, where its policy goes by nonces, and cannot rewrite what visitors are promised', async () => {
  const own = {
    message: 'Deine Frage',
    ask: 'Fragen',
    none: 'Auf {0} steht nichts davon.',
    closePanel: 'Schließen',
    staysHere: 'Alles geheim.',
  };
  const script = `${plain()} nonce="r4nd0m" data-label="Frag uns" data-lang="de" data-words="${JSON.stringify(own).replaceAll('"', '&quot;')}"`;
  const { page, context, errors } = await visit(script, {}, '', 'r4nd0m');
  await page.getByRole('button', { name: 'Frag uns' }).click();
  const frame = frameOf(page);
  await frame.getByRole('textbox', { name: own.message }).fill('xylophone');
  await frame.getByRole('button', { name: own.ask }).click();
  await frame.getByText(`Auf ${new URL(site.url).host} steht nichts davon.`).waitFor();
  await frame.getByText(words.staysHere).waitFor();
  expect(await frame.getByText(own.staysHere).count()).toBe(0);
  expect(await frame.locator('html').getAttribute('lang')).toBe('de');
  await page.getByRole('button', { name: own.closePanel }).click();
  expect(errors).toEqual([]);
  await context.close();
});

test('words that cannot be read leave ours', async () => {
  for (const own of ['{', '[1]', '{&quot;ask&quot;:1}', 'null']) {
    const { page, context } = await visit(`${plain()} data-words="${own}"`);
    await opener(page).click();
    await frameOf(page).getByRole('button', { name: words.ask, exact: true }).waitFor();
    await context.close();
  }
});
