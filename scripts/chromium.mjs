// Finds a Chromium for the tests, or installs one: CHROME_PATH, the system's, Playwright's, the package manager's.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { root } from './place.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const places = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

const run = (command, args, options = {}) =>
  spawnSync(command, args, { encoding: 'utf8', timeout: 600_000, ...options });

function systems() {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of names) {
      const path = join(folder, name);
      if (existsSync(path)) return path;
    }
  }
  return places.find(place => existsSync(place));
}

async function playwrights() {
  const { chromium } = await import('playwright-core');
  const path = chromium.executablePath();
  if (existsSync(path)) return path;
  process.stderr.write('No Chromium found; asking Playwright for one...\n');
  run(process.execPath, [join(root, 'node_modules', 'playwright-core', 'cli.js'), 'install', 'chromium'], {
    stdio: 'ignore',
    timeout: 300_000,
  });
  return existsSync(path) ? path : undefined;
}

function packageManagers() {
  const managers = [
    [
      ['apt-get', 'update', '-qq'],
      ['apt-get', 'install', '-y', '-qq', 'chromium'],
    ],
    [['dnf', 'install', '-y', 'chromium']],
    [['pacman', '-Sy', '--noconfirm', 'chromium']],
    [['apk', 'add', 'chromium']],
  ];
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  for (const steps of managers) {
    if (run('which', [steps[0][0]]).status !== 0) continue;
    process.stderr.write(`Installing Chromium with ${steps[0][0]}...\n`);
    for (const step of steps) {
      const [command, ...args] = [...sudo, ...step];
      run(command, args, {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      });
    }
    return systems();
  }
  return undefined;
}

export async function ensureChromium() {
  if (process.env.CHROME_PATH && existsSync(process.env.CHROME_PATH)) return process.env.CHROME_PATH;
  return systems() ?? (await playwrights()) ?? packageManagers();
}
