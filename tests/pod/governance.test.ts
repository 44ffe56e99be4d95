/** What admins decide, over real pods: who may come, who must go, and who holds which key. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fromBase64Url } from '../../src/base/bytes.ts';
import { isKind } from '../../src/base/error.ts';
import { keyIdOf } from '../../src/pod/document/key-ring.ts';
import { parseInviteLink } from '../../src/pod/invite.ts';
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

let house: PodWorld;
beforeEach(async () => {
  house = await podWorld();
});
afterEach(() => house.close());

async function three(world = house): Promise<{ a: TestPeer; b: TestPeer; c: TestPeer }> {
  const [a, b, c] = [await world.peer('a'), await world.peer('b'), await world.peer('c')];
  await a.pod.create('Workshop');
  const link = await a.pod.invite(page, anybody);
  for (const each of [b, c]) await each.pod.join(link);
  await Promise.all([a, b, c].map(peer => membersSeen(peer, 3)));
  return { a, b, c };
}

/** Whether a peer has stored the key that counts now by what `by` knows. */
async function holdsKey(peer: TestPeer, by: TestPeer): Promise<boolean> {
  const { id, document } = by.state();
  const bytes = await peer.store.get('keys', `pod/${peer.id}/${id}`);
  const secrets = bytes ? (JSON.parse(new TextDecoder().decode(bytes)) as string[]) : [];
  return secrets.some(secret => keyIdOf(fromBase64Url(secret)) === document!.key);
}

async function reopened(peer: TestPeer): Promise<TestPeer> {
  house.world.kill(peer.id);
  await peer.pod.close();
  await settle();
  return house.peer(peer.id, undefined, { store: peer.store });
}

test('an invite that says nothing else is for one peer and 72 hours, and names two relays of all that its members have', async () => {
  const relays = ['one', 'two', 'three'].map(name => `/dns4/${name}.example/tcp/443/wss/p2p/${name}`);
  const owner = await house.peer('owner', undefined, {
    network: real =>
      new Proxy(real, {
        get(target, name) {
          if (name === 'addresses') return () => relays.map(relay => `${relay}/p2p-circuit/webrtc/p2p/owner`);
          const value: unknown = Reflect.get(target, name);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      }),
  });
  await owner.pod.create('Workshop');
  const { uses, expires, role, relays: named } = parseInviteLink(await owner.pod.invite(page));
  expect({ uses, role, named }).toEqual({ uses: 1, role: 'member', named: relays.slice(0, 2) });
  expect(expires - house.clock.date()).toBe(72 * 3_600_000);
});

test('an invite is good for as many as it says, until it expires or is revoked', async () => {
  const { a } = await three();
  const newcomer = async (link: string) =>
    failure((await house.peer(`n${house.peers.length}`)).pod.join(link));
  const short = await a.pod.invite(page, { expiresInMs: 60_000, uses: 5 });
  expect(await newcomer(short)).toBeUndefined();
  await house.clock.pass(60_001);
  expect(await newcomer(short)).toMatchObject({ kind: 'denied', reason: expect.stringContaining('expired') });
  const once = await a.pod.invite(page);
  expect(await newcomer(once)).toBeUndefined();
  expect(await newcomer(once)).toMatchObject({ kind: 'denied', reason: expect.stringContaining('used up') });
  const open = await a.pod.invite(page, anybody);
  await a.pod.revoke(a.state().document!.invites.find(each => !each.closed && each.uses === 100)!.id);
  await a.pod
    .revoke(a.state().document!.invites.findLast(each => !each.closed && each.uses === 100)!.id)
    .catch(() => {});
  expect(await newcomer(open)).toMatchObject({ kind: 'denied', reason: expect.stringContaining('revoked') });
});

test('whoever is removed hears so before the line ends, whatever arrives first on other ways', async () => {
  for (let seed = 1; seed <= 12; seed++) {
    const each = await podWorld(seed);
    const { a, b, c } = await three(each);
    each.world.latency(5, 80);
    const removing = a.pod.remove(b.id);
    await each.clock.pass(3_000);
    await removing;
    await each.clock.pass(20_000);
    expect([names(a), names(c)]).toEqual([
      ['a', 'c'],
      ['a', 'c'],
    ]);
    expect(b.state().id, `seed ${seed}`).toBeUndefined();
    expect(b.state().warnings?.at(-1)?.text).toContain('removed this peer from the pod');
    await each.close();
  }
});

test('a removal brings a new key to all who are left, to who was away too, and never to the one removed', async () => {
  const { a, b, c } = await three();
  expect(await holdsKey(c, a)).toBe(true);
  const { id } = a.state();
  house.world.kill(c.id);
  await c.pod.close();
  await membersSeen(a, 2);
  await a.pod.remove(b.id);
  await when(b, state => state.id === undefined);
  await settle();
  expect([await holdsKey(a, a), await holdsKey(b, a), await holdsKey(c, a)]).toEqual([true, false, false]);
  const back = await reopened(c);
  await back.pod.restore(id!);
  await membersSeen(a, 2);
  await settle();
  expect([await holdsKey(back, a), await holdsKey(b, a)]).toEqual([true, false]);
  // The removed one knows the old key, an old invite, and where they are.
  const error = await failure(b.pod.restore(id!));
  expect(isKind(error, 'denied')).toBe(true);
  expect(names(a)).toEqual(['a', 'c']);
});
