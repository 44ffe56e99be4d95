import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { shellFiles, size } from '../../bench/size.ts';

test('the shell of the app, packed, has at most 250 KB', async () => {
  const extensions = (await shellFiles()).map(name => name.split('.').at(-1));
  expect(new Set(extensions)).toEqual(new Set(['html', 'js', 'css']));
  const [shell] = await size();
  expect(shell?.name).toBe('size/shell-gzip');
  expect(shell?.value).toBeLessThanOrEqual(250_000);
});

test('the loader of the widget, packed, has at most 5 KB', async () => {
  const loader = (await size()).find(({ name }) => name === 'size/widget-loader-gzip');
  expect(loader?.value).toBeLessThanOrEqual(5_000);
});

test('no file of the app or the widget has more than 250 lines', async () => {
  for (const room of ['src/app', 'src/widget']) {
    const names = (await readdir(room, { recursive: true })).filter(name => /\.(ts|svelte|css)$/.test(name));
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      const lines = (await readFile(`${room}/${name}`, 'utf8')).split('\n').length - 1;
      expect(lines, `${room}/${name}`).toBeLessThanOrEqual(250);
    }
  }
});
