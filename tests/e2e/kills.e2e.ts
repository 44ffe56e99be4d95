/**
 * A tab asks, and in the middle of each answer another tab is lost: it crashes, is closed, or its whole browser stands
 * still as a machine does that loses its network. KILLS=20 in the environment takes the long run.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { words } from '../../src/app/strings.ts';
import { seededRandom } from '../../src/base/random.ts';
import type { PodState } from '../../src/pod/pod.ts';
import { type ChromiumProcess, startChromium } from './chromium-process.ts';
import { answerOnOneDevice } from './one-device.ts';
import { ask, lend, type Tab, World } from './world.ts';

const kills = Number(process.env['KILLS'] ?? 3);
const manners = ['crashes', 'is closed', 'stands still'] as const;
const questions = ['What is a pod?', 'What is a relay?'];
/** A simulated GPU takes tens of milliseconds a token, so that there is a middle of an answer. */
const slow = '?gpu=software';

interface Victim {
  readonly chrome: ChromiumProcess;
  tab: Tab;
}

const random = seededRandom(1);
const pauses: number[] = [];
const cleanup = new AsyncDisposableStack();
let world: World;
let asker: Tab;
const expected: string[] = [];
const victims: Victim[] = [];

beforeAll(async () => {
  world = await World.start();
  cleanup.defer(() => world.stop());
  for (const question of questions) expected.push(await answerOnOneDevice(question));
  asker = await world.openLender('asker', slow);
  for (let index = 0; index < 2; index++) {
    const profile = await mkdtemp(join(tmpdir(), 'tabmesh-kills-'));
    cleanup.defer(() => rm(profile, { recursive: true, force: true }));
    const chrome = await startChromium(profile);
    cleanup.defer(() => chrome.kill());
    victims.push({ chrome, tab: await openIn(chrome) });
  }
});
afterAll(async () => {
  await cleanup.disposeAsync();
  const rounded = pauses.map(Math.round);
  console.log(
    `The longest pause of each answer: ${rounded.join(', ')} ms; of all: ${Math.max(...rounded)} ms.`,
  );
});

async function openIn({ browser }: ChromiumProcess): Promise<Tab> {
  const person = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const tab = await world.openTabIn(person, slow);
  await lend(tab);
  return tab;
}

/** Every peer computes a part, and the copies that the plan wants are there. */
function isWhole({ members, models }: PodState): boolean {
  const model = models[0];
  const parts = model?.plan ? [...model.plan.assignments, ...model.plan.standbys] : [];
  const isHeld = ({ peer, first, last }: (typeof parts)[number]) =>
    members
      .find(({ id }) => id === peer)
      ?.holds.some(
        held => held.model === model!.id && held.layers.first === first && held.layers.last === last,
      );
  const all = victims.length + 2;
  return members.length === all && model?.plan?.assignments.length === all && parts.every(isHeld);
}

const kill: Record<(typeof manners)[number], (victim: Victim) => Promise<void>> = {
  async crashes({ tab }) {
    const devtools = await tab.context.newCDPSession(tab.page);
    devtools.send('Page.crash').catch(() => {});
  },
  'is closed': ({ tab }) => tab.page.close(),
  'stands still': async ({ chrome }) => chrome.freeze(),
};

async function revive(victim: Victim, manner: (typeof manners)[number]): Promise<void> {
  if (manner === 'stands still') {
    victim.chrome.thaw();
    return;
  }
  await victim.tab.context.close();
  victim.tab = await openIn(victim.chrome);
}

/** Notes in the page when the last answer's text came further along `whole`, so that this process's pace is no part of it. */
const watchText = ({ page }: Tab, whole: string) =>
  page.evaluate(text => {
    const times: number[] = [];
    let shown = 0;
    const look = () => {
      const article = [...document.querySelectorAll('article')].at(-1);
      const answer = article?.querySelector<HTMLElement>('[data-answer]')?.innerText ?? '';
      const before = shown;
      while (shown < text.length && answer.startsWith(text.slice(0, shown + 1))) shown += 1;
      if (shown > before) times.push(performance.now());
    };
    const observer = new MutationObserver(look);
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
    Object.assign(globalThis, { shownTimes: times });
  }, whole);

const shownTimes = ({ page }: Tab): Promise<number[]> =>
  page.evaluate(() => (globalThis as unknown as { shownTimes: number[] }).shownTimes);

const below = (limit: number) => Math.floor(random.next() * limit);

test.each(Array.from({ length: kills }, (_, index) => index))(
  'answer %i is whole and the same although a tab is lost',
  async index => {
    await world.podIs(isWhole);
    const manner = manners[index % manners.length]!;
    const victim = victims[below(victims.length)]!;
    const question = index % questions.length;
    const whole = expected[question]!;
    const from = whole.slice(0, 1 + below(whole.length / 2));
    const article = await ask(asker, questions[question]!);
    await watchText(asker, whole);
    // The answer alone: the steps before it have letters, too, and a tab that goes then is not missed.
    const text = async () => (await article.locator('[data-answer]').allInnerTexts()).join('');
    await expect.poll(text, { timeout: 60_000, interval: 10 }).toContain(from);
    await kill[manner](victim);
    const answer = () => asker.page.getByRole('article').last().innerText();
    await expect.poll(answer, { timeout: 60_000 }).toContain(whole);
    await expect.poll(answer, { timeout: 60_000 }).toContain(words.route.interrupted(['']).trim());
    const times = await shownTimes(asker);
    pauses.push(Math.max(...times.slice(1).map((time, at) => time - times[at]!)));
    console.log(`A tab ${manner} after "${from.slice(-20)}": ${Math.round(pauses.at(-1)!)} ms.`);
    await revive(victim, manner);
  },
);
