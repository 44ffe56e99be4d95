/** Plans at work: real engines, real loads, who holds what and what answers go over. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { PeerId } from '../../src/base/brand.ts';
import { contextPositionsMax } from '../../src/base/limits.ts';
import { openModel } from '../../src/model/open.ts';
import { planLayers } from '../../src/pod/model-bytes.ts';
import { planSetting } from '../../src/pod/plan-settings.ts';
import { settle } from './manual-clock.ts';
import {
  answerOf,
  ask,
  membersSeen,
  type PodWorld,
  planHeld,
  podWorld,
  routes,
  sourceOf,
  type TestPeer,
  takeovers,
  tiny,
  when,
} from './pod-world.ts';

vi.setConfig({ testTimeout: 60_000 });

let house: PodWorld;
beforeEach(async () => {
  house = await podWorld(1, 'fast');
});
afterEach(() => house.close());

const whole = { model: tiny, layers: { first: 0, last: 6 } };
const holdsOf = (seer: TestPeer, { id }: TestPeer) =>
  seer.state().members.find(member => member.id === id)?.holds;
const hasCopy = (seer: TestPeer, peer: TestPeer) =>
  when(seer, () => holdsOf(seer, peer)?.some(({ layers }) => layers.last - layers.first === 6) ?? false);

test('one peer computes, the next keeps a copy, and an answer goes on over it at once', async () => {
  const [a, b, c] = [await house.peer('a'), await house.peer('b'), await house.peer('c', 0)];
  await house.together(tiny, a, b, c);
  await hasCopy(c, b);
  expect([holdsOf(c, a), holdsOf(c, b), holdsOf(c, c)]).toEqual([[whole], [whole], []]);
  const { plan } = c.state().models[0]!;
  expect(plan!.standbys).toMatchObject([{ peer: b.id, first: 0, last: 6 }]);
  expect(a.state().models[0]!.plan).toEqual(plan);
  const undisturbed = await answerOf(c, ask());
  expect(routes(undisturbed)).toEqual([['a 0-6']]);
  const answer = await answerOf(c, ask(), { at: count => count === 5 && house.world.kill(a.id) });
  expect(answer.tokens).toEqual(undisturbed.tokens);
  expect(routes(answer).at(-1)).toEqual(['b 0-6']);
  expect(answer.events.some(event => event.kind === 'step' && event.step.name === 'load')).toBe(false);
});

test('a stage that falls silent in mid-answer is missed and replaced by its standby within three seconds', async () => {
  const peers = [await house.peer('a'), await house.peer('b'), await house.peer('c')];
  const [a] = peers as [TestPeer];
  await house.together(tiny, ...peers);
  await a.pod.setSpread('wide');
  await when(a, ({ models, members }) => {
    const plan = models[0]?.plan;
    const isHeld = ({ peer, first, last }: { peer: PeerId; first: number; last: number }) =>
      members
        .find(({ id }) => id === peer)!
        .holds.some(({ layers }) => layers.first === first && layers.last === last);
    return plan?.assignments.length === 3 && [...plan.assignments, ...plan.standbys].every(isHeld);
  });
  house.world.latency(1);
  let done = false;
  const passing = (async () => {
    while (!done) await house.clock.pass(1);
  })();
  const undisturbed = await answerOf(a, ask());
  const chain = routes(undisturbed)[0]!;
  expect(chain).toHaveLength(3);
  const lost = peers.find(peer => peer !== a && chain.some(hop => hop.startsWith(`${peer.id} `)))!;
  const times: number[] = [];
  const answer = await answerOf(a, ask(), {
    at(count) {
      times.push(house.clock.now());
      if (count === 5) house.world.freeze(lost.id);
    },
  });
  done = true;
  await passing;
  house.world.thaw(lost.id);
  expect(answer.tokens).toEqual(undisturbed.tokens);
  expect(Math.max(...times.slice(1).map((time, index) => time - times[index]!))).toBeLessThan(3_000);
  expect(takeovers(answer)).toHaveLength(1);
  expect(answer.events.some(event => event.kind === 'step' && event.step.name === 'load')).toBe(false);
});

test('an answer under way goes on as it was when a peer comes, and when one goes that it does not use', async () => {
  const [a, b] = [await house.peer('a'), await house.peer('b')];
  const link = await house.together(tiny, a, b);
  await hasCopy(a, b);
  const undisturbed = await answerOf(a, ask({ maxTokens: 40 }));
  const newcomer = await house.peer('aa');
  let joining: Promise<void> | undefined;
  const answer = await answerOf(a, ask({ maxTokens: 40 }), {
    at: count => {
      if (count === 3) joining = newcomer.pod.join(link);
      if (count === 20) void b.pod.leave();
    },
  });
  expect(answer.tokens).toEqual(undisturbed.tokens);
  expect([routes(answer), takeovers(answer)]).toEqual([[['a 0-6']], []]);
  await joining;
  // The pod has planned anew meanwhile: the newcomer keeps the copy that B had.
  await hasCopy(a, newcomer);
});

test('copies give their room to conversations, and come back when those have gone', async () => {
  const layers = planLayers((await openModel(await sourceOf(tiny))).model);
  // For each of the two: half of the layers, a copy of the other half, and caches of one conversation for both.
  const bytes = layers.reduce((sum, each) => sum + each.weightBytes + each.cacheBytes, 0);
  const [a, b] = [await house.peer('a', bytes), await house.peer('b', bytes)];
  const others = [await house.peer('c', 0), await house.peer('d', 0)];
  await house.together(tiny, a, b, ...others);
  await a.pod.setSpread('wide');
  const counts = () => [a, b].map(peer => holdsOf(a, peer)!.length);
  const copies = () => when(a, () => counts().every(count => count === 2));
  await copies();
  for (const peer of [a, ...others]) {
    expect(routes(await answerOf(peer, ask()))).toEqual([['a 0-3', 'b 3-6']]);
  }
  await settle();
  expect(counts()).toEqual([1, 1]);
  for (const peer of others) await peer.pod.leave();
  await copies();
});

test('owners and admins set how the plans spread, for all, also for those who come later; others cannot', async () => {
  const [a, b] = [await house.peer('a'), await house.peer('b')];
  const link = await house.together(tiny, a, b);
  const parts = (peer: TestPeer) => peer.state().models[0]?.plan?.assignments.length;
  expect([a.state().spread, parts(a)]).toEqual(['fast', 1]);
  expect([a, b].map(({ pod }) => pod.may(planSetting('spread', 'wide')))).toEqual([true, false]);
  await expect(b.pod.setSpread('wide')).rejects.toMatchObject({ kind: 'denied' });
  await a.pod.setSpread('wide');
  await when(a, ({ spread }) => spread === 'wide' && parts(a) === 2);
  await planHeld(a, tiny);
  const c = await house.peer('c');
  await c.pod.join(link);
  await membersSeen(c, 3);
  await when(c, ({ spread }) => spread === 'wide' && parts(c) === 3);
  await a.pod.setRole(c.id, 'admin');
  await when(
    c,
    ({ document }) => document?.members.some(each => each.peer === c.id && each.role === 'admin') ?? false,
  );
  await c.pod.setSpread('fast');
  for (const peer of [a, b, c]) await when(peer, ({ spread }) => spread === 'fast' && parts(peer) === 1);
  await c.pod.leave();
  await c.pod.create('Another');
  expect(c.state().spread).toBe('fast');
});

test('owners and admins set how long a conversation all plans keep room for, and nobody else', async () => {
  const [a, b] = [await house.peer('a'), await house.peer('b')];
  await house.together(tiny, a, b);
  const bytes = (peer: TestPeer) => peer.state().models[0]!.plan!.assignments[0]!.bytes;
  const usual = bytes(b);
  await expect(b.pod.setContext(256)).rejects.toMatchObject({ kind: 'denied' });
  for (const positions of [-1, 1, 255, 1.5, contextPositionsMax + 1])
    await expect(a.pod.setContext(positions)).rejects.toMatchObject({ kind: 'invalid' });
  await a.pod.setContext(256);
  await when(b, ({ context }) => context === 256);
  const { model } = await openModel(await sourceOf(tiny));
  const caches = planLayers(model, 256).reduce((sum, each) => sum + each.cacheBytes, 0);
  expect(usual - bytes(b)).toBe(planLayers(model).reduce((sum, each) => sum + each.cacheBytes, 0) - caches);
  expect(bytes(a)).toBe(bytes(b));
  expect((await b.pod.planFor(tiny)).plan!.assignments[0]!.bytes).toBe(bytes(b));
  await a.pod.setContext(0);
  await when(b, ({ context }) => context === undefined);
  expect(bytes(b)).toBe(usual);
});

test('a preview changes nothing: with less context, without a member, of a model that is not served', async () => {
  const [a, b] = [await house.peer('a'), await house.peer('b')];
  await a.pod.create('Workshop');
  await b.pod.join(await a.pod.invite('https://example.org/'));
  await membersSeen(a, 2);
  const preview = await a.pod.planFor(tiny, { context: 400 });
  expect(preview.plan!.assignments).toMatchObject([{ peer: 'a', first: 0, last: 6 }]);
  expect(preview.outlook.join(' ')).toContain('a conversation of 200 tokens in place of 400');
  const without = await a.pod.planFor(tiny, { without: [a.id] });
  expect(without.plan!.assignments).toMatchObject([{ peer: 'b' }]);
  expect(without.plan!.standbys).toEqual([]);
  for (const peer of [a, b]) peer.memory.set(1000);
  await when(a, ({ members }) => members.every(({ memoryBytes }) => memoryBytes === 1000));
  const none = await a.pod.planFor(tiny);
  expect(none.problem?.kind).toBe('full');
  expect(none.outlook[0]).toMatch(/which lends 1\.0 kB, would not be enough/);
  await settle();
  expect([a.state().models, holdsOf(a, a), holdsOf(a, b)]).toEqual([[], [], []]);
});
