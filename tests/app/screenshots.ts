/** Every page on a phone and on a desk, light and dark, as files to be looked at: .cache/screenshots, or the folder that is named. */
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { words } from '../../src/app/strings.ts';
import { ask, type Tab, World } from '../e2e/world.ts';

const pages = ['chat', 'models', 'pod', 'network', 'contribute', 'settings'] as const;
const folder = resolve(process.argv[2] ?? '.cache/screenshots');
const widths = { phone: 360, desk: 1440 };

/** As high as all that it scrolls, so that nothing stays below. */
async function shoot({ page }: Tab, name: string): Promise<void> {
  for (const [device, width] of Object.entries(widths)) {
    await page.setViewportSize({ width, height: 800 });
    const hidden = await page.evaluate(() =>
      Math.max(...[...document.querySelectorAll('*')].map(each => each.scrollHeight - each.clientHeight)),
    );
    await page.setViewportSize({ width, height: 800 + Math.max(0, hidden) });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.screenshot({ path: join(folder, `${name}-${device}-${colorScheme}.png`) });
    }
  }
  await page.setViewportSize({ width: widths.desk, height: 800 });
}

await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
const world = await World.start();
try {
  const tab = await world.openTab('photographer');
  const { page } = tab;
  const answer = await ask(tab, 'What is a pod?');
  await answer.getByText('tokens/s').waitFor({ timeout: 60_000 });
  for (const name of pages) {
    await page.goto(`${world.server.url}#/${name}`);
    await page.getByRole('link', { name: words.rail[name] }).and(page.locator('[aria-current]')).waitFor();
    await page.getByRole('heading', { level: 1 }).waitFor();
    await shoot(tab, name);
  }
  await page.goto(`${world.server.url}#/pod`);
  await page.getByLabel(words.pod.name, { exact: true }).fill('Garden');
  await page.getByRole('button', { name: words.pod.create }).click();
  await page.getByRole('heading', { name: 'Garden', exact: true, level: 1 }).waitFor();
  await shoot(tab, 'pod-new');
  const link = await page.getByLabel(words.invite.link).inputValue();
  const guest = await world.openTab('guest', link.slice(link.indexOf('#')));
  await guest.page.getByText(words.join.notYet).waitFor();
  await shoot(guest, 'join');
  console.log(`The pages are in ${folder}.`);
} finally {
  await world.stop();
}
