/** A Chromium of its own process group and profile, which can be killed as a crash does it and started again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { type Browser, chromium } from 'playwright-core';
import { chromiumFlags } from '../chromium-flags.ts';

export interface ChromiumProcess {
  readonly browser: Browser;
  /** Nothing in it runs any further: no `pagehide`, no flush. */
  kill(): Promise<void>;
  /** Nothing in it runs, and nobody is told, until `thaw`. */
  freeze(): void;
  thaw(): void;
}

export async function startChromium(profile: string): Promise<ChromiumProcess> {
  const path = process.env['CHROME_PATH'] ?? '/usr/bin/chromium';
  const own = ['--headless=new', '--no-first-run', '--remote-debugging-port=0', `--user-data-dir=${profile}`];
  const child = spawn(path, [...own, ...chromiumFlags], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const browser = await chromium.connectOverCDP(await endpoint(child));
  return {
    browser,
    async kill() {
      const gone = once(child, 'exit');
      process.kill(-child.pid!, 'SIGKILL');
      await gone;
    },
    freeze: () => void process.kill(-child.pid!, 'SIGSTOP'),
    thaw: () => void process.kill(-child.pid!, 'SIGCONT'),
  };
}

async function endpoint(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stderr! })) {
    const found = /^DevTools listening on (ws:\S+)/.exec(line)?.[1];
    if (!found) continue;
    // Nobody reads what else it says, and a full pipe would stop it.
    child.stderr!.resume();
    return found;
  }
  throw new Error('Chromium ended before it listened.');
}
