import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { PeerId } from '../../src/base/brand.ts';
import { isKind } from '../../src/base/error.ts';
import {
  completeInAllMax,
  completePerPeerMax,
  guestAnswersPerMinute,
  guestAnswersPerPeerAndMinute,
  guestPromptCharactersMax,
  guestsPerInviteMax,
  guestsPerPeerMax,
} from '../../src/base/limits.ts';
import { seededRandom } from '../../src/base/random.ts';
import { greedy } from '../../src/engine/stage.ts';
import type { Network } from '../../src/network/network.ts';
import { inviteIdOf } from '../../src/pod/document/sealed.ts';
import { parseInviteLink } from '../../src/pod/invite.ts';
import type { InviteOptions } from '../../src/pod/pod.ts';
import { Grammars } from '../../src/router/grammar/grammars.ts';
import { GuestDesk } from '../../src/router/guest/guest-desk.ts';
import { decodeGuest, encodeGuest, guestProtocol } from '../../src/router/guest/guest-message.ts';
import { type Visit, visit } from '../../src/router/guest/visit.ts';
import { createPodDestination } from '../../src/router/pod-destination.ts';
import { askPeer } from '../../src/router/remote/ask-peer.ts';
import {
  completeProtocol,
  decodeComplete,
  encodeComplete,
} from '../../src/router/remote/complete-message.ts';
import { CompleteService } from '../../src/router/remote/complete-service.ts';
import type { CompletionEvent, CompletionRequest } from '../../src/router/request.ts';
import { anybody, guide, type PodWorld, podWorld, type TestPeer } from './pod-world.ts';

vi.setConfig({ testTimeout: 30_000 });

let world: PodWorld;
let host: TestPeer;
let guests: GuestDesk;
beforeEach(async () => {
  world = await podWorld();
  host = await world.peer('host');
  await host.pod.create('Docs');
  await host.pod.serve(guide, 'guide');
  const { clock } = world;
  const grammars = new Grammars(() => expect.unreachable('guests ask for plain text'), clock);
  const { library, pod, network } = host;
  const inPod = createPodDestination({ pod, library, grammars, clock, random: seededRandom(1) });
  guests = new GuestDesk({ network, clock, pod, inPod, date: () => clock.date() });
  const isMember = (peer: PeerId) => host.state().document?.members.some(each => each.peer === peer) ?? false;
  new CompleteService({
    network,
    clock,
    mayAsk: (peer, from) =>
      (from.includes('keys') && isMember(peer)) || (from.includes('guest') && guests.isGuest(peer)),
    answers: { keys: () => expect.unreachable('guests spend no keys'), guest: guests.answer },
  });
});
afterEach(() => world.close());

const viewers: InviteOptions = { role: 'viewer', expiresInMs: 0 };
const invite = async (options = viewers) =>
  parseInviteLink(await host.pod.invite('https://docs.example/', options));

async function come(name: string, by?: Awaited<ReturnType<typeof invite>>): Promise<[Visit, Network]> {
  const network = world.world.join(name);
  const { clock } = world;
  return [await visit({ network, clock, random: seededRandom(3), invite: by ?? (await invite()) }), network];
}

const question = (more: Partial<CompletionRequest> = {}): CompletionRequest => ({
  model: 'guide',
  messages: [{ role: 'user', content: 'What is a pod?' }],
  sampling: greedy,
  maxTokens: 4,
  stop: [],
  ...more,
});

async function read(answer: AsyncIterable<CompletionEvent>) {
  const events: CompletionEvent[] = [];
  for await (const event of answer) events.push(event);
  return events;
}

const failure = (answer: AsyncIterable<CompletionEvent> | Promise<unknown>) =>
  (Symbol.asyncIterator in answer ? read(answer) : answer).then(
    () => expect.unreachable('it went well'),
    error => error,
  );

test('a guest is answered out of the pod, and is no member of it', async () => {
  const [here] = await come('visitor');
  expect(here).toMatchObject({ name: 'Docs', models: [{ name: 'guide', context: 512 }], peer: 'host' });
  const before = JSON.stringify(host.state().document);
  const events = await read(here.ask(question()));
  expect(events.filter(({ kind }) => kind === 'text').length).toBeGreaterThan(0);
  expect(events.find(({ kind }) => kind === 'route')).toMatchObject({
    route: { kind: 'guest', provider: here.host },
  });
  expect(events.at(-1)).toMatchObject({ kind: 'end', usage: { completionTokens: 4 } });
  expect(host.state().members.map(({ id }) => id)).toEqual(['host']);
  // It uses the invite not up, and nobody writes of it.
  expect(JSON.stringify(host.state().document)).toBe(before);
  expect(host.state().document?.invites.at(-1)).toMatchObject({ used: 0, uses: 1 });
});

test('only an invite for viewers that holds lets a guest in', async () => {
  const member = await failure(come('one', await invite({ role: 'member' })));
  expect([member.kind, member.reason]).toEqual(['denied', 'Guests need an invite for viewers.']);
  const short = await invite({ role: 'viewer', expiresInMs: 1_000 });
  await world.clock.pass(2_000);
  expect((await failure(come('two', short))).reason).toContain('expired');
  const other = { ...(await invite()), secret: new Uint8Array(32).fill(7) };
  expect((await failure(come('three', other))).reason).toContain('does not know');
  const elsewhere = { ...(await invite()), pod: new Uint8Array(16) };
  expect((await failure(come('four', elsewhere))).reason).toContain('not in that pod');
});

test('a proof made for one peer is worth nothing to another', async () => {
  const given = await invite();
  const [one, two] = [world.world.join('one'), world.world.join('two')];
  let hello: Uint8Array | undefined;
  // The first one's words are taken down on the way.
  const listening: Pick<Network, 'self' | 'connect' | 'open'> = {
    self: one.self,
    connect: (...of) => one.connect(...of),
    async open(...of) {
      const channel = await one.open(...of);
      return {
        ...channel,
        send: async message => channel.send((hello = message)),
        messages: channel.messages,
      };
    },
  };
  const { clock } = world;
  const copied = visit({ network: listening, clock, random: seededRandom(1), invite: given }).catch(() => {});
  await copied;
  await two.connect(host.network.addresses());
  const channel = await two.open('host' as PeerId, guestProtocol);
  await channel.send(hello!);
  const { value } = await channel.messages[Symbol.asyncIterator]().next();
  expect(decodeGuest(value)).toMatchObject({ refusal: { reason: 'The proof of an invite does not match.' } });
});

test('who is no guest, or none any more, is not answered; keys are for members', async () => {
  const given = await invite();
  const [here, network] = await come('visitor', given);
  const ask = (asker: Network, from: 'guest' | 'keys') =>
    failure(
      askPeer({
        network: asker,
        clock: world.clock,
        peer: 'host' as PeerId,
        name: 'Host',
        from,
        id: '00'.repeat(16),
        request: question(),
        route: () => expect.unreachable('it is not answered'),
        onBill: async () => {},
      }),
    );
  expect((await ask(network, 'keys')).kind).toBe('denied');
  const stranger = world.world.join('stranger');
  await stranger.connect(host.network.addresses());
  expect((await ask(stranger, 'guest')).kind).toBe('denied');
  await host.pod.revoke(host.state().document!.invites.at(-1)!.id);
  expect((await failure(here.ask(question()))).kind).toBe('denied');
  here.end();
});

test('guests get so much and no more: a model that is shared, short prompts, short answers, so many a minute', async () => {
  const [here] = await come('visitor');
  let asking = here;
  expect((await failure(here.ask(question({ model: 'openai/m' })))).kind).toBe('not-found');
  const long = [{ role: 'user' as const, content: 'x'.repeat(guestPromptCharactersMax + 1) }];
  expect((await failure(here.ask(question({ messages: long })))).kind).toBe('invalid');
  for (let count = 0; count < guestAnswersPerMinute; count++) {
    // Of one key, which costs nothing, only a share is answered.
    const isNext = count > 0 && count % guestAnswersPerPeerAndMinute === 0;
    if (isNext) expect((await failure(asking.ask(question()))).kind).toBe('full');
    if (isNext) [asking] = await come(`visitor-${count}`);
    const events = await read(asking.ask(question({ maxTokens: 1 })));
    expect(events.at(-1)).toMatchObject({ kind: 'end', usage: { completionTokens: 1 } });
  }
  const [late] = await come('late');
  const full = await failure(late.ask(question()));
  expect([full.kind, full.retryAfterMs]).toEqual(['full', 60_000]);
  await world.clock.pass(60_000);
  expect((await read(here.ask(question({ maxTokens: 1 })))).at(-1)).toMatchObject({ kind: 'end' });
});

test('guests that hold all places of guests keep out guests, and no member', async () => {
  const friend = await world.peer('friend');
  await friend.pod.join(await host.pod.invite('https://docs.example/', anybody));
  const given = await invite();
  const [late] = await come('late', given);
  for (let count = 0; count < completeInAllMax / completePerPeerMax; count++) {
    const [, network] = await come(`idler-${count}`, given);
    for (let each = 0; each < completePerPeerMax; each++)
      await network.open('host' as PeerId, completeProtocol);
  }
  expect((await failure(late.ask(question()))).kind).toBe('full');
  const channel = await friend.network.open('host' as PeerId, completeProtocol);
  await channel.send(encodeComplete({ ask: { id: new Uint8Array(16), from: 'wallet', total: 1 } }));
  const { value } = await channel.messages[Symbol.asyncIterator]().next();
  expect(decodeComplete(value)).toMatchObject({ failure: { kind: 'unsupported' } });
});

test('one key, and the visitors of one page, get a share of the places', async () => {
  const given = await invite();
  const [, network] = await come('visitor', given);
  const { clock } = world;
  const again = () => visit({ network, clock, random: seededRandom(3), invite: given });
  const held = [];
  for (let count = 1; count < guestsPerPeerMax; count++) held.push(await again());
  expect((await failure(again())).kind).toBe('full');
  for (let count = held.length + 1; count < guestsPerInviteMax; count++) await come(`v-${count}`, given);
  expect((await failure(come('one-too-many', given))).kind).toBe('full');
  const [other] = await come('of-another-page', await invite());
  expect(other.host).toBeDefined();
});

test('who came by an invite that is revoked is shown out, in the middle of an answer too', async () => {
  const given = await invite();
  const [here] = await come('visitor', given);
  const [other] = await come('other', await invite());
  const events = here.ask(question({ maxTokens: 200 }));
  const failed = (async () => {
    let revoked = false;
    for await (const event of events)
      if (event.kind === 'text' && !revoked) {
        revoked = true;
        const { invites } = host.state().document!;
        await host.pod.revoke(invites.find(each => each.id === inviteIdOf(given.secret))!.id);
      }
  })();
  expect((await failure(failed)).kind).toBe('denied');
  await expect.poll(() => here.over.aborted).toBe(true);
  expect(other.over.aborted).toBe(false);
});

test('a guest hears when its host goes, and a pod that is away is said to be', async () => {
  const given = await invite();
  const [here] = await come('visitor', given);
  expect(here.over.aborted).toBe(false);
  world.world.kill('host' as PeerId);
  await expect.poll(() => here.over.aborted).toBe(true);
  const away = await failure(come('late', given));
  expect(isKind(away, 'unavailable')).toBe(true);
});

test('garbage on the guest protocol is refused as such', async () => {
  const network = world.world.join('noise');
  await network.connect(host.network.addresses());
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async bytes => {
      try {
        decodeGuest(bytes);
      } catch (error) {
        expect(isKind(error, 'corrupt')).toBe(true);
      }
    }),
    { numRuns: 500, seed: 1 },
  );
  const channel = await network.open('host' as PeerId, guestProtocol);
  await channel.send(encodeGuest({ welcome: { name: 'Docs', models: [] } }));
  await expect(channel.messages[Symbol.asyncIterator]().next()).rejects.toMatchObject({ kind: 'lost' });
  expect(guests.isGuest('noise' as PeerId)).toBe(false);
});
