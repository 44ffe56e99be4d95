import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { PeerId } from '../../src/base/brand.ts';
import { isKind } from '../../src/base/error.ts';
import { afterSleepMs, heartbeatEveryMs, heartbeatSilenceMs, podMembersMax } from '../../src/base/limits.ts';
import { inviteLink, parseInviteLink } from '../../src/pod/invite.ts';
import { podProtocol } from '../../src/pod/pod-message.ts';
import { settle } from './manual-clock.ts';
import {
  anybody,
  failure,
  membersSeen,
  names,
  type PodWorld,
  podWorld,
  type TestPeer,
  when,
} from './pod-world.ts';

vi.setConfig({ testTimeout: 60_000 });
const page = 'https://example.org/app';
const tooLong = `${page}#join=${'AAAA'.repeat(1100)}`;

let house: PodWorld;
beforeEach(async () => {
  house = await podWorld();
});
afterEach(() => house.close());

async function podOf(name: string): Promise<{ owner: TestPeer; link: string }> {
  const owner = await house.peer(name);
  await owner.pod.create('Workshop');
  return { owner, link: await owner.pod.invite(page, anybody) };
}

test('one link is used by two, and each member sees what the others lend and are', async () => {
  const { owner, link } = await podOf('a');
  const [b, c] = [await house.peer('b', 5000), await house.peer('c')];
  expect(b.pod.preview(link)).toEqual({
    podName: 'Workshop',
    inviterName: owner.state().members[0]!.name,
    role: 'member',
    uses: 100,
    expires: 0,
    models: [],
  });
  expect(house.world && b.network.connections.peek()).toEqual([]);
  await b.pod.join(link);
  await c.pod.join(link);
  await Promise.all([owner, b, c].map(peer => membersSeen(peer, 3)));
  for (const peer of [owner, b, c]) expect(names(peer)).toEqual(['a', 'b', 'c']);
  const seen = c.state().members.find(member => member.id === 'b')!;
  expect(seen.memoryBytes).toBe(5000);
  expect(seen.device).toEqual({ kind: 'cpu', name: 'CPU' });
  expect(seen.link).toMatchObject({ kind: 'direct', transport: 'memory' });
  expect([b.state().id, b.state().name]).toEqual([owner.state().id, 'Workshop']);
  b.memory.set(7000);
  await when(owner, state => state.members.some(member => member.memoryBytes === 7000));
});

test('a link outlives the one who made it', async () => {
  const { owner, link } = await podOf('a');
  const [b, c] = [await house.peer('b'), await house.peer('c')];
  await b.pod.join(link);
  const later = await owner.pod.invite(page, anybody);
  await owner.pod.close();
  house.world.kill(owner.id);
  await c.pod.join(later);
  expect(names(c)).toEqual(['b', 'c']);
  expect(isKind(await failure((await house.peer('d')).pod.join(link)), 'unavailable')).toBe(true);
});

test('a wrong secret is denied on both sides, and the secret is not sent', async () => {
  const { owner, link } = await podOf('a');
  const invite = parseInviteLink(link);
  const forged = inviteLink(page, {
    ...invite,
    secret: invite.secret.map(byte => byte ^ 1) as typeof invite.secret,
  });
  const b = await house.peer('b');
  const error = await failure(b.pod.join(forged));
  expect(isKind(error, 'denied')).toBe(true);
  await settle();
  expect(names(owner)).toEqual(['a']);
  expect(b.state().id).toBe(undefined);
});

test('a link to a pod that its maker has left says that the pod has ended', async () => {
  const { owner, link } = await podOf('a');
  await owner.pod.leave();
  const b = await house.peer('b');
  const error = await failure(b.pod.join(link));
  expect(isKind(error, 'unavailable')).toBe(true);
  expect(String(error)).toContain('This pod has ended, or its members are away.');
});

test.each(['', 'https://example.org/', `${page}#join=`, `${page}#join=%%%`, `${page}#join=AAAA`, tooLong])(
  'not a link: %#',
  async link => {
    const b = await house.peer('b');
    expect(isKind(await failure(b.pod.join(link)), 'invalid')).toBe(true);
    expect(() => b.pod.preview(link)).toThrow('not an invite link');
  },
);

test('alone there is nothing to invite to, and a pod has a name', async () => {
  const b = await house.peer('b');
  expect(String(await failure(b.pod.invite(page, anybody)))).toContain('Create one first');
  expect(isKind(await failure(b.pod.create('  ')), 'invalid')).toBe(true);
});

test('who leaves says goodbye, is alone, and may come again', async () => {
  const { owner, link } = await podOf('a');
  const b = await house.peer('b');
  await b.pod.join(link);
  await b.pod.leave();
  await membersSeen(owner, 1);
  expect(names(b)).toEqual(['b']);
  expect(b.state().id).toBe(undefined);
  await house.clock.pass(20_000);
  expect(names(owner)).toEqual(['a']);
  await b.pod.join(link);
  await membersSeen(owner, 2);
});

test('joining another pod leaves the present one', async () => {
  const first = await podOf('a');
  const second = await podOf('b');
  const c = await house.peer('c');
  await c.pod.join(first.link);
  await c.pod.join(second.link);
  await membersSeen(first.owner, 1);
  expect(names(c)).toEqual(['b', 'c']);
  await c.pod.join(second.link);
  expect(names(c)).toEqual(['b', 'c']);
});

test('all join at once, over a slow and uneven network, and all know all', async () => {
  for (let seed = 1; seed <= 10; seed++) {
    const each = await podWorld(seed);
    each.world.latency(20, 60);
    const owner = await each.peer('m');
    await owner.pod.create('Rush');
    const link = await owner.pod.invite(page, anybody);
    const others = await Promise.all(['a', 'z', 'b', 'y', 'c'].map(name => each.peer(name)));
    const joins = others.map(peer => peer.pod.join(link));
    await each.clock.pass(3_000);
    await Promise.all(joins);
    await each.clock.pass(20_000);
    for (const peer of each.peers) expect(names(peer)).toEqual(['a', 'b', 'c', 'm', 'y', 'z']);
    await each.close();
  }
});

test('two who join at once through different members come to know each other', async () => {
  for (let seed = 1; seed <= 10; seed++) {
    const each = await podWorld(seed);
    each.world.latency(10, 40);
    const [m, n] = [await each.peer('m'), await each.peer('n')];
    const [a, z] = [await each.peer('a'), await each.peer('z')];
    await m.pod.create('Doors');
    const first = n.pod.join(await m.pod.invite(page, anybody));
    await each.clock.pass(1_000);
    await first;
    await m.pod.setRole(n.id, 'admin');
    await each.clock.pass(1_000);
    const links = [await m.pod.invite(page, anybody), await n.pod.invite(page, anybody)];
    const joins = [a.pod.join(links[0]!), z.pod.join(links[1]!)];
    await each.clock.pass(5_000);
    await Promise.all(joins);
    for (const peer of each.peers) expect(names(peer)).toEqual(['a', 'm', 'n', 'z']);
    await each.close();
  }
});

test('a connection that broke is taken up again from both sides at once, and then holds', async () => {
  for (let seed = 1; seed <= 10; seed++) {
    const each = await podWorld(seed);
    each.world.latency(5 * seed, 10);
    const [a, b] = [await each.peer('a'), await each.peer('b')];
    await a.pod.create('Storm');
    const joining = b.pod.join(await a.pod.invite(page, anybody));
    await each.clock.pass(1_000);
    await joining;
    each.world.sever(a.id, b.id);
    await each.clock.pass(100);
    expect([names(a), names(b)]).toEqual([['a'], ['b']]);
    each.world.mend(a.id, b.id);
    await each.clock.pass(5_000);
    let losses = 0;
    for (const peer of [a, b])
      peer.pod.state.subscribe(state => (losses += state.members.length < 2 ? 1 : 0));
    await each.clock.pass(20_000);
    expect([names(a), names(b)]).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
    expect(losses).toBe(0);
    await each.close();
  }
});

test('who is killed is gone; nobody waits for it, and it is not called for ever', async () => {
  const { owner, link } = await podOf('a');
  const b = await house.peer('b');
  await b.pod.join(link);
  house.world.kill(b.id);
  await membersSeen(owner, 1);
  await house.clock.pass(60_000);
  expect(names(owner)).toEqual(['a']);
});

test.each([0, 1, 250, 499])(
  'who falls silent %i ms after a heartbeat is gone after 2.25 s and no later, and comes back',
  async phase => {
    const { owner, link } = await podOf('a');
    const b = await house.peer('b');
    await b.pod.join(link);
    await house.clock.pass(10 * heartbeatEveryMs + phase);
    house.world.freeze(b.id);
    await house.clock.pass(heartbeatSilenceMs - heartbeatEveryMs);
    expect(names(owner)).toEqual(['a', 'b']);
    await house.clock.pass(heartbeatEveryMs);
    expect(names(owner)).toEqual(['a']);
    house.world.thaw(b.id);
    await house.clock.pass(10_000);
    expect([names(owner), names(b)]).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
  },
);

/** Of a tab that is so busy, or hidden, that its timers ring every 1.4 s. */
const lateTimerMs = 1400;
const lateClock = (phase: number) => ({
  now: () => house.clock.now(),
  after(ms: number, call: () => void) {
    const due = Math.ceil((house.clock.now() + ms - phase) / lateTimerMs) * lateTimerMs + phase;
    return house.clock.after(due - house.clock.now(), call);
  },
});

test('a tab whose own timers are always late sees all the same that somebody is gone', async () => {
  const a = await house.peer('a', 0, { clock: lateClock(10) });
  const b = await house.peer('b');
  await a.pod.create('Busy');
  const joining = b.pod.join(await a.pod.invite(page, anybody));
  await house.clock.pass(5_000);
  await joining;
  expect(names(a)).toEqual(['a', 'b']);
  house.world.freeze(b.id);
  await house.clock.pass(heartbeatSilenceMs + afterSleepMs + lateTimerMs);
  expect(names(a)).toEqual(['a']);
});

test('a tab that is hidden and busy, with a timer every 1.4 s, is not taken for gone', async () => {
  const { clock } = house;
  house.world.latency(100, 300);
  const a = await house.peer('a', 0, { clock: lateClock(10) });
  const b = await house.peer('b', 0, { clock: lateClock(20) });
  await a.pod.create('Hidden');
  const joining = b.pod.join(await a.pod.invite(page, anybody));
  await clock.pass(5_000);
  await joining;
  let losses = 0;
  for (const peer of [a, b]) peer.pod.state.subscribe(state => (losses += state.members.length < 2 ? 1 : 0));
  await clock.pass(120_000);
  expect(losses).toBe(0);
});

test('our own sleep is not held against the others', async () => {
  const { owner, link } = await podOf('a');
  const b = await house.peer('b');
  await b.pod.join(link);
  let losses = 0;
  for (const peer of [owner, b])
    peer.pod.state.subscribe(state => (losses += state.members.length < 2 ? 1 : 0));
  house.clock.jump(60_000);
  await house.clock.pass(10_000);
  expect(losses).toBe(0);
});

test('who joins members of a newer version reads that its own tab is the old one', async () => {
  const { link } = await podOf('a');
  const newer = house.world.join('newer');
  const version = podProtocol.name.replace(/\d+$/, number => String(Number(number) + 1));
  newer.handle({ ...podProtocol, name: version, older: [] }, () => {});
  const contacts = [{ peer: newer.self, addresses: [...newer.addresses()] }];
  const guest = await house.peer('guest');
  const error = await failure(guest.pod.join(inviteLink(page, { ...parseInviteLink(link), contacts })));
  expect(error).toMatchObject({ kind: 'unsupported', reason: expect.stringContaining('Reload this tab') });
});

test('a pod that is full says so', async () => {
  const { owner, link } = await podOf('a');
  for (let index = 1; index < podMembersMax; index++) {
    await (await house.peer(`p${index}`)).pod.join(link);
  }
  expect(owner.state().members).toHaveLength(podMembersMax);
  const late = await house.peer('late');
  const error = await failure(late.pod.join(link));
  expect(isKind(error, 'full')).toBe(true);
  await settle();
  expect(names(house.peers[5]!)).toHaveLength(podMembersMax);
});

test('a join can be given up', async () => {
  const { link } = await podOf('a');
  const b = await house.peer('b');
  house.world.freeze('a' as PeerId);
  const abort = new AbortController();
  const joining = failure(b.pod.join(link, abort.signal));
  await settle();
  abort.abort();
  expect(isKind(await joining, 'cancelled')).toBe(true);
  house.world.thaw('a' as PeerId);
  await b.pod.join(link);
  expect(names(b)).toEqual(['a', 'b']);
});
