/** A member spends with an owner's key: the real pod and its document over the simulated network, a local provider with prices. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { PeerId } from '../../src/base/brand.ts';
import { systemClock } from '../../src/base/clock.ts';
import { until } from '../../src/base/live.ts';
import { seededRandom } from '../../src/base/random.ts';
import type { Budget } from '../../src/ledger/budget.ts';
import { createRouter } from '../../src/router/create-router.ts';
import type { Destination } from '../../src/router/destination.ts';
import { CompleteService } from '../../src/router/remote/complete-service.ts';
import { estimate } from '../../src/router/treasury/estimate.ts';
import { payForMember } from '../../src/router/treasury/pay-for-member.ts';
import { Treasury } from '../../src/router/treasury/treasury.ts';
import { treasuryDestinations } from '../../src/router/treasury/treasury-destination.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { type PodWorld, podWorld, type TestPeer, tiny } from '../pod/pod-world.ts';
import { answer, ask, cloudWorld } from './cloud-world.ts';
import { type ProviderServer, rightKey, startProviderServer } from './provider-server.ts';

let server: ProviderServer;
let house: PodWorld;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());
afterEach(() => house.close());

/** 1 and 2 micro-cents a token; the provider counts 9 and 5 in each answer. */
const price = { input: 1_000_000, output: 2_000_000 };
const cost = 19;
const now = Date.UTC(2026, 10, 27);

function treasuryOf(
  peer: TestPeer,
  seed: number,
  ownKeys: () => Promise<readonly Destination[]> = async () => [],
) {
  const treasury = new Treasury({
    self: peer.id,
    pod: peer.pod,
    network: peer.network,
    store: createMemoryStore(),
    clock: systemClock,
    random: seededRandom(seed),
    date: () => now,
    ownKeys,
  });
  const isMember = (id: PeerId) => peer.state().document?.members.some(each => each.peer === id) ?? false;
  const answers = { keys: payForMember(treasury) };
  new CompleteService({ network: peer.network, clock: systemClock, mayAsk: isMember, answers });
  const router = createRouter({
    destinations: async () => treasuryDestinations(treasury),
    clock: systemClock,
    random: seededRandom(seed),
  });
  return { peer, treasury, router };
}
type Side = ReturnType<typeof treasuryOf>;

let owner: Side;
let ann: Side;
beforeEach(async () => {
  server.asked.length = server.faults.length = 0;
  const cloud = cloudWorld(server);
  await cloud.keys.set('openai', rightKey);
  house = await podWorld();
  const peers = [await house.peer('owner'), await house.peer('ann')];
  await house.together(tiny, ...peers);
  owner = treasuryOf(peers[0]!, 1, cloud.destinations);
  ann = treasuryOf(peers[1]!, 2);
});

async function allow(budget: Budget): Promise<void> {
  await owner.treasury.setPrice('openai/m', price);
  await owner.treasury.setBudget(budget);
  const heard = owner.peer.state().document!.entries.length;
  await until(ann.peer.pod.state, ({ document }) => document?.entries.length === heard);
}
const daily = (share: number): Budget => ({ mode: 'daily', amount: 2_000, shares: { ann: share } });
const leftOf = async ({ treasury }: Side) =>
  (await treasury.accounts(owner.peer.id)).of.get('ann' as PeerId)?.left;

test('nothing is answered until the owner allows it, and then out of an allowance, booked to the token', async () => {
  expect((await answer(ann.router, ask('openai/m'))).error).toBeDefined();
  await allow(daily(1_000));
  const { text, route } = await answer(ann.router, ask('openai/m'));
  expect(text).toBe('One two three.');
  expect(route).toMatchObject({ kind: 'treasury', reason: expect.stringContaining('both read') });
  expect([await leftOf(owner), await leftOf(ann)]).toEqual([1_000 - cost, 1_000 - cost]);
  expect(await owner.treasury.audit()).toMatchObject([
    { peer: 'ann', model: 'openai/m', amount: cost, promptTokens: 9, completionTokens: 5, at: now },
  ]);
  expect((await answer(ann.router, ask('openai/other'))).error).toMatchObject({
    kind: 'not-found',
    reason: expect.stringContaining('no price'),
  });
  const alone = { constraints: { privacy: 'pod-only' } } as const;
  expect((await answer(ann.router, ask('openai/m', alone))).error).toMatchObject({ kind: 'denied' });
});

test('an answer is as long as the allowance pays, and none is begun that it does not', async () => {
  await allow(daily(400));
  await answer(ann.router, ask('openai/m'));
  const { max_completion_tokens: paid } = server.asked[0]!.body;
  expect(paid).toBeGreaterThan(0);
  expect(paid).toBeLessThanOrEqual(200);
  await ann.treasury.give(owner.peer.id, owner.peer.id, 400 - cost);
  const asked = server.asked.length;
  const { error } = await answer(ann.router, ask('openai/m'));
  expect(error).toMatchObject({ kind: 'full', retryAfterMs: 86_400_000 });
  expect(server.asked.length).toBe(asked);
  await expect(ann.treasury.give(owner.peer.id, owner.peer.id, 1)).rejects.toMatchObject({ kind: 'full' });
});

test('what fails costs nothing, and what breaks off costs no more than was reserved', async () => {
  await allow(daily(1_000));
  server.faults.push({ kind: 'status', status: 500 });
  expect((await answer(ann.router, ask('openai/m'))).error).toMatchObject({ kind: 'unavailable' });
  expect([await leftOf(owner), await leftOf(ann)]).toEqual([1_000, 1_000]);
  house.clock.jump(60_000);
  server.faults.push({ kind: 'break', after: 2 });
  const again = treasuryDestinations(ann.treasury)[0]!;
  const broken = await answer({ ...ann.router, complete: again.complete }, ask('openai/m'));
  expect(broken.error).toMatchObject({ kind: 'lost' });
  const left = await leftOf(owner);
  expect(left).toBeLessThan(1_000);
  expect(left).toBeGreaterThanOrEqual(0);
  expect(await leftOf(ann)).toBe(left);
});

test('an answer that ends while the model still thinks counts with all that was reserved, whoever ends it', async () => {
  await allow(daily(2_000));
  const request = ask('openai/m', { maxTokens: 100 });
  const thought = `data: ${JSON.stringify({ choices: [{ delta: { reasoning_content: 'Let me see.' } }] })}\n\n`;
  server.faults.push({ kind: 'body', bytes: thought }, { kind: 'hang', after: 0 });
  expect((await answer(ann.router, request)).error).toMatchObject({ kind: 'lost' });
  house.clock.jump(60_000);
  const abort = new AbortController();
  const given = (async () => {
    for await (const { kind } of ann.router.complete(request, abort.signal))
      if (kind === 'route') abort.abort();
  })();
  await expect(given).rejects.toBeDefined();
  const { amount } = estimate(price, request, 2_000);
  await expect
    .poll(() => owner.treasury.audit())
    .toMatchObject([
      { peer: 'ann', amount, outcome: 'unknown' },
      { peer: 'ann', amount, outcome: 'unknown' },
    ]);
  expect([await leftOf(owner), await leftOf(ann)]).toEqual([2_000 - 2 * amount, 2_000 - 2 * amount]);
});

test('a member that looks for no allowance of its own is refused by the payer, and pays nothing by asking at once', async () => {
  await allow(daily(500));
  const greedy = ann.treasury.accountsIn.bind(ann.treasury);
  ann.treasury.accountsIn = (book, payer) => {
    const accounts = greedy(book, payer);
    const rich = { share: 0, received: 0, given: 0, held: 0, left: Infinity };
    return { ...accounts, of: new Map([['ann' as PeerId, rich]]) };
  };
  const [direct] = treasuryDestinations(ann.treasury);
  const complete = direct!.complete;
  const all = await Promise.all(
    [1, 2, 3, 4].map(() => answer({ ...ann.router, complete }, ask('openai/m', { maxTokens: 100 }))),
  );
  expect(all.some(({ error }) => error !== undefined)).toBe(true);
  const spent = (await owner.treasury.audit()).reduce((sum, { amount }) => sum + amount, 0);
  expect(spent).toBeLessThanOrEqual(500);
  expect(spent).toBe(cost * all.filter(({ error }) => error === undefined).length);
});

test('nobody but the payer sets its budget, and a member writes none', async () => {
  await allow(daily(100));
  await expect(ann.treasury.setBudget({ mode: 'unlimited', peers: ['ann'] })).rejects.toMatchObject({
    kind: 'denied',
  });
  await expect(
    owner.treasury.setBudget({ mode: 'daily', amount: 1, shares: { ann: 2 } }),
  ).rejects.toMatchObject({ kind: 'invalid' });
  expect(await leftOf(owner)).toBe(100);
});
