import { afterAll, beforeAll, expect, test } from 'vitest';
import { words } from '../../src/app/strings.ts';
import { parseInviteLink } from '../../src/pod/invite.ts';
import { type Tab, World } from '../e2e/world.ts';
import { faults, overflowing } from './faults.ts';
import { whileFull } from './full-disk.ts';

const { invite, members, plan, podEnd } = words;
let world: World;
let owner: Tab;
let guest: Tab;

beforeAll(async () => {
  world = await World.start();
  const person = await world.newPerson('owner', { permissions: ['clipboard-read', 'clipboard-write'] });
  // Chromium on Linux has no sheet for sharing.
  await person.addInitScript(() => {
    navigator.share = async data => void Object.assign(window, { shared: data });
  });
  owner = await world.openTabIn(person, '#/pod');
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

test('a new pod has its first link without a further tap; it is copied, shared and revoked like any other', async () => {
  const { page } = owner;
  const card = page.getByRole('region', { name: invite.title, exact: true });
  await card.getByText(invite.lets('member', 1, 72)).waitFor();
  const link = await card.getByLabel(invite.link).inputValue();
  const { models, lentBytes, ...promised } = parseInviteLink(link);
  expect(promised).toMatchObject({ name: 'Garden', role: 'member', uses: 1 });
  expect(models.map(({ name }) => name)).toEqual(['guide']);
  expect(lentBytes).toBeGreaterThan(0);
  // Whoever hears the pod's name first comes to the link next.
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
  await page.keyboard.press('Tab');
  expect(await card.getByLabel(invite.link).evaluate(field => field === document.activeElement)).toBe(true);
  for (const width of [1440, 360]) {
    await page.setViewportSize({ width, height: 800 });
    for (const name of [words.copy, invite.share, invite.qr]) {
      const box = await card.getByRole('button', { name, exact: true }).boundingBox();
      expect(box!.y + box!.height, `${name} at ${width} px`).toBeLessThan(800);
    }
  }
  await card.getByRole('button', { name: words.copy, exact: true }).click();
  await card.getByRole('button', { name: words.copied, exact: true }).waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link);
  await card.getByRole('button', { name: invite.share }).click();
  expect(await page.evaluate(() => Object(window).shared)).toEqual({ title: invite.shareTitle, url: link });

  await page.getByRole('link', { name: words.rail.chat, exact: true }).click();
  await page.getByRole('link', { name: words.rail.pod, exact: true }).click();
  expect(await card.getByLabel(invite.link).inputValue()).toBe(link);
  expect(await openInvites(owner).count()).toBe(1);
  await openInvites(owner).getByRole('button', { name: invite.revoke }).click();
  await card.getByText(invite.spent).waitFor();
  expect(await card.getByLabel(invite.link).count()).toBe(0);
});

test('an invite says for whom and how long, shows a QR code, and is revoked', async () => {
  const link = await makeLink(invite.roles.admin, '5 peers');
  await owner.page.getByText(invite.lets('admin', 5, 72)).waitFor();
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
  // Only who may set it for the whole pod has the control.
  await guest.page.getByText(words.spread.why.fast).waitFor();
  expect(await guest.page.getByRole('radio', { name: words.spread.wide }).count()).toBe(0);
  const spread = owner.page.getByRole('group', { name: words.spread.title });
  const room = spread.getByLabel(words.plan.context);
  const role = owner.page.getByRole('combobox', { name: /^Role of/ });
  await role.waitFor();
  const before = await room.inputValue();
  await whileFull(owner.page, async () => {
    await spread.getByRole('radio', { name: words.spread.wide }).click();
    await spread.getByRole('alert').waitFor();
    await expect.poll(() => spread.getByRole('radio', { name: words.spread.fast }).isChecked()).toBe(true);
    await room.selectOption({ label: words.plan.contextText(1024) });
    await expect.poll(() => room.inputValue()).toBe(before);
    await role.selectOption('admin');
    await owner.page
      .getByRole('alert')
      .getByText(/grants no more space/)
      .last()
      .waitFor();
    await expect.poll(() => role.inputValue()).toBe('member');
  });
  await spread.getByRole('radio', { name: words.spread.wide }).check();
  await guest.page.getByText(words.spread.why.wide).waitFor();
  await room.selectOption({ label: words.plan.contextText(1024) });
  await guest.page.getByText(`${words.plan.context}: ${words.plan.contextText(1024)}`).waitFor();
  expect(await guest.page.getByRole('button', { name: members.remove }).count()).toBe(0);
  await expect.poll(() => membersOf(owner).count()).toBe(2);
  // With the round trip, once it was measured.
  await membersOf(owner)
    .getByText(new RegExp(`^${words.pod.direct}, \\d.* m?s round trip`))
    .waitFor({ timeout: 30_000 });

  await role.selectOption('admin');
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
  // Unless another one is chosen, it is what the pod has set.
  await expect
    .poll(() => trial.getByLabel(plan.context).locator('option:checked').innerText())
    .toBe(plan.contextOfPod(1024));
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
