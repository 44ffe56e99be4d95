// Brings a bare clone to where it can run. Plain JavaScript: it runs on whatever Node the machine has (20 or newer).
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail, modernNode, root, say } from './place.mjs';
import { ensureWasm } from './wasm.mjs';

const installStamp = join(root, 'node_modules', '.tabmesh-installed');
const buildStamp = join(root, 'dist', '.tabmesh-built');

export function ensureInstalled() {
  const lock = readFileSync(join(root, 'package-lock.json'));
  const wanted = createHash('sha256').update(lock).digest('hex');
  if (existsSync(installStamp) && readFileSync(installStamp, 'utf8') === wanted) return;
  say('Installing what is missing (about 600 MB in node_modules; a minute or two)...');
  const npm = process.env.npm_execpath;
  const [command, args] = npm ? [process.execPath, [npm]] : ['npm', []];
  const result = spawnSync(command, [...args, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', process.stderr, process.stderr],
    shell: npm === undefined && process.platform === 'win32',
  });
  if (result.status !== 0) fail('The installation failed; the lines above say why. Nothing was started.');
  writeFileSync(installStamp, wanted);
}

function newest(path) {
  const entry = statSync(path);
  if (!entry.isDirectory()) return entry.mtimeMs;
  return Math.max(0, ...readdirSync(path).map(name => newest(join(path, name))));
}

export function ensureBuilt() {
  ensureWasm();
  const inputs = [
    'index.html',
    'widget.html',
    'vite.config.ts',
    'package.json',
    'package-lock.json',
    'scripts/widget-package.ts',
    'public',
    'shaders',
    'wasm',
    'workers',
    'src',
  ];
  const changed = Math.max(...inputs.map(name => newest(join(root, name))));
  if (existsSync(buildStamp) && statSync(buildStamp).mtimeMs >= changed) return true;
  say('Building the app...');
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const result = spawnSync(modernNode(), [vite, 'build', '--logLevel', 'warn'], {
    cwd: root,
    stdio: ['ignore', process.stderr, process.stderr],
    // Vite takes another mode from whoever calls, as a test runner that sets it does: a page without its service worker.
    env: { ...process.env, NODE_ENV: 'production' },
  });
  if (result.status !== 0) fail('The build failed; the lines above say why. Nothing was started.');
  writeFileSync(buildStamp, '');
  return true;
}
