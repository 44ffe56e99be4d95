import { afterAll, beforeAll, expect, test } from 'vitest';
import { words } from '../../src/app/strings.ts';
import { World } from '../e2e/world.ts';
import { faults, overflowing } from './faults.ts';

const pages = ['chat', 'models', 'pod', 'network', 'contribute', 'settings'] as const;
let world: World;

beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world?.stop());

test('every page holds where more contrast is asked for, or the system chooses all colours', async () => {
  const tab = await world.openTab('reader');
  for (const media of [
    { colorScheme: 'light', contrast: 'more', forcedColors: 'none' },
    { colorScheme: 'dark', contrast: 'more', forcedColors: 'none' },
    { colorScheme: 'dark', contrast: 'no-preference', forcedColors: 'active' },
  ] as const) {
    await tab.page.emulateMedia(media);
    for (const page of pages) {
      await tab.page.goto(`${world.server.url}#/${page}`);
      await tab.page
        .getByRole('heading', { level: 1, name: words.rail[page] })
        .or(tab.page.getByRole('heading', { level: 1, name: 'This machine' }))
        .waitFor();
      const where = `${page}, ${JSON.stringify(media)}`;
      expect(await tab.page.evaluate(overflowing), where).toEqual([]);
      expect(await faults(tab), where).toEqual([]);
    }
  }
  expect(tab.errors).toEqual([]);
  await tab.context.close();
});
