/** What a first visit loads before the first chat: the page, and the scripts and styles that it names. All else comes when it is needed. */
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import type { Row } from './row.ts';

const built = new URL('../dist/', import.meta.url);

/** Vite names what a script imports at once beside it (modulepreload), so that nothing hides behind another file. */
export async function shellFiles(): Promise<string[]> {
  const html = await readFile(new URL('index.html', built), 'utf8');
  const named = [...html.matchAll(/(?:src|href)="\.\/([^"]+\.(?:js|css))"/g)].map(match => match[1]!);
  return ['index.html', ...named];
}

const packed = async (name: string): Promise<number> =>
  gzipSync(await readFile(new URL(name, built))).byteLength;

export async function size(): Promise<Row[]> {
  const sizes = await Promise.all((await shellFiles()).map(packed));
  return [
    { name: 'size/shell-gzip', value: sizes.reduce((sum, bytes) => sum + bytes), unit: 'bytes' },
    // All that a page which embeds the widget loads before somebody opens it.
    { name: 'size/widget-loader-gzip', value: await packed('widget.js'), unit: 'bytes' },
  ];
}
