/** A handshake over a document that takes longer to check than a silent caller is given. Real pods; only the time for checking is ours. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { PeerId, PodId } from '../../src/base/brand.ts';
import { KiB, toHex } from '../../src/base/bytes.ts';
import type { Clock } from '../../src/base/clock.ts';
import { handshakeMs } from '../../src/base/limits.ts';
import { seededRandom } from '../../src/base/random.ts';
import type { Desk } from '../../src/pod/document/desk.ts';
import { entranceOf, Group } from '../../src/pod/group.ts';
import { callIn } from '../../src/pod/handshake.ts';
import { parseInviteLink } from '../../src/pod/invite.ts';
import { PodLine } from '../../src/pod/pod-line.ts';
import { type PodMessage, podProtocol } from '../../src/pod/pod-message.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { bareGroup } from './bare-group.ts';
import { anybody, membersSeen, type PodWorld, podWorld, type TestPeer } from './pod-world.ts';
import { record } from './rogue-record.ts';
import { documentsOf } from './test-documents.ts';

vi.setConfig({ testTimeout: 60_000 });

const documentBytes = 480 * KiB;
const statements = 64;

let house: PodWorld;
let owner: TestPeer;
let link: string;
beforeEach(async () => {
  house = await podWorld();
  owner = await house.peer('owner');
  await owner.pod.create('Workshop');
  for (let index = 0; index < statements; index++)
    await owner.pod.note('setting', `note-${index}`, 'x'.repeat(documentBytes / statements));
  link = await owner.pod.invite('https://example.org/', anybody);
});
afterEach(() => house.close());

const waits = (clock: Clock, ms: number) => new Promise<void>(resolve => clock.after(ms, resolve));

/** A newcomer on a device that takes `checkMs` for the whole document. */
async function newcomer(checkMs: number) {
  const network = house.world.join('newcomer');
  await network.connect(owner.network.addresses());
  const invite = parseInviteLink(link);
  const documents = documentsOf('newcomer', createMemoryStore(), () => house.clock.date());
  const desk: Desk = {
    ...documents.desk,
    async merge(handle, update) {
      await waits(house.clock, checkMs);
      return documents.desk.merge(handle, update);
    },
  };
  const options = bareGroup({
    network,
    clock: house.clock,
    documents: { ...documents, desk, self: network.self },
  });
  const group = await Group.open(options, toHex(invite.pod) as PodId, entranceOf(invite, network.self));
  const line = new PodLine(await network.open(owner.id, podProtocol));
  return { group, line, contacts: invite.contacts };
}

test('who needs long to check a large document comes in at the first try', async () => {
  const { group, contacts } = await newcomer(2 * handshakeMs);
  const joined = group.mesh.join(contacts);
  const seen = membersSeen(owner, 2);
  await house.clock.pass(2 * handshakeMs + 1000);
  await joined;
  await seen;
  await group.close();
});

test.each([
  ['falls silent', 0],
  ['sends it byte by byte', 1],
])('a caller that %s in the middle of the document is cut', async (_, partBytes) => {
  const { group, line } = await newcomer(0);
  const begun = house.clock.now();
  let endedAt: number | undefined;
  const stalls = {
    peer: line.peer,
    close: () => line.close(),
    async read() {
      const message = await line.read();
      // The owner has sent all of its own, and says nothing more before it hangs up.
      if ('update' in message && message.update.last)
        line.read().catch(() => {
          endedAt = house.clock.now() - begun;
        });
      return message;
    },
    async write(message: PodMessage) {
      if (!('update' in message)) return line.write(message);
      while (endedAt === undefined) {
        await waits(house.clock, 500);
        if (partBytes > 0)
          await line.write({ update: { part: new Uint8Array(partBytes), last: false } }).catch(() => {});
      }
      throw new Error('It was cut.');
    },
  } as unknown as PodLine;
  const ended = callIn(stalls, group, seededRandom(9), () => ({ record, contacts: [] })).catch(() => {});
  await house.clock.pass(5 * 60_000);
  await ended;
  expect(endedAt).toBeLessThan(60_000);
  expect(owner.state().members.map(({ id }) => id as PeerId)).toEqual([owner.id]);
  await group.close();
});
