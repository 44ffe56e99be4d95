import { afterAll, beforeAll, expect, test } from 'vitest';
import { words } from '../../src/app/strings.ts';
import { type Tab, World } from '../e2e/world.ts';
import { faults, overflowing } from './faults.ts';

const { invite, members, plan, podEnd } = words;
let world: World;
let owner: Tab;
let guest: Tab;

beforeAll(async () => {
  world = await World.start();
  owner = await world.openTab('owner', '#/pod');
  await owner.page.getByLabel(words.pod.name, { exact: true }).fill('Garden');
  await owner.page.getByRole('button', { name: words.pod.create }).click();
  await owner.page.getByRole('heading', { name: 'Garden', exact: true, level: 1 }).waitFor();
});
afterAll(() => world?.stop());

const button = ({ page }: Tab, name: string) => page.getByRole('button', { name, exact: true });
const membersOf = ({ page }: Tab) =>
  page.getByRole('list', { name: words.pod.members }).getByRole('listitem');
const openInvites = ({ page }: Tab) => page.getByRole('list', { name: invite.open }).getByRole('listitem');

async function makeLink(role: string, uses: string): Promise<string> {
  const { page } = owner;
  await page.getByRole('radio', { name: role, exact: true }).check();
  await page.getByLabel(invite.uses).selectOption({ label: uses });
  const count = await openInvites(owner).count();
  await button(owner, invite.make).click();
  await expect.poll(() => openInvites(owner).count()).toBe(count + 1);
  return page.getByLabel(invite.link).inputValue();
}

test('an invite says for whom and how long, shows a QR code, and is revoked', async () => {
  const link = await makeLink(invite.roles.admin, '5 peers');
  await openInvites(owner)
    .getByText(/^Admin, 0 of 5 used, until/)
    .waitFor();
  await button(owner, invite.qr).click();
  const code = owner.page.getByRole('img', { name: invite.qrLabel });
  expect(await code.locator('path').getAttribute('d')).toMatch(/^M4 4h1v1h-1z/);
  for (const width of [360, 1440]) {
    await owner.page.setViewportSize({ width, height: 800 });
    expect(await owner.page.evaluate(overflowing), `${width} px`).toEqual([]);
    expect(await faults(owner), `${width} px`).toEqual([]);
  }
  await openInvites(owner).getByRole('button', { name: invite.revoke }).click();
  await expect.poll(() => openInvites(owner).count()).toBe(0);
  guest = await world.openTab('guest', link.slice(link.indexOf('#')));
  await button(guest, words.pod.join).click();
  await guest.page.getByText(/This invite was revoked/).waitFor({ timeout: 60_000 });
});

test('a member sees why it cannot invite; its role is changed and it is removed with a second tap', async () => {
  const link = await makeLink(invite.roles.member, '1 peer');
  await guest.page.goto(world.server.url + link.slice(link.indexOf('#')));
  await button(guest, words.pod.join).click();
  await guest.page.getByRole('heading', { name: 'Garden', exact: true, level: 1 }).waitFor();
  await guest.page.getByText(invite.denied).waitFor();
  expect(await button(guest, invite.make).count()).toBe(0);
  expect(await guest.page.getByRole('button', { name: members.remove }).count()).toBe(0);
  await expect.poll(() => membersOf(owner).count()).toBe(2);
  await membersOf(owner).getByText(words.pod.direct).waitFor();

  await owner.page.getByRole('combobox', { name: /^Role of/ }).selectOption('admin');
  await button(guest, invite.make).waitFor();
  await owner.page.getByRole('button', { name: members.remove }).click();
  await owner.page.keyboard.press('Escape');
  const remove = owner.page.getByRole('button', { name: members.remove });
  expect(await remove.evaluate(element => element === document.activeElement)).toBe(true);
  await owner.page.keyboard.press('Enter');
  await owner.page.getByText(/is cut off for good/).waitFor();
  expect(await membersOf(owner).count()).toBe(2);
  await owner.page.keyboard.press('Enter');
  await expect.poll(() => membersOf(owner).count()).toBe(1);
  await guest.page.getByText(words.pod.alone).waitFor();
});

test('a plan is tried for another context before anything changes', async () => {
  const trial = owner.page.getByRole('region', { name: plan.trial });
  await trial.getByLabel(plan.context).selectOption({ label: '1,024 tokens' });
  await button(owner, plan.show).click();
  await trial.getByRole('table').waitFor();
  await trial.getByText(/One more peer like the median/).waitFor();
  await trial.getByText(plan.more).click();
  expect(await faults(owner)).toEqual([]);
});

test('its owner renames the pod, and ends it for all with a second tap', async () => {
  await owner.page.getByLabel(podEnd.name).fill('Orchard');
  await button(owner, podEnd.rename).click();
  await owner.page.getByRole('heading', { name: 'Orchard', exact: true, level: 1 }).waitFor();
  const link = await makeLink(invite.roles.viewer, '1 peer');
  await guest.page.goto(world.server.url + link.slice(link.indexOf('#')));
  await guest.page.getByText(/You come as a viewer/).waitFor();
  await guest.page.getByText(words.join.viewerShares[0]!).waitFor();
  expect(await guest.page.getByLabel(words.lending.label).count()).toBe(0);
  await button(guest, words.pod.join).click();
  await guest.page.getByRole('heading', { name: 'Orchard', exact: true, level: 1 }).waitFor();
  expect(await button(guest, podEnd.dissolve).count()).toBe(0);
  await button(owner, podEnd.dissolve).click();
  await owner.page.getByText(/This cannot be taken back/).waitFor();
  await button(owner, podEnd.dissolveNow('Orchard')).click();
  for (const tab of [owner, guest]) await tab.page.getByText(words.pod.alone).waitFor();
  expect(owner.errors).toEqual([]);
  expect(guest.errors).toEqual([]);
});
