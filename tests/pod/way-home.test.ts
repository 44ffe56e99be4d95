/** Who was split off, reloaded or asleep gets back into its pod. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Clock } from '../../src/base/clock.ts';
import { isKind } from '../../src/base/error.ts';
import { channelCloseMs, introduceEveryMs, reconnectForMs } from '../../src/base/limits.ts';
import type { LiveValue } from '../../src/base/live.ts';
import type { NetworkStatus } from '../../src/network/network.ts';
import { inviteLink, parseInviteLink } from '../../src/pod/invite.ts';
import { settle } from './manual-clock.ts';
import { anybody, failure, membersSeen, names, type PodWorld, podWorld, type TestPeer } from './pod-world.ts';

vi.setConfig({ testTimeout: 60_000 });
const page = 'https://example.org/app';

let house: PodWorld;
beforeEach(async () => {
  house = await podWorld();
});
afterEach(() => house.close());

async function pair(): Promise<{ a: TestPeer; b: TestPeer; link: string }> {
  const [a, b] = [await house.peer('a'), await house.peer('b')];
  await a.pod.create('Workshop');
  const link = await a.pod.invite(page, anybody);
  await b.pod.join(link);
  return { a, b, link };
}
/** The tab is closed and opened again: the same key and store. */
async function reopened(peer: TestPeer): Promise<TestPeer> {
  house.world.kill(peer.id);
  await peer.pod.close();
  await settle();
  return house.peer(peer.id, undefined, { store: peer.store });
}

test('an invite names the members that are there, and then those that broke off', async () => {
  const { a, b } = await pair();
  const contacts = async () =>
    parseInviteLink(await a.pod.invite(page, anybody)).contacts.map(each => each.peer);
  expect(await contacts()).toEqual(['a', 'b']);
  const c = await house.peer('c');
  await c.pod.join(await a.pod.invite(page, anybody));
  await membersSeen(a, 3);
  house.world.kill(b.id);
  await membersSeen(a, 2);
  expect(await contacts()).toEqual(['a', 'c', 'b']);
});

test('the maker of a pod comes back by its own link to those who are there', async () => {
  const { a, b } = await pair();
  const { id } = a.state();
  const again = await reopened(a);
  await again.pod.restore(id!);
  expect(names(again)).toEqual(['a', 'b']);
  await membersSeen(b, 2);
});

test('a link that leads only to ourselves is no way to join, but one to be alone in the pod', async () => {
  const a = await house.peer('a');
  await a.pod.create('Workshop');
  const home = await a.pod.invite(page, anybody);
  const { id } = a.state();
  const again = await reopened(a);
  expect(String(await failure(again.pod.join(home)))).toContain('only to this peer itself');
  expect(again.state().id).toBe(undefined);
  await again.pod.restore(id!);
  expect(again.state()).toMatchObject({ id, name: 'Workshop' });
  const b = await house.peer('b');
  await b.pod.join(home);
  expect(names(again)).toEqual(['a', 'b']);
});

test('where nobody answers in time it is alone in its pod, and they come together later', async () => {
  const { a, b } = await pair();
  const home = a.state().id!;
  house.world.freeze(b.id);
  const again = await reopened(a);
  const restoring = again.pod.restore(home);
  await house.clock.pass(7_900);
  expect(again.state().id).toBe(undefined);
  await house.clock.pass(200);
  await restoring;
  expect(names(again)).toEqual(['a']);
  house.world.thaw(b.id);
  await house.clock.pass(60_000);
  expect([names(again), names(b)]).toEqual([
    ['a', 'b'],
    ['a', 'b'],
  ]);
});

test('where a member has moved to meanwhile is known after a reload', async () => {
  const a = await house.peer('a');
  await a.pod.create('Workshop');
  const b = await house.peer('b');
  const addresses = b.network.addresses();
  Object.assign(b.network, { addresses: () => ['/memory/elsewhere/p2p/elsewhere'] });
  await b.pod.join(await a.pod.invite(page, anybody));
  await settle();
  Object.assign(b.network, { addresses: () => addresses });
  (b.network.status as LiveValue<NetworkStatus>).update(status => status);
  await settle();
  const { id } = a.state();
  const again = await reopened(a);
  const restoring = again.pod.restore(id!);
  await settle();
  expect(names(again)).toEqual(['a', 'b']);
  await restoring;
});

test('two who return at the same moment meet', async () => {
  const { a, b } = await pair();
  const { id } = a.state();
  const [a2, b2] = [await reopened(a), await reopened(b)];
  const both = [a2.pod.restore(id!), b2.pod.restore(id!)];
  await house.clock.pass(9_000);
  await Promise.all(both);
  expect([names(a2), names(b2)]).toEqual([
    ['a', 'b'],
    ['a', 'b'],
  ]);
});

test('one of several contacts is enough, however long the others take', async () => {
  const { a, b } = await pair();
  const c = await house.peer('c');
  await c.pod.join(await a.pod.invite(page, anybody));
  // The link has to name c.
  await settle();
  const link = await a.pod.invite(page, anybody);
  // The others have to hear of the invite.
  await settle();
  for (const peer of [a, b]) house.world.freeze(peer.id);
  const late = await house.peer('late');
  await late.pod.join(link);
  expect(names(late)).toContain('c');
});

test('two halves of a pod come together by a link of one', async () => {
  const { a, b } = await pair();
  await a.pod.setRole(b.id, 'admin');
  await settle();
  house.world.sever(a.id, b.id);
  const c = await house.peer('c');
  await c.pod.join(await a.pod.invite(page, anybody));
  house.world.mend(a.id, b.id);
  await c.pod.join(await b.pod.invite(page, anybody));
  await house.clock.pass(100);
  for (const peer of [b, c]) expect(names(peer)).toContain('b');
  await house.clock.pass(3_000);
  for (const peer of [a, b, c]) expect(names(peer)).toEqual(['a', 'b', 'c']);
});

test('a laptop that slept longer than anybody waits comes back', async () => {
  const { a, b } = await pair();
  house.world.sever(a.id, b.id);
  await house.clock.pass(600_000);
  expect([names(a), names(b)]).toEqual([['a'], ['b']]);
  house.world.mend(a.id, b.id);
  await house.clock.pass(61_000);
  expect([names(a), names(b)]).toEqual([
    ['a', 'b'],
    ['a', 'b'],
  ]);
});

test('a network that comes back is used at once', async () => {
  const { a, b } = await pair();
  house.world.sever(a.id, b.id);
  await house.clock.pass(600_000);
  house.world.mend(a.id, b.id);
  // The other dialled us for something else.
  await b.network.connect(a.network.addresses());
  await house.clock.pass(1_000);
  expect(names(a)).toEqual(['a', 'b']);
});

test.each(['create', 'leave', 'close'] as const)(
  'a join is given up on %s, and leaves nothing behind',
  async what => {
    const { a, link } = await pair();
    const c = await house.peer('c');
    const joining = failure(c.pod.join(link));
    await (what === 'create' ? c.pod.create('Mine') : c.pod[what]());
    expect(isKind(await joining, 'cancelled')).toBe(true);
    await house.clock.pass(10_000);
    expect(c.state().name).toBe(what === 'create' ? 'Mine' : undefined);
    expect([names(a), names(c)]).toEqual([['a', 'b'], ['c']]);
  },
);

test('a relay that answers again is used at once', async () => {
  const { a, b } = await pair();
  house.world.sever(a.id, b.id);
  const status = a.network.status as LiveValue<NetworkStatus>;
  status.set({ kind: 'connecting', step: 'Waiting for the relay' });
  await house.clock.pass(600_000);
  house.world.mend(a.id, b.id);
  status.set({ kind: 'relay-only' });
  await house.clock.pass(1_000);
  expect(names(a)).toEqual(['a', 'b']);
});

test('two who lost each other and gave up meet again through a third', async () => {
  const { a, b, link } = await pair();
  const c = await house.peer('c');
  await c.pod.join(link);
  await Promise.all([a, b, c].map(peer => membersSeen(peer, 3)));
  house.world.sever(a.id, b.id);
  // Longer than anybody calls.
  await house.clock.pass(reconnectForMs + 120_000);
  house.world.mend(a.id, b.id);
  await house.clock.pass(2 * 60_000);
  for (const peer of [a, b, c]) expect(names(peer)).toEqual(['a', 'b', 'c']);
});

test('who was let in by a member that then goes finds those of its link that were away', async () => {
  const { a, b } = await pair();
  await a.pod.setRole(b.id, 'admin');
  await settle();
  house.world.sever(a.id, b.id);
  const both = await b.pod.invite(page);
  const c = await house.peer('c');
  house.world.sever(a.id, c.id);
  await c.pod.join(both);
  house.world.kill(b.id);
  await membersSeen(c, 1);
  house.world.mend(a.id, c.id);
  await house.clock.pass(10_000);
  expect([names(a), names(c)]).toEqual([
    ['a', 'c'],
    ['a', 'c'],
  ]);
});

test('members tell each other of those who are away, too', async () => {
  const { a, b } = await pair();
  await a.pod.setRole(b.id, 'admin');
  await settle();
  house.world.sever(a.id, b.id);
  const c = await house.peer('c');
  const { contacts, ...invite } = parseInviteLink(await b.pod.invite(page));
  await c.pod.join(inviteLink(page, { ...invite, contacts: contacts.slice(0, 1) }));
  await house.clock.pass(introduceEveryMs + 1_000);
  house.world.kill(b.id);
  await house.clock.pass(60_000);
  expect([names(a), names(c)]).toEqual([
    ['a', 'c'],
    ['a', 'c'],
  ]);
});

test('a hidden tab, whose timers ring once a minute, stays a member', async () => {
  const a = await house.peer('a');
  const b = await house.peer('b', undefined, { clock: slow(house.clock, 60_000) });
  await a.pod.create('Workshop');
  await b.pod.join(await a.pod.invite(page, anybody));
  await Promise.all([a, b].map(peer => membersSeen(peer, 2)));
  const losses = lossesOf(a, b);
  await house.clock.pass(300_000);
  expect(losses()).toBe(0);
});

test('two hidden tabs stay members to each other', async () => {
  const clock = slow(house.clock, 60_000);
  const [a, b] = [await house.peer('a', undefined, { clock }), await house.peer('b', undefined, { clock })];
  await a.pod.create('Workshop');
  await b.pod.join(await a.pod.invite(page, anybody));
  await Promise.all([a, b].map(peer => membersSeen(peer, 2)));
  const losses = lossesOf(a, b);
  await house.clock.pass(300_000);
  expect(losses()).toBe(0);
});

test('a member that comes and goes is let in ever more rarely', async () => {
  const { a, b } = await pair();
  const losses = lossesOf(a);
  for (let round = 0; round < 40; round++) {
    house.world.freeze(b.id);
    await house.clock.pass(6_000);
    house.world.thaw(b.id);
    await house.clock.pass(4_000);
  }
  expect(losses()).toBeLessThan(12);
  await house.clock.pass(120_000);
  expect(names(a)).toEqual(['a', 'b']);
});

test('a member that reads nothing holds up neither a join nor an end', async () => {
  const { a, b } = await pair();
  const other = await house.peer('c');
  await other.pod.create('Other');
  house.world.freeze(b.id);
  // More announcements than a line takes while nobody reads.
  for (let bytes = 1; bytes <= 12_000; bytes++) {
    a.memory.set(bytes);
    for (let turn = 0; turn < 4; turn++) await Promise.resolve();
  }
  const joining = a.pod.join(await other.pod.invite(page, anybody));
  await settle();
  expect(names(a)).toEqual(['a', 'c']);
  await house.clock.pass(channelCloseMs);
  await joining;
  expect(names(other)).toEqual(['a', 'c']);
});

/** How often a peer has seen fewer members than before. */
function lossesOf(...peers: TestPeer[]): () => number {
  let losses = 0;
  for (const peer of peers) {
    let before = 0;
    peer.pod.state.subscribe(({ members }) => {
      if (members.length < before) losses += 1;
      before = members.length;
    });
  }
  return () => losses;
}

/** Timers ring only at whole `everyMs`. */
const slow = (clock: Clock, everyMs: number): Clock => ({
  now: () => clock.now(),
  after(ms, call) {
    const at = Math.ceil((clock.now() + ms) / everyMs) * everyMs;
    return clock.after(at - clock.now(), call);
  },
});
