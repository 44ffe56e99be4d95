/** A running Tabmesh as a newcomer has it: the process of `npm start` and a real Chromium. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Locator,
  type Page,
} from 'playwright-core';
import { words } from '../../src/app/strings.ts';
import type { PeerId } from '../../src/base/brand.ts';
import type { SeenRequest } from '../../src/node/gateway/app.ts';
import { type Server, type ServerOptions, startServer } from '../../src/node/server.ts';
import type { PodState } from '../../src/pod/pod.ts';
import { chromiumFlags } from '../chromium-flags.ts';

/** Far beyond what joining and loading take, so that only a pod that is stuck meets it. */
const podMs = 60_000;

export interface Tab {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What was wrong in the page's own eyes; empty in a good run. */
  readonly errors: readonly string[];
}

const serverOptions = (
  dataFolder: string,
  port: number,
  onRequest: (request: SeenRequest) => void,
): ServerOptions => ({
  host: '127.0.0.1',
  port,
  dataFolder,
  device: 'cpu',
  allowOrigins: [],
  allowMachines: false,
  onRequest,
});

export class World {
  server: Server;
  readonly seen: readonly SeenRequest[];
  readonly #browser: Browser;
  /** Where the process keeps what is its own. */
  readonly folder: string;

  private constructor(server: Server, seen: SeenRequest[], browser: Browser, folder: string) {
    this.server = server;
    this.seen = seen;
    this.#browser = browser;
    this.folder = folder;
  }

  static async start(flags: readonly string[] = []): Promise<World> {
    const folder = await mkdtemp(join(tmpdir(), 'tabmesh-e2e-'));
    const seen: SeenRequest[] = [];
    const server = await startServer(serverOptions(folder, 0, request => void seen.push(request)));
    const executablePath = process.env['CHROME_PATH'] ?? '/usr/bin/chromium';
    const browser = await chromium.launch({ executablePath, args: [...chromiumFlags, ...flags] });
    return new World(server, seen, browser, folder);
  }

  /** A tab of a person of its own: nothing is shared with other tabs, and the server's log knows it by `name`. */
  async openTab(name: string, path = '', options: BrowserContextOptions = {}): Promise<Tab> {
    return this.openTabIn(await this.newPerson(name, options), path);
  }

  /** One that lends what the page offers, and then shows the page that `path` names. */
  async openLender(name: string, path = '', options: BrowserContextOptions = {}): Promise<Tab> {
    const tab = await this.openTab(name, path, options);
    await lend(tab);
    return tab;
  }

  newPerson(name: string, options: BrowserContextOptions = {}): Promise<BrowserContext> {
    return this.#browser.newContext({
      userAgent: name,
      viewport: { width: 1280, height: 800 },
      ...options,
    });
  }

  /** One more tab of the same browser. */
  async openTabIn(context: BrowserContext, path = ''): Promise<Tab> {
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('pageerror', error => errors.push(String(error)));
    page.on('console', message => {
      if (message.type() === 'error') errors.push(message.text());
    });
    await page.goto(this.server.url + path);
    return { page, context, errors };
  }

  get pod(): PodState {
    return this.server.peer.pod.state.peek();
  }

  /** Resolves when the process's own view of the pod is so; rejects with that view where it never gets there. */
  async podIs(condition: (state: PodState) => boolean): Promise<PodState> {
    const { promise, resolve, reject } = Promise.withResolvers<PodState>();
    const unsubscribe = this.server.peer.pod.state.subscribe(state => condition(state) && resolve(state));
    const timer = setTimeout(
      () => reject(new Error(`the pod stays ${JSON.stringify(this.pod, undefined, 1)}`)),
      podMs,
    );
    return promise.finally(() => {
      clearTimeout(timer);
      unsubscribe();
    });
  }

  /** The layers of the pod's first model that each member holds; undefined while the plan is not carried out. */
  held(state: PodState): Map<PeerId, { first: number; last: number }> | undefined {
    const model = state.models[0];
    if (!model?.plan) return undefined;
    const held = new Map<PeerId, { first: number; last: number }>();
    for (const { peer, first, last } of model.plan.assignments) {
      const member = state.members.find(({ id }) => id === peer);
      const holds = member?.holds.some(
        hold => hold.model === model.id && hold.layers.first === first && hold.layers.last === last,
      );
      if (!holds) return undefined;
      held.set(peer, { first, last });
    }
    return held;
  }

  /** The same data, the same port, as after Ctrl-C and another `npm start`. */
  async restartServer(): Promise<void> {
    const port = Number(new URL(this.server.url).port);
    await this.server.close();
    this.server = await startServer(serverOptions(this.folder, port, () => {}));
  }

  /** So that a test that failed leaves no peer to the next. */
  async closeTabs(): Promise<void> {
    await Promise.all(this.#browser.contexts().map(context => context.close()));
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    await this.server.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** As a person does on the page for it; the page that was shown comes back. */
export async function lend({ page }: Tab): Promise<void> {
  const { hash } = new URL(page.url());
  const goTo = (place: string) => page.evaluate(next => void (location.hash = next), place);
  await goTo('#/contribute');
  await page.getByRole('button', { name: words.contribute.start }).click();
  await page.getByRole('button', { name: words.contribute.finish }).waitFor();
  await goTo(hash || '#/chat');
}

/** Types a question as a person does; resolves to the answer's article as soon as it is there. */
export async function ask({ page }: Tab, question: string): Promise<Locator> {
  await page.getByRole('textbox', { name: 'Message' }).fill(question);
  await page.getByRole('button', { name: 'Send' }).click();
  return page.getByRole('article').last();
}
