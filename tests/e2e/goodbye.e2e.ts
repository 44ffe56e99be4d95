import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PeerId } from '../../src/base/brand.ts';
import { parseInviteLink } from '../../src/pod/invite.ts';
import { World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world?.stop());

/** Those present and, after them, those who broke off without a goodbye. */
const named = (link: string): PeerId[] => parseInviteLink(link).contacts.map(each => each.peer);

test('a tab that closes says goodbye, over a WebSocket and over WebRTC, so that nobody calls it back', async () => {
  const stays = await world.openTab('stays');
  await world.podIs(({ members }) => members.length === 2);
  const before = new Set(world.pod.members.map(({ id }) => id));
  const closes = await world.openTab('closes');
  const { members } = await world.podIs(state => state.members.length === 3 && world.held(state)?.size === 3);
  const closed = members.find(({ id }) => !before.has(id))!.id;
  await stays.page.getByRole('link', { name: 'Pod', exact: true }).click();
  const seen = stays.page.getByRole('list', { name: 'Members' }).getByRole('listitem');
  await expect.poll(() => seen.getByText(/^Holds layers/).count(), { timeout: 30_000 }).toBe(3);

  await closes.context.close();
  await world.podIs(state => state.members.length === 2);
  await expect.poll(() => seen.count(), { timeout: 30_000 }).toBe(2);
  expect(named(world.server.peer.pod.invite(world.server.url))).not.toContain(closed);
  await stays.page.getByRole('button', { name: 'Invite' }).click();
  const link = await stays.page.getByLabel('Invite link').inputValue();
  expect(named(link)).not.toContain(closed);
  expect(named(link)).toContain(world.server.peer.id);
  await stays.context.close();
});
