import { afterAll, beforeAll, expect, test } from 'vitest';
import { words } from '../../src/app/strings.ts';
import type { PeerId } from '../../src/base/brand.ts';
import { headTensors, layerTensors } from '../../src/model/slice.ts';
import { tabmesh } from './command.ts';
import { answerOnOneDevice, openGuide } from './one-device.ts';
import { ask, type Tab, World } from './world.ts';

const question = 'What is a pod?';
let world: World;
let expected: string;

beforeAll(async () => {
  world = await World.start();
  expected = await answerOnOneDevice(question);
});
afterAll(() => world?.stop());

const wholeAnswer = (tab: Tab) =>
  expect.poll(() => tab.page.getByRole('article').last().innerText(), { timeout: 60_000 });

async function askGateway(): Promise<string> {
  const response = await fetch(`${world.server.url}v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'guide', temperature: 0, messages: [{ role: 'user', content: question }] }),
  });
  const body = (await response.json()) as { choices: { message: { content: string } }[] };
  return body.choices[0]!.message.content;
}

const spreadOver = (count: number) =>
  world.podIs(state => state.members.length === count && world.held(state)?.size === count);

test('curl is answered with no tab open', async () => {
  expect(await askGateway()).toBe(expected);
});

test('two tabs and a Node peer share the layers, each fetching only its own; both ways of asking agree', async () => {
  const given = new Map<PeerId, Set<number>>();
  const stop = world.server.peer.pod.state.subscribe(state => {
    const { assignments = [], standbys = [] } = state.models[0]?.plan ?? {};
    for (const { peer, first, last } of [...assignments, ...standbys]) {
      const layers = given.get(peer) ?? new Set();
      for (let layer = first; layer < last; layer++) layers.add(layer);
      given.set(peer, layers);
    }
  });
  // A page that can open offline fetches the rest of the guide too, when it has started.
  const alone = { serviceWorkers: 'block' } as const;
  const one = await world.openLender('tab-one', '?gpu=software', alone);
  await spreadOver(2);
  const firstTab = world.pod.members.find(member => member.id !== world.server.peer.id)!.id;
  const two = await world.openLender('tab-two', '?gpu=software', alone);
  const state = await spreadOver(3);
  stop();
  const secondTab = state.members.find(({ id }) => id !== world.server.peer.id && id !== firstTab)!.id;
  for (const member of state.members) {
    if (member.id !== world.server.peer.id) expect(member.device.kind).toBe('webgpu');
  }

  await ask(one, question);
  await wholeAnswer(one).toContain(expected);
  expect(await askGateway()).toBe(expected);
  const again = await ask(one, question);
  await again.getByText(/ 1 of \d+ prompt tokens read anew/).waitFor({ timeout: 60_000 });
  await wholeAnswer(one).toContain(expected);

  // The header, then for each tab its own layers and those of which it keeps a copy; the head only for the tab that asked.
  const { model } = await openGuide();
  const header = Math.min(...[...model.tensors.values()].map(({ offset }) => offset));
  for (const [agent, peer, asked] of [
    ['tab-one', firstTab, true],
    ['tab-two', secondTab, false],
  ] as const) {
    const allowed = [...given.get(peer)!].flatMap(layer => layerTensors(model, layer));
    if (asked) allowed.push(...headTensors(model));
    const fetched = rangesOf(agent);
    expect(fetched.length).toBeGreaterThan(1);
    for (const range of fetched) {
      // What a range holds beyond the header has to be tensors of the slice, to the byte.
      const start = Math.max(range.start, header);
      const own = allowed.reduce(
        (sum, { offset, bytes }) => sum + overlap(start, range.end, offset, offset + bytes),
        0,
      );
      const padding = 32 * allowed.length;
      const isHeader = range.start < header;
      if (!isHeader)
        expect(range.end - start - own, `${agent} fetched bytes of others`).toBeLessThanOrEqual(padding);
      else expect(range.end).toBeLessThanOrEqual(64 * 1024);
    }
  }
  expect(one.errors).toEqual([]);
  expect(two.errors).toEqual([]);
  await two.context.close();
  await one.context.close();
});

test('who meets others measures itself, and tabmesh plan tells what a token takes', async () => {
  await world.podIs(({ members }) => members.length === 1);
  const tab = await world.openLender('tab-one');
  await spreadOver(2);
  const { members, models } = await world.podIs(state => state.members.every(({ speed }) => speed));
  const { assignments, forecast, explanation } = models[0]!.plan!;
  for (const { speed } of members) expect(speed!.rowNanosPerMB).toBeGreaterThan(0);
  expect(assignments.map(({ ms }) => ms! > 0)).toEqual([true, true]);
  expect(forecast!.tokenMs).toBeGreaterThan(forecast!.layersMs);
  expect(explanation.join(' ')).toMatch(/A token takes about [\d.]+ m?s for the mean of the members/);
  const asked = ['plan', 'guide', '--dry-run', '--url', world.server.url];
  const told = JSON.parse((await tabmesh(...asked, '--json')).out);
  expect(told.plan.assignments).toMatchObject(
    assignments.map(({ peer, first, last }) => ({ peer, first, last })),
  );
  expect(told.plan.forecast.tokenMs).toBeGreaterThan(0);
  const shown = await tabmesh(...asked, '--context', '256');
  expect(shown.code).toBe(0);
  for (const { name } of members) expect(shown.out).toContain(name);
  expect(shown.out).toContain('With room for a conversation of 128 tokens in place of 256');
  expect(tab.errors).toEqual([]);
  await tab.context.close();
});

function rangesOf(agent: string): { start: number; end: number }[] {
  return world.seen
    .filter(({ path, headers }) => path.endsWith('guide.gguf') && headers.get('user-agent') === agent)
    .map(({ contentRange }) => {
      const [, start, end] = /^bytes (\d+)-(\d+)\//.exec(contentRange ?? '') ?? [];
      return { start: Number(start), end: Number(end) + 1 };
    });
}

const overlap = (a: number, b: number, c: number, d: number) => Math.max(0, Math.min(b, d) - Math.max(a, c));

/** A simulated GPU takes tens of milliseconds a token, so that a tab that goes after the first words goes in mid-answer. */
const slow = '?gpu=software';

for (const manner of ['is closed', 'crashes'] as const) {
  test(`a tab ${manner} in mid-answer and the answer is the same`, async () => {
    await world.podIs(({ members }) => members.length === 1);
    const one = await world.openLender('tab-one', slow);
    const two = await world.openLender('tab-two', slow);
    await spreadOver(3);
    const article = await ask(one, question);
    await expect.poll(() => article.innerText(), { timeout: 60_000, interval: 10 }).toContain('A pod');
    if (manner === 'is closed') await two.page.close();
    else {
      const devtools = await two.context.newCDPSession(two.page);
      devtools.send('Page.crash').catch(() => {});
    }
    await wholeAnswer(one).toContain(expected);
    await wholeAnswer(one).toContain(`left.${words.route.interrupted([''])}`);
    await world.podIs(({ members }) => members.length === 2);
    await two.context.close();
    await one.context.close();
  });
}

test('Stop ends an answer on every tab that computes it, what came of it stays, and the next one is whole', async () => {
  await world.podIs(({ members }) => members.length === 1);
  const one = await world.openLender('tab-one', slow);
  const two = await world.openLender('tab-two', `${slow}#/contribute`);
  await spreadOver(3);
  const given = two.page.getByRole('region', { name: words.contribute.given });
  const underWay = (answers: number) => given.getByText(words.contribute.nowText(answers), { exact: true });
  const article = await ask(one, question);
  await expect.poll(() => article.innerText(), { timeout: 60_000, interval: 10 }).toContain('A pod');
  await underWay(1).waitFor();
  await one.page.getByRole('button', { name: words.chat.stop, exact: true }).click();
  await article.getByText(words.chat.stopped).waitFor();
  await underWay(0).waitFor();
  expect(await article.innerText()).toContain('A pod');
  expect(await article.innerText()).not.toContain(expected);
  await ask(one, question);
  await wholeAnswer(one).toContain(expected);
  expect(one.errors).toEqual([]);
  expect(two.errors).toEqual([]);
  await two.context.close();
  await one.context.close();
});

test("the browser's GPU process crashes in mid-answer, and the answer is the same", async () => {
  await world.podIs(({ members }) => members.length === 1);
  const one = await world.openLender('tab-one', slow);
  await spreadOver(2);
  const article = await ask(one, question);
  await expect.poll(() => article.innerText(), { timeout: 60_000, interval: 10 }).toContain('A pod');
  const devtools = await one.context.browser()!.newBrowserCDPSession();
  const { processInfo } = await devtools.send('SystemInfo.getProcessInfo');
  process.kill(processInfo.find(({ type }) => type === 'GPU')!.id);
  await wholeAnswer(one).toContain(expected);
  await wholeAnswer(one).toContain('The GPU was lost: ');
  const { members } = await spreadOver(2);
  const tab = members.find(({ id }) => id !== world.server.peer.id)!;
  expect(tab.device).toMatchObject({ kind: 'webgpu', note: expect.stringMatching(/lost: .* It is back\.$/) });
  await one.context.close();
});
