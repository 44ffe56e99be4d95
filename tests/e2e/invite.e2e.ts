import { afterAll, beforeAll, expect, test } from 'vitest';
import { answerOnOneDevice } from './one-device.ts';
import { ask, type Tab, World } from './world.ts';

const question = 'What is a pod?';
let world: World;

beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world?.stop());

const goTo = ({ page }: Tab, name: string) => page.getByRole('link', { name, exact: true }).click();
const members = ({ page }: Tab) => page.getByRole('list', { name: 'Members' }).getByRole('listitem');

test('a pod of two tabs alone: created, invited by link, joined by a tap, used by both, left', async () => {
  const one = await world.openTab('tab-one');
  await goTo(one, 'Pod');
  await one.page.getByRole('button', { name: 'Leave pod' }).click();
  await one.page.getByRole('button', { name: 'Create pod' }).click();
  const link = await one.page.getByLabel('Invite link').inputValue();
  expect(new URL(link).hash).toMatch(/^#join=/);
  expect(new URL(link).search).toBe('');

  const two = await world.openTab('tab-two');
  await two.page.goto(link);
  await two.page.getByRole('button', { name: 'Join pod' }).click();
  await goTo(two, 'Pod');
  for (const tab of [one, two]) {
    await expect.poll(() => members(tab).count(), { timeout: 30_000 }).toBe(2);
    await expect
      .poll(() => members(tab).allInnerTexts(), { timeout: 30_000 })
      .toContainEqual(expect.stringContaining('Direct'));
    await expect
      .poll(
        async () =>
          await members(tab)
            .getByText(/^Holds layers/)
            .count(),
        { timeout: 30_000 },
      )
      .toBe(2);
  }
  // Two such fast peers need not share so small a model, unless who made the pod says so.
  await one.page.getByRole('radio', { name: /^Wide/ }).check();
  // The process that served the page is in another pod, and no member of this one.
  expect(world.pod.members).toHaveLength(1);

  const expected = await answerOnOneDevice(question);
  for (const tab of [one, two]) {
    await goTo(tab, 'Chat');
    const article = await ask(tab, question);
    await expect.poll(() => article.innerText(), { timeout: 60_000 }).toContain(expected);
    await expect.poll(() => article.innerText(), { timeout: 60_000 }).toMatch(/over 2 peers/);
  }

  await one.context.close();
  await goTo(two, 'Pod');
  await expect.poll(() => members(two).count(), { timeout: 30_000 }).toBe(1);
  await goTo(two, 'Chat');
  const article = await ask(two, question);
  await expect.poll(() => article.innerText(), { timeout: 60_000 }).toContain(expected);
  expect(two.errors).toEqual([]);
  await two.context.close();
});

test('a tab that is reloaded is the same peer in the same pod; a second tab of the window is another peer', async () => {
  const one = await world.openLender('tab-one');
  const [before] = (await world.podIs(({ members }) => members.length === 2)).members.filter(
    ({ link }) => link.kind !== 'self',
  );
  await one.page.reload();
  const two = await world.openTabIn(one.context);
  const { members: all } = await world.podIs(
    state => state.members.length === 3 && world.held(state)?.size === 3,
  );
  expect(all.map(({ id }) => id)).toContain(before!.id);
  expect(new Set(all.map(({ id }) => id)).size).toBe(3);
  expect([...one.errors, ...two.errors]).toEqual([]);
  await one.context.close();
});

test('a link that is no invite is said in words and changes nothing', async () => {
  const tab = await world.openTab('tab-one');
  await world.podIs(({ members }) => members.length === 2);
  await tab.page.goto(`${world.server.url}#join=${'garbage'.repeat(20)}`);
  await expect.poll(() => tab.page.getByText('This invite cannot be read').count()).toBe(1);
  await goTo(tab, 'Pod');
  await expect.poll(() => members(tab).count()).toBe(2);
  await tab.context.close();
});

test('a pod that a person made, and having left one, both outlast a reload', async () => {
  const tab = await world.openTab('tab-one');
  await world.podIs(({ members }) => members.length === 2);
  await goTo(tab, 'Pod');
  await tab.page.getByRole('button', { name: 'Leave pod' }).click();
  await expect.poll(() => tab.page.getByText('You are in no pod').count()).toBe(1);
  await tab.page.reload();
  await goTo(tab, 'Pod');
  await expect.poll(() => tab.page.getByText('You are in no pod').count(), { timeout: 20_000 }).toBe(1);

  await tab.page.getByLabel('Pod name').fill('Garden');
  await tab.page.getByRole('button', { name: 'Create pod' }).click();
  const heading = tab.page.getByRole('heading', { name: 'Garden' });
  await heading.waitFor();
  await tab.page.reload();
  await goTo(tab, 'Pod');
  await heading.waitFor({ timeout: 30_000 });
  // Longer than the host's process would need to take the tab over.
  await tab.page.waitForTimeout(5_000);
  expect(await heading.count()).toBe(1);
  expect(world.pod.members).toHaveLength(1);
  expect(tab.errors).toEqual([]);
  await tab.context.close();
});
