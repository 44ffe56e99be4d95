import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { PeerId } from '../../src/base/brand.ts';
import { federationTermsMs } from '../../src/base/limits.ts';
import { until } from '../../src/base/live.ts';
import type { Channel } from '../../src/network/network.ts';
import type { Pass } from '../../src/pod/federation/federation.ts';
import { askTerms } from '../../src/router/federated/ask-terms.ts';
import { createFederatedDestination } from '../../src/router/federated/federated-destination.ts';
import { readersOf } from '../../src/router/readers.ts';
import { completeProtocol } from '../../src/router/remote/complete-message.ts';
import {
  answer,
  asked,
  type FederatedWorld,
  federatedWorld,
  limits,
  page,
  type Side,
  sideOf,
  whileTimePasses,
} from './federated-world.ts';
import { anybody } from './pod-world.ts';

vi.setConfig({ testTimeout: 60_000 });
let world: FederatedWorld;
beforeEach(async () => {
  world = await federatedWorld();
});
afterEach(() => world.house.close());

const federations = ({ peer }: { peer: FederatedWorld['lab'][0]['peer'] }) =>
  peer.state().document?.federations ?? [];

async function greet(asker: Side, { peer }: Side): Promise<unknown> {
  const pass = await asker.peer.pod.federation.pass(peer.state().id!);
  return askTerms(asker.pods.parts, { peer: peer.id, addresses: [...peer.network.addresses()] }, pass!);
}

/** An admin of the lab offers, one of the office takes it up, and all four know. */
async function federate(theirs = limits): Promise<void> {
  const { house, lab, office } = world;
  const link = await lab[0].peer.pod.federation.offer(page, theirs);
  expect(office[0].peer.pod.federation.preview(link)).toMatchObject({ podName: 'Test pod', limits: theirs });
  await office[0].peer.pod.federation.accept(link, limits);
  await house.clock.pass(2_000);
  await Promise.all(
    [...lab, ...office].map(({ peer }) =>
      until(peer.pod.state, ({ document }) => document?.federations.length === 1),
    ),
  );
}

test('two pods agree by one link, and then each answers the members of the other, from end to end', async () => {
  const { house, lab, office } = world;
  const alone = await answer(house, lab[0], asked());
  expect(alone.text.length).toBeGreaterThan(0);
  expect((await answer(house, office[1], asked())).error).toMatchObject({ kind: 'not-found' });
  await federate();
  expect(federations(lab[1])).toMatchObject([{ name: 'Office', limits, signer: 'lab-a' }]);
  expect(federations(office[1])).toMatchObject([{ name: 'Test pod', limits, signer: 'office-a' }]);

  const { text, route, error } = await answer(house, office[1], asked());
  expect([text, error]).toEqual([alone.text, undefined]);
  expect(route).toMatchObject({
    kind: 'federated',
    hops: [],
    reason: expect.stringContaining('federated with'),
  });
  expect(readersOf(route!)).toContain('reads the whole conversation');
  const booked = await Promise.all(lab.map(({ allies }) => allies.audit(office[0].peer.state().id!)));
  expect(booked.flat()).toMatchObject([{ peer: 'office-b', outcome: 'settled', completionTokens: 8 }]);
  const secret = await answer(house, office[1], asked({ constraints: { privacy: 'pod-only' } }));
  expect(secret.error).toBeDefined();
});

test('memory that a request asks for is that of the pod, and no other pod is asked', async () => {
  const { house, lab, office } = world;
  await federate();
  const lent = lab[0].peer.state().members.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
  const wanting = (minMemoryBytes: number) => asked({ constraints: { minMemoryBytes } });
  expect((await answer(house, lab[0], wanting(lent))).route).toMatchObject({ kind: 'pod' });
  expect((await answer(house, lab[0], wanting(lent + 1))).error).toMatchObject({
    reason: expect.stringMatching(/The pod: Its members lend .* The pod "Office": How much .* "minMemory"/),
  });
  expect((await answer(house, office[1], asked())).route).toMatchObject({ kind: 'federated' });
  expect((await answer(house, office[1], wanting(1))).error).toMatchObject({ kind: 'unsupported' });
});

test('limits hold over all who answer, a refusal says how long to wait, and other limits hold at once', async () => {
  const { house, lab, office } = world;
  await federate({ requestsPerMinute: 3, tokensPerDay: 100_000 });
  const pod = office[0].peer.state().id!;
  for (let count = 0; count < 3; count++)
    expect((await answer(house, office[count % 2]!, asked({ maxTokens: 1 }))).error).toBeUndefined();
  const { error } = await answer(house, office[0], asked({ maxTokens: 1 }));
  expect(error).toMatchObject({
    kind: 'full',
    reason: expect.stringContaining('as often as the pods agreed'),
  });
  const { retryAfterMs } = error as { retryAfterMs: number };
  expect(retryAfterMs).toBeGreaterThan(0);
  expect(retryAfterMs).toBeLessThanOrEqual(60_000);
  await house.clock.pass(retryAfterMs);
  expect((await answer(house, office[0], asked({ maxTokens: 1 }))).error).toBeUndefined();

  const spent = (await Promise.all(lab.map(({ allies }) => allies.audit(pod)))).flat();
  expect(spent).toHaveLength(4);
  await lab[0].peer.pod.federation.limit(pod, { requestsPerMinute: 100, tokensPerDay: 2 });
  await house.clock.pass(61_000);
  const none = await answer(house, office[1], asked({ maxTokens: 1 }));
  expect(none.error).toMatchObject({ kind: 'full', reason: expect.stringContaining('as many tokens') });
  await expect(lab[1].peer.pod.federation.limit(pod, limits)).rejects.toMatchObject({ kind: 'denied' });
});

test('a peer that answers its own pod leaves others to the next member, or to wait', async () => {
  const { house, lab, office } = world;
  await federate();
  const own = lab.map(({ router }) => router.complete(asked({ maxTokens: 200 })));
  for (const each of own) {
    const begun = (async () => {
      while ((await each.next()).value?.kind !== 'text');
    })();
    await whileTimePasses(house, begun);
  }
  const { error } = await answer(house, office[0], asked());
  expect(error).toMatchObject({ kind: 'full', retryAfterMs: 5_000 });
  await whileTimePasses(house, Promise.all(own.map(each => each.return())));
  await house.clock.pass(5_000);
  expect((await answer(house, office[0], asked())).error).toBeUndefined();
});

test.each([0, 1])('either side ends it, for both (%i)', async side => {
  const { house, lab, office } = world;
  await federate();
  expect((await answer(house, office[1], asked({ maxTokens: 1 }))).error).toBeUndefined();
  const [ending, other] = side === 0 ? [lab, office] : [office, lab];
  await expect(ending[1].peer.pod.federation.end(other[0].peer.state().id!)).rejects.toMatchObject({
    kind: 'denied',
  });
  const ended = federations(office[1])[0]!;
  await ending[0].peer.pod.federation.end(other[0].peer.state().id!);
  await house.clock.pass(1_000);
  expect(federations(ending[1])).toEqual([]);
  expect((await answer(house, office[1], asked())).error).toBeDefined();
  // Whoever goes on as if nothing had happened is refused by the other side.
  if (side === 0) {
    const direct = createFederatedDestination(office[1].pods, ended);
    const router = { ...office[1].router, complete: direct.complete };
    expect((await answer(house, { ...office[1], router }, asked())).error).toMatchObject({ kind: 'denied' });
  }
});

test('whoever is removed from its pod may not ask the other any more, and who is new may', async () => {
  const { house, lab, office } = world;
  await federate();
  const pass = (await office[1].peer.pod.federation.pass(lab[0].peer.state().id!))!;
  await office[0].peer.pod.remove(office[1].peer.id);
  const late = sideOf(house, await house.peer('office-c'), 20);
  const joining = office[0].peer.pod.invite(page, anybody).then(link => late.peer.pod.join(link));
  await whileTimePasses(house, joining);
  await house.clock.pass(10_000);
  expect((await answer(house, late, asked({ maxTokens: 1 }))).error).toBeUndefined();
  // Both peers of the lab have seen the newer list, which the removed one is not in.
  await whileTimePasses(house, Promise.all(lab.map(each => greet(late, each))));
  for (const each of lab)
    await expect(each.allies.admit(office[1].peer.id, pass)).rejects.toMatchObject({
      kind: 'denied',
      reason: expect.stringContaining('newer'),
    });
});

test('what is forged, borrowed, changed or old is refused', async () => {
  const { house, lab, office } = world;
  const link = await lab[0].peer.pod.federation.offer(page, limits);
  await office[0].peer.pod.federation.accept(link, limits);
  await house.clock.pass(2_000);
  const labId = lab[0].peer.state().id!;
  const pass = (await office[1].peer.pod.federation.pass(labId))!;
  const admit = (peer: string, shown: Pass) => lab[1].allies.admit(peer as PeerId, shown);
  await expect(admit('office-b', pass)).resolves.toMatchObject({ name: 'Office' });
  await expect(admit('lab-b', pass)).rejects.toMatchObject({ kind: 'denied' });
  for (let at = 0; at < pass.statement.length; at += 97) {
    const statement = pass.statement.slice();
    statement[at]! ^= 1;
    await expect(admit('office-b', { ...pass, statement })).rejects.toMatchObject({ kind: 'denied' });
  }
  await expect(admit('office-b', { ...pass, pod: labId })).rejects.toMatchObject({ kind: 'denied' });

  // A pod of one's own in which one says the same things, and a second pod that has the link too.
  const thief = sideOf(house, await house.peer('thief'), 30);
  await thief.peer.pod.create('Office');
  await thief.peer.pod.federation.accept(link, limits);
  await house.clock.pass(2_000);
  const stolen = (await thief.peer.pod.federation.pass(labId))!;
  await expect(admit('thief', stolen)).rejects.toMatchObject({ kind: 'denied' });
  await expect(admit('thief', { ...stolen, pod: pass.pod })).rejects.toMatchObject({ kind: 'denied' });
  expect(federations(lab[0])).toHaveLength(1);
  expect((await answer(house, thief, asked())).error).toMatchObject({ kind: 'denied' });

  house.clock.jump(8 * 86_400_000);
  await expect(admit('office-b', pass)).rejects.toMatchObject({ kind: 'denied' });
});

test('an offer waits for the one who made it, is taken back, expires, and is for admins', async () => {
  const { house, lab, office } = world;
  const { federation } = lab[0].peer.pod;
  await expect(lab[1].peer.pod.federation.offer(page, limits)).rejects.toMatchObject({ kind: 'denied' });
  const taken = await federation.offer(page, limits);
  await federation.end(lab[0].peer.state().document!.federationOffers[0]!.offer);
  await office[0].peer.pod.federation.accept(taken, limits);
  await house.clock.pass(2_000);
  expect(federations(lab[0])).toEqual([]);
  expect((await answer(house, office[0], asked())).error).toMatchObject({ kind: 'denied' });
  expect(() => federation.preview('https://example.org/#federate=AAAA')).toThrow(
    'not a link between two pods',
  );
  await expect(federation.accept(await federation.offer(page, limits), limits)).rejects.toThrow(
    'your own pod',
  );
  const late = await federation.offer(page, limits);
  house.clock.jump(73 * 3_600_000);
  await expect(office[0].peer.pod.federation.accept(late, limits)).rejects.toThrow('expired');
});

test('whoever hangs up while its prompt is read has had it all the same', async () => {
  const { house, lab, office } = world;
  await federate();
  const pass = (await office[1].peer.pod.federation.pass(lab[0].peer.state().id!))!;
  const peer = office[1].peer.id;
  const stop = new AbortController();
  const said = lab[0].allies.answer({ peer, id: '00'.repeat(16), request: asked(), pass }, stop.signal);
  const begun = (async () => {
    while ((await said.next()).value?.kind !== 'route');
  })();
  await whileTimePasses(house, begun);
  await whileTimePasses(house, said.return());
  expect(await lab[0].allies.audit(office[0].peer.state().id!)).toMatchObject([{ peer, outcome: 'unknown' }]);
});

test('nothing stays open to a peer of another pod that says nothing', async () => {
  const { house, office } = world;
  const silent = house.world.join('silent');
  const { promise, resolve } = Promise.withResolvers<Channel>();
  silent.handle(completeProtocol, resolve);
  const pass = { pod: office[0].peer.state().id!, statement: new Uint8Array(9) };
  const contact = { peer: silent.self, addresses: [...silent.addresses()] };
  const asking = askTerms(office[0].pods.parts, contact, pass);
  await expect(whileTimePasses(house, asking)).rejects.toMatchObject({ kind: 'timeout' });
  const messages = (await promise).messages[Symbol.asyncIterator]();
  expect((await messages.next()).done).toBe(false);
  await expect(whileTimePasses(house, messages.next())).rejects.toMatchObject({ kind: 'lost' });
});

test('each of several pods that are away is asked again', async () => {
  const { house, lab, office } = world;
  const club = sideOf(house, await house.peer('club-a'), 40);
  await club.peer.pod.create('Club');
  const offers = [lab[0], club].map(({ peer }) => peer.pod.federation.offer(page, limits));
  const links = await Promise.all(offers);
  for (const { peer } of [...lab, club]) house.world.kill(peer.id);
  for (const link of links) await office[0].peer.pod.federation.accept(link, limits);
  const { pods } = office[0];
  const times = () => pods.links().map(link => pods.look(link)?.at ?? 0);
  await house.clock.pass(30_000);
  const before = times();
  expect(before).toHaveLength(2);
  // Nobody looks meanwhile: a look that finds it old asks, too.
  await house.clock.pass(federationTermsMs + 30_000);
  for (const [index, at] of times().entries()) expect(at).toBeGreaterThan(before[index]!);
});
