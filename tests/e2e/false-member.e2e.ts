/** A member that lies in the pod's document and sends changes that do not hold is named in the app, and the pod goes on. */
import { generateKeyPair } from '@libp2p/crypto/keys';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { words } from '../../src/app/strings.ts';
import { systemClock } from '../../src/base/clock.ts';
import { systemRandom } from '../../src/base/random.ts';
import { createLibp2pNetwork } from '../../src/network/libp2p/create-libp2p-network.ts';
import { peerName } from '../../src/network/peer-name.ts';
import { publicKeyOf } from '../../src/network/public-key.ts';
import { createDesk } from '../../src/pod/document/desk.ts';
import type { Group } from '../../src/pod/group.ts';
import { Membership } from '../../src/pod/membership.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { record } from '../pod/rogue-record.ts';
import { answerOnOneDevice } from './one-device.ts';
import { ask, World } from './world.ts';

const question = 'What is a pod?';
let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world?.stop());

/** Comes in as everybody does. What it says afterwards nothing of its own checks. */
async function falseMember() {
  const privateKey = await generateKeyPair('Ed25519');
  const listen = ['/ip4/127.0.0.1/tcp/0/ws'];
  const network = await createLibp2pNetwork({ privateKey, relays: [], listen, iceServers: [] });
  const membership = new Membership({
    network,
    clock: systemClock,
    random: systemRandom,
    documents: {
      self: network.self,
      desk: createDesk(() => import('loro-crdt'), publicKeyOf),
      store: createMemoryStore(),
      publicKeyOf,
      sign: async bytes => privateKey.sign(bytes),
      date: Date.now,
    },
    record: () => ({ ...record, addresses: [...network.addresses()] }),
    offers: () => [],
    lentBytes: () => 0,
    onChange: () => {},
    onGone: () => {},
  });
  await membership.join(await world.server.peer.pod.invite('/'));
  const { document, mesh } = membership.group as Group;
  const { self } = network;
  return {
    self,
    lie: () => document.say({ kind: 'role', peer: self, role: 'owner' }),
    sendGarbage: () => {
      const part = new TextEncoder().encode('This is no change of any document.');
      for (const { peer } of membership.members()) mesh.send(peer, { update: { part, last: true } });
    },
    async [Symbol.asyncDispose]() {
      await membership.close();
      await network.stop();
    },
  };
}

test('a false member stands in the app by its name, and the pod goes on', async () => {
  const { page, errors } = await world.openTab('tab', '#/pod');
  await world.podIs(({ members }) => members.length === 2);
  await using rogue = await falseMember();
  await world.podIs(({ members }) => members.length === 3);
  const warnings = page.getByRole('region', { name: words.pod.warnings });
  expect(await warnings.count()).toBe(0);

  await rogue.lie();
  await warnings.getByText(`${peerName(rogue.self)} said something that it may not (role)`).waitFor();
  const inDocument = world.pod.document?.members.find(({ peer }) => peer === rogue.self);
  expect(inDocument?.role).toBe('member');

  rogue.sendGarbage();
  const { warnings: ofProcess } = await world.podIs(({ members }) => members.length === 2);
  expect(ofProcess?.at(-1)).toMatchObject({
    peer: rogue.self,
    text: expect.stringContaining('was refused, and the pod goes on'),
  });

  await page.getByRole('link', { name: words.rail.chat, exact: true }).click();
  await ask({ page, context: page.context(), errors }, question);
  const answer = await answerOnOneDevice(question);
  await expect
    .poll(() => page.getByRole('article').last().innerText(), { timeout: 60_000 })
    .toContain(answer);
  expect(errors).toEqual([]);
});
