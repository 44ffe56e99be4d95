import { afterAll, beforeAll, expect, test } from 'vitest';
import { words } from '../../src/app/strings.ts';
import { World } from '../e2e/world.ts';
import { faults, overflowing } from './faults.ts';

const text = words.network;
let world: World;

beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world?.stop());

test('whom the tab is connected to stands in a table and a picture, with the way, the round trip and the traffic', async () => {
  const tab = await world.openTab('looker', '#/network', {
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const { page } = tab;
  const other = await world.openTab('other');
  await world.podIs(({ members }) => members.length === 3);
  const connections = page.getByRole('region', { name: text.connections });
  const home = world.pod.members.find(({ id }) => id === world.pod.self)!.name;
  await connections
    .getByRole('row')
    .filter({ hasText: home })
    .getByText(`${text.member}, ${text.isRelay}`)
    .waitFor({ timeout: 30_000 });
  const row = connections.getByRole('row').filter({ hasText: text.transports.webrtc });
  await row.getByText(text.how.host).waitFor({ timeout: 30_000 });
  await row.getByText(/^\d.* m?s$/).waitFor({ timeout: 30_000 });
  await row.getByText(/ sent, .* received$/).waitFor({ timeout: 30_000 });
  await connections.getByText(/sent, .* received\. As of \d\d:\d\d:\d\d\./).waitFor();

  const picture = connections.getByRole('img', { name: text.picture.title });
  expect(await picture.getAttribute('aria-label')).toContain(`(${text.how.host})`);
  await picture.getByText(/^\d.* m?s, .*B$/).waitFor();
  await connections.getByRole('list', { name: text.picture.legend }).getByText(text.how.host).waitFor();

  // A phone shows no titles: a tap on a name shows the id behind it.
  const name = connections.getByRole('button', { name: home, exact: true });
  await name.click();
  expect(await name.getAttribute('aria-expanded')).toBe('true');
  await connections.getByText(world.pod.self, { exact: true }).waitFor();
  await connections.getByRole('button', { name: `${words.copy}: ${text.id}, ${home}` }).click();
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  await expect.poll(clipboard).toBe(world.pod.self);
  await page.getByRole('button', { name: text.copyDiagnostics }).click();
  await expect.poll(clipboard).toContain(`  ${world.pod.self}: direct`);

  const relays = page.getByRole('region', { name: text.relays, exact: true });
  await relays.getByText(text.relayStates.reserved).waitFor();
  for (const width of [360, 1440]) {
    await page.setViewportSize({ width, height: 800 });
    expect(await page.evaluate(overflowing), `${width} px`).toEqual([]);
    const [card, table] = [connections, connections.getByRole('table')].map(each => each.boundingBox());
    const { x, width: wide } = (await table)!;
    const { x: left, width: room } = (await card)!;
    expect(x + wide, `${width} px`).toBeLessThan(left + room);
    expect(await faults(tab), `${width} px`).toEqual([]);
  }
  for (const each of [tab, other]) {
    expect(each.errors).toEqual([]);
    await each.context.close();
  }
});

test('a connection that goes over a TURN server says so in the table and the picture', async () => {
  const context = await world.newPerson('turned');
  // As a browser reports it whose own candidate is one of a TURN server.
  await context.addInitScript(() => {
    const { getStats } = RTCPeerConnection.prototype;
    RTCPeerConnection.prototype.getStats = async function () {
      const stats = await getStats.call(this);
      const turned = [...(stats as ReadonlyMap<string, { type: string }>)].map(
        ([id, each]) =>
          [id, each.type === 'local-candidate' ? { ...each, candidateType: 'relay' } : each] as const,
      );
      return new Map(turned);
    };
  });
  const tab = await world.openTabIn(context, '#/network');
  const other = await world.openTab('other');
  const connections = tab.page.getByRole('region', { name: text.connections });
  const row = connections.getByRole('row').filter({ hasText: text.transports.webrtc });
  await row.getByText(text.how.turn).waitFor({ timeout: 60_000 });
  await connections.getByRole('list', { name: text.picture.legend }).getByText(text.how.turn).waitFor();
  expect(
    await connections.getByRole('img', { name: text.picture.title }).getAttribute('aria-label'),
  ).toContain(`(${text.how.turn})`);
  for (const each of [tab, other]) await each.context.close();
});
