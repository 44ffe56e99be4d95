// Draws public/icons/*.png from the SVG beside them, in Chromium: npm run icons, after a drawing has changed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { ensureChromium } from './chromium.mjs';
import { root } from './place.mjs';

const folder = join(root, 'public', 'icons');
const icons = [
  { from: 'tabmesh.svg', to: 'tabmesh-192.png', size: 192 },
  { from: 'tabmesh.svg', to: 'tabmesh-512.png', size: 512 },
  { from: 'tabmesh-maskable.svg', to: 'tabmesh-maskable-512.png', size: 512 },
  // iOS rounds corners itself, and paints transparent ones black.
  { from: 'tabmesh-maskable.svg', to: 'apple-touch-180.png', size: 180 },
];

const browser = await chromium.launch({ executablePath: await ensureChromium(), args: ['--no-sandbox'] });
const page = await browser.newPage();
for (const { from, to, size } of icons) {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<style>body { margin: 0 }</style>${readFileSync(join(folder, from), 'utf8')}`);
  await page.screenshot({ path: join(folder, to), omitBackground: true });
}
await browser.close();
