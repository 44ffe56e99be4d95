/** For who has no pointer, and for who wants nothing to move. */
import { readFileSync } from 'node:fs';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { words } from '../../src/app/strings.ts';
import { type Tab, World } from '../e2e/world.ts';
import { type HubServer, startHubServer } from '../hub/hub-server.ts';

/** Beyond what any of our pages has between two places. */
const pressesMax = 80;
let world: World;
let hub: HubServer;

beforeAll(async () => {
  [world, hub] = await Promise.all([World.start(), startHubServer()]);
});
afterAll(async () => {
  await world?.stop();
  await hub?.close();
});

/** Runs in the page: what has the focus, and why it could not be told from the rest. */
function hiddenFocus(): string | undefined {
  const focused = document.activeElement;
  // Between the last element and the first the focus is the browser's own.
  if (!focused || focused === document.body) return undefined;
  const what = focused.outerHTML.slice(0, 120);
  if (!focused.matches(':focus-visible')) return `no :focus-visible: ${what}`;
  const outlined = (element: Element | null): boolean => {
    if (!element) return false;
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    return (
      (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0) || outlined(element.parentElement)
    );
  };
  if (!outlined(focused)) return `no outline: ${what}`;
  const { left, right, top, bottom } = focused.getBoundingClientRect();
  const seen = document.elementFromPoint(
    (Math.max(0, left) + Math.min(innerWidth, right)) / 2,
    (Math.max(0, top) + Math.min(innerHeight, bottom)) / 2,
  );
  // What is drawn for a field that is itself not to be seen stands in its label.
  const near =
    seen && (focused.contains(seen) || seen.contains(focused) || seen.closest('label')?.contains(focused));
  return near ? undefined : `covered by ${seen?.outerHTML.slice(0, 80)}: ${what}`;
}

/** Presses `key` until `target` has the focus, which can be seen all the way. */
async function reach({ page }: Tab, target: Locator, key = 'Tab'): Promise<void> {
  for (let presses = 0; presses < pressesMax; presses++) {
    const there = await target.evaluateAll(elements =>
      elements.some(each => each === document.activeElement),
    );
    if (there) return;
    await page.keyboard.press(key);
    await expect.poll(() => page.evaluate(hiddenFocus)).toBeUndefined();
  }
  throw new Error(`${target} was not reached by ${key}.`);
}

async function press(tab: Tab, target: Locator, key = 'Tab'): Promise<void> {
  await target.waitFor({ timeout: 60_000 });
  await reach(tab, target, key);
  await tab.page.keyboard.press('Enter');
}

async function write(tab: Tab, target: Locator, text: string): Promise<void> {
  await target.waitFor();
  await reach(tab, target);
  await tab.page.keyboard.type(text);
  await tab.page.keyboard.press('Enter');
}

test('the first question is asked, and its answer copied, with keys alone', async () => {
  const tab = await world.openTab('typist', '', { permissions: ['clipboard-read', 'clipboard-write'] });
  const { page } = tab;
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('TEXTAREA');
  await write(tab, page.getByRole('textbox', { name: words.chat.message }), 'What is a pod?');
  const answer = page.getByRole('article').last();
  await answer.getByText('tokens/s').waitFor({ timeout: 60_000 });
  await press(tab, answer.getByRole('button', { name: words.copy, exact: true }), 'Shift+Tab');
  await answer.getByRole('button', { name: words.copied, exact: true }).waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('A pod is');
  expect(tab.errors).toEqual([]);
  await tab.context.close();
});

test('a model is found, its download begun and cancelled, with keys alone', async () => {
  const repository = 'tabmesh/little-guide-GGUF';
  const name = 'little-guide-Q8_0';
  hub.put(`${repository}/${name}.gguf`, readFileSync('public/models/guide.gguf'));
  hub.describe(repository, { downloads: 1, licence: 'apache-2.0' });
  const { find, download } = words.models;
  const tab = await world.openTab('typist', '');
  const { page } = tab;
  const named = (text: string | RegExp) => page.getByRole('button', { name: text, exact: true });
  await press(tab, page.getByRole('link', { name: words.rail.models, exact: true }));
  await press(tab, named(find.mirror));
  await write(tab, page.getByLabel(find.mirrorLabel), hub.origin);
  await page.getByText(find.from(new URL(hub.origin).host)).waitFor();
  await write(tab, page.getByLabel(find.words), 'little guide');
  await press(tab, page.getByRole('button', { name: repository }));
  await press(tab, named(find.openLabel(name)));
  await press(tab, named(download.offerLabel(name)));
  const held = hub.hold(1_000_000);
  await press(tab, named(/^Whole model, /));
  await held;
  await press(tab, named(download.of(download.cancel, name)));
  await page.getByRole('status').getByText(download.cancelled(name)).waitFor();
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
  hub.flow();
  expect(tab.errors).toEqual([]);
  await tab.context.close();
});

test('of a wait its sentence is read aloud once, and its seconds never', async () => {
  const tab = await world.openTab('listener', '#/models');
  const { page } = tab;
  const { find } = words.models;
  await press(tab, page.getByRole('button', { name: find.mirror, exact: true }));
  await write(tab, page.getByLabel(find.mirrorLabel), hub.origin);
  await page.getByText(find.from(new URL(hub.origin).host)).waitFor();
  await page.route(`${hub.origin}/api/**`, () => new Promise(() => {}));
  await write(tab, page.getByLabel(find.words), 'little guide');
  const live = page.locator('[aria-live="polite"]').filter({ hasText: find.searching });
  const told = () => live.ariaSnapshot();
  await live.waitFor();
  const first = await told();
  expect(first).toContain(find.searching);
  for (const seconds of [2, 3]) {
    await live.getByText(words.chat.seconds(seconds)).waitFor();
    expect(await told()).toBe(first);
  }
  await tab.context.close();
});

/** Runs in the page: from now on notes what moves in any frame. */
function watchMotion(): void {
  const seen = new Set<string>();
  Object.assign(window, { seen });
  const look = () => {
    for (const animation of document.getAnimations()) {
      const length = Number(animation.effect?.getComputedTiming().activeDuration ?? 0);
      const target = animation.effect instanceof KeyframeEffect ? animation.effect.target : undefined;
      if (animation.playState === 'running' && length > 0) seen.add(target?.className ?? 'unknown');
    }
    requestAnimationFrame(look);
  };
  look();
}

test.each(['reduce', 'no-preference'] as const)(
  'where motion is %s, an answer streams and panels open accordingly',
  async reducedMotion => {
    const tab = await world.openTab(reducedMotion, 'tabmesh.json', { reducedMotion });
    await tab.context.addInitScript(watchMotion);
    const { page } = tab;
    await page.goto(world.server.url);
    const box = page.getByRole('textbox', { name: words.chat.message });
    await box.fill('What is a pod?');
    await page.keyboard.press('Enter');
    await page.getByRole('article').last().getByText('tokens/s').waitFor({ timeout: 60_000 });
    await page.getByRole('button', { name: words.chat.options, exact: true }).click();
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: words.rail.models, exact: true }).hover();
    await page.getByRole('link', { name: words.rail.models, exact: true }).click();
    await page.getByRole('heading', { level: 1 }).waitFor();
    const seen = await page.evaluate(() => [...(window as unknown as { seen: Set<string> }).seen]);
    if (reducedMotion === 'reduce') expect(seen).toEqual([]);
    // Else nothing would show that the watch sees anything.
    else expect(seen.filter(each => each.includes('tile')).length).toBeGreaterThan(0);
    await tab.context.close();
  },
);
