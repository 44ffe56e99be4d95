import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PeerId } from '../../src/base/brand.ts';
import { parseInviteLink } from '../../src/pod/invite.ts';
import { type Tab, World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world?.stop());

/** Those present and, after them, those who broke off without a goodbye. */
const named = (link: string): PeerId[] => parseInviteLink(link).contacts.map(each => each.peer);

/** A fresh one: the card keeps the link that it showed. */
async function inviteOf({ page }: Tab): Promise<string> {
  const shown = page.getByLabel('Invite link');
  const before = (await shown.count()) > 0 ? await shown.inputValue() : '';
  await page.getByRole('button', { name: 'Invite' }).click();
  await expect.poll(async () => (await shown.inputValue()) !== before).toBe(true);
  return shown.inputValue();
}

test('a tab that closes says goodbye, over a WebSocket and over WebRTC, so that nobody calls it back', async () => {
  const stays = await world.openLender('stays');
  await world.podIs(({ members }) => members.length === 2);
  const before = new Set(world.pod.members.map(({ id }) => id));
  const { pod, id: process } = world.server.peer;
  const closes = await world.openLender('closes');
  const { members } = await world.podIs(state => state.members.length === 3 && world.held(state)?.size === 3);
  const closed = members.find(({ id }) => !before.has(id))!.id;
  await stays.page.getByRole('link', { name: 'Pod', exact: true }).click();
  const seen = stays.page.getByRole('list', { name: 'Members' }).getByRole('listitem');
  await expect.poll(() => seen.getByText(/^Holds layers/).count(), { timeout: 30_000 }).toBe(3);

  await closes.context.close();
  await world.podIs(state => state.members.length === 2);
  await expect.poll(() => seen.count(), { timeout: 30_000 }).toBe(2);
  expect(named(await pod.invite(world.server.url))).not.toContain(closed);
  expect(named(await inviteOf(stays))).not.toContain(closed);
  expect(named(await inviteOf(stays))).toContain(process);

  await world.server.close();
  await expect.poll(() => seen.count(), { timeout: 30_000 }).toBe(1);
  expect(named(await inviteOf(stays))).not.toContain(process);
  await stays.context.close();
});
