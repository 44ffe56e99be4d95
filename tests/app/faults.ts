/** What is wrong with a page as it stands: for everybody who does not see it as we do. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Tab } from '../e2e/world.ts';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Runs in the page: what reaches past the right edge of the window. */
export function overflowing(): string[] {
  return [...document.querySelectorAll('body *')]
    .filter(element => !element.closest('.visually-hidden, .scroller'))
    .filter(element => element.getBoundingClientRect().right > innerWidth + 0.5)
    .map(element => element.outerHTML.slice(0, 120));
}

export async function faults({ page }: Tab): Promise<string[]> {
  await page.evaluate(axe);
  // Halfway from one theme to another, colours are of both.
  await page.evaluate(async () => {
    const transitions = document.getAnimations().filter(each => each instanceof CSSTransition);
    await Promise.allSettled(transitions.map(({ finished }) => finished));
  });
  const { violations } = await page.evaluate(
    options => {
      const { axe } = window as unknown as { axe: { run(options: RunOptions): Promise<AxeResults> } };
      return axe.run(options);
    },
    {
      // Of themselves axe leaves both out: contrast of 7 to 1, and targets of 24 pixels.
      rules: { 'color-contrast-enhanced': { enabled: true }, 'target-size': { enabled: true } },
    } satisfies RunOptions,
  );
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`,
  );
}

/** Those of the page as it stands in both themes, and what reaches past the window of a phone or a desk. */
export async function faultsInAllLooks(tab: Tab): Promise<string[]> {
  const { page } = tab;
  const all: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    all.push(...(await faults(tab)).map(each => `${colorScheme}: ${each}`));
  }
  for (const width of [360, 1440]) {
    await page.setViewportSize({ width, height: 800 });
    all.push(...(await page.evaluate(overflowing)).map(each => `${width} px: ${each}`));
  }
  return all;
}
