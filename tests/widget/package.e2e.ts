/** The widget as others install it: packed, installed into an empty folder with no network, and asked for by its name. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const tsc = resolve('node_modules/typescript/bin/tsc');
let folder: string;

/** Rejects with what the program wrote where it fails. */
const run = (program: string, args: readonly string[]) =>
  promisify(execFile)(program, args, { cwd: folder, shell: process.platform === 'win32' });
const npm = (...args: string[]) =>
  run('npm', [...args, '--offline', '--no-audit', '--no-fund', '--cache', join(folder, 'cache')]);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tabmesh-package-'));
  await writeFile(join(folder, 'package.json'), '{"name":"docs","type":"module"}');
  await npm('pack', resolve('dist/npm'));
  const tarball = (await readdir(folder)).find(name => name.endsWith('.tgz'))!;
  await npm('install', `./${tarball}`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('it brings itself alone, and each of its files has a purpose', async () => {
  const installed = (await readdir(join(folder, 'node_modules'))).filter(name => !name.startsWith('.'));
  expect(installed).toEqual(['tabmesh']);
  expect((await readdir(join(folder, 'node_modules', 'tabmesh'))).sort()).toEqual([
    'LICENSE',
    'README.md',
    'element.d.ts',
    'mount.d.ts',
    'options.d.ts',
    'package.json',
    'widget.js',
  ]);
});

test.each(['bundler', 'nodenext'])(
  'its types hold for who compiles against it, resolved as %s',
  async kind => {
    const use = `import { mount, type OpenOptions, type TabmeshChat } from 'tabmesh/widget';
const asked: OpenOptions = { query: 'licence', submit: true };
const chat: TabmeshChat = mount({ home: 'https://tabmesh.example/', position: 'inline' });
chat.open(asked);
// @ts-expect-error There is no such side.
mount({ home: 'https://tabmesh.example/', position: 'top' });
`;
    await writeFile(join(folder, 'use.ts'), use);
    const module = kind === 'bundler' ? 'esnext' : 'nodenext';
    const lib = 'esnext,dom,dom.iterable';
    await run(process.execPath, [
      ...[
        tsc,
        '--noEmit',
        '--strict',
        '--skipDefaultLibCheck',
        '--exactOptionalPropertyTypes',
        '--module',
        module,
      ],
      ...['--moduleResolution', kind, '--lib', lib, 'use.ts'],
    ]);
  },
);

test('a program in Node, as one that builds documentation, can load it', async () => {
  const script = `const { mount } = await import('tabmesh/widget'); console.log(typeof mount)`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script]);
  expect(stdout.trim()).toBe('function');
});
