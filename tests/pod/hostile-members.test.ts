/** Members who send what does not hold, over /tabmesh/pod/3: refused, named in the warnings, and the pod goes on. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { type LoroDoc, LoroDoc as LoroDocument } from 'loro-crdt';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { PeerId, PodId } from '../../src/base/brand.ts';
import { toHex } from '../../src/base/bytes.ts';
import { TabmeshError } from '../../src/base/error.ts';
import {
  documentPartBytesMax,
  documentUpdateBytesMax,
  introduceEveryMs,
  statementBytesMax,
} from '../../src/base/limits.ts';
import { seededRandom } from '../../src/base/random.ts';
import { listOf, loroPeerOf } from '../../src/pod/document/own-ops.ts';
import { unsealed } from '../../src/pod/document/sealed.ts';
import type { StatementBody } from '../../src/pod/document/statement.ts';
import { inParts } from '../../src/pod/document/sync.ts';
import { entranceOf, Group } from '../../src/pod/group.ts';
import { callIn } from '../../src/pod/handshake.ts';
import { parseInviteLink } from '../../src/pod/invite.ts';
import { planSetting } from '../../src/pod/plan-settings.ts';
import { PodLine } from '../../src/pod/pod-line.ts';
import { podProtocol } from '../../src/pod/pod-message.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import type { Store } from '../../src/store/store.ts';
import { bareGroup } from './bare-group.ts';
import { settle } from './manual-clock.ts';
import { anybody, failure, membersSeen, type PodWorld, podWorld, type TestPeer } from './pod-world.ts';
import { record } from './rogue-record.ts';
import { documentsOf, secretOf } from './test-documents.ts';

vi.setConfig({ testTimeout: 60_000 });

let house: PodWorld;
let owner: TestPeer;
let friend: TestPeer;
let link: string;
beforeEach(async () => {
  house = await podWorld();
  [owner, friend] = [await house.peer('owner'), await house.peer('friend')];
  await owner.pod.create('Workshop');
  link = await owner.pod.invite('https://example.org/', anybody);
  await friend.pod.join(link);
  await membersSeen(owner, 2);
});
afterEach(() => house.close());

/** A member like others that then speaks by hand, and what its document holds now. */
async function rogueMember(name = 'rogue') {
  const network = house.world.join(name);
  await network.connect(owner.network.addresses());
  const invite = parseInviteLink(link);
  const line = new PodLine(await network.open(owner.id, podProtocol));
  const store = createMemoryStore();
  const options = bareGroup({
    network,
    clock: house.clock,
    documents: { ...documentsOf(name, store, () => house.clock.date()), self: network.self },
  });
  const pod = toHex(invite.pod) as PodId;
  const group = await Group.open(options, pod, entranceOf(invite, network.self));
  await callIn(line, group, seededRandom(9), () => ({ record, contacts: [] }));
  await membersSeen(owner, 3);
  const doc = new LoroDocument();
  doc.import((await store.get('documents', `${name}/${pod}`))!);
  const send = async (update: Uint8Array) => {
    for (const message of inParts(update)) await line.write(message).catch(() => {});
    await settle();
  };
  return { pod, line, group, doc, send };
}
type Rogue = Awaited<ReturnType<typeof rogueMember>>;

/** What `change` does to the document, as an update. */
function updateOf({ doc }: Rogue, as: string, change: (copy: LoroDoc) => void): Uint8Array {
  const copy = doc.fork();
  copy.setPeerId(loroPeerOf(as as PeerId));
  change(copy);
  copy.commit();
  return copy.export({ mode: 'update', from: doc.version() });
}

/** A statement of the rogue's, signed as `by` would, in its own place. */
function statementOf({ pod, group }: Rogue, body: StatementBody, by = 'rogue', author = 'rogue'): Uint8Array {
  const own = group.document.heads.find(head => head.author === author);
  const header = {
    pod,
    author: author as PeerId,
    sequence: (own?.count ?? 0) + 1,
    previous: own?.hash ?? ('' as const),
  };
  const { toSign, seal } = unsealed(header, { seen: [], at: 0, body });
  return seal(ed25519.sign(toSign, secretOf(by)));
}
const claim: StatementBody = { kind: 'role', peer: 'rogue' as PeerId, role: 'owner' };

async function refusedAndNamed(before: unknown): Promise<void> {
  await membersSeen(owner, 2);
  const warning = owner.state().warnings?.at(-1);
  expect(warning).toMatchObject({
    peer: 'rogue',
    text: expect.stringContaining('was refused, and the pod goes on'),
  });
  expect(owner.state().document).toEqual(before);
  await owner.pod.rename('Goes on');
  await settle();
  expect(friend.state().name).toBe('Goes on');
  expect(
    friend
      .state()
      .members.map(({ id }) => id)
      .sort(),
  ).toEqual(['friend', 'owner']);
}

const push = (list: string, bytes: Uint8Array | string) => (copy: LoroDoc) => copy.getList(list).push(bytes);
const attacks: Record<string, (rogue: Rogue) => Uint8Array> = {
  'bytes that are no update': () => seededRandom(3).bytes(4_000),
  'half an update': rogue =>
    updateOf(rogue, 'rogue', push(listOf('rogue' as PeerId), statementOf(rogue, claim))).slice(0, -9),
  'a whole snapshot': rogue => {
    const copy = rogue.doc.fork();
    copy.setPeerId(loroPeerOf('rogue' as PeerId));
    push(listOf('rogue' as PeerId), statementOf(rogue, { kind: 'leave' }))(copy);
    copy.commit();
    return copy.export({ mode: 'snapshot' });
  },
  'a statement that another is said to have made': rogue =>
    updateOf(rogue, 'owner', push(listOf('owner' as PeerId), statementOf(rogue, claim, 'rogue', 'owner'))),
  'a statement in the place of another': rogue =>
    updateOf(rogue, 'rogue', push(listOf('owner' as PeerId), statementOf(rogue, claim))),
  'a statement of another pod': rogue =>
    updateOf(
      rogue,
      'rogue',
      push(listOf('rogue' as PeerId), statementOf({ ...rogue, pod: 'ab'.repeat(16) as PodId }, claim)),
    ),
  'a statement that is too long': rogue =>
    updateOf(
      rogue,
      'rogue',
      push(
        listOf('rogue' as PeerId),
        statementOf(rogue, {
          kind: 'entry',
          topic: 'spending',
          key: 'k',
          value: 'x'.repeat(statementBytesMax),
        }),
      ),
    ),
  'a text among the statements': rogue =>
    updateOf(rogue, 'rogue', push(listOf('rogue' as PeerId), 'not signed by anybody')),
  'a deletion': rogue =>
    updateOf(rogue, 'rogue', copy => copy.getList(listOf('owner' as PeerId)).delete(0, 1)),
  'another container': rogue => updateOf(rogue, 'rogue', copy => copy.getMap('roles').set('rogue', 'owner')),
};

test.each(Object.entries(attacks))('a member that sends %s is cut off', async (_, attack) => {
  const rogue = await rogueMember();
  const before = owner.state().document;
  await rogue.send(attack(rogue));
  await refusedAndNamed(before);
});

test('an update without an end is refused at its limit, not kept', async () => {
  const rogue = await rogueMember();
  const before = owner.state().document;
  const part = new Uint8Array(documentPartBytesMax);
  for (let sent = 0; sent <= documentUpdateBytesMax; sent += part.length)
    await rogue.line.write({ update: { part, last: false } }).catch(() => {});
  await settle();
  await refusedAndNamed(before);
});

test('a role that one claims oneself is heard, named and without effect, and the member stays what it was', async () => {
  const rogue = await rogueMember();
  await rogue.send(updateOf(rogue, 'rogue', push(listOf('rogue' as PeerId), statementOf(rogue, claim))));
  // Whom the rogue did not tell asks for what it lacks.
  await house.clock.pass(introduceEveryMs);
  for (const peer of [owner, friend]) {
    const { document, warnings } = peer.state();
    expect(document?.members.find(each => each.peer === 'rogue')?.role).toBe('member');
    expect(document?.ignored).toMatchObject([{ author: 'rogue', kind: 'role' }]);
    expect(warnings).toMatchObject([{ peer: 'rogue', text: expect.stringContaining('may not (role)') }]);
  }
});

test('how plans spread, said by hand by who may not, changes no plan, and owners can still set it', async () => {
  const rogue = await rogueMember();
  const body = planSetting('spread', 'wide');
  await rogue.send(updateOf(rogue, 'rogue', push(listOf('rogue' as PeerId), statementOf(rogue, body))));
  await house.clock.pass(introduceEveryMs);
  for (const { state } of [owner, friend]) {
    expect(state()).toMatchObject({ spread: 'fast', warnings: [{ peer: 'rogue' }] });
    expect(state().document?.ignored).toMatchObject([{ author: 'rogue', kind: 'entry' }]);
  }
  for (const spread of ['wide', 'fast'] as const) {
    await owner.pod.setSpread(spread);
    await settle();
    expect(friend.state().spread).toBe(spread);
  }
});

test('an old state that is played again brings nobody back and changes nothing', async () => {
  const rogue = await rogueMember();
  const old = rogue.doc.export({ mode: 'update' });
  await owner.pod.remove(friend.id);
  await settle();
  const { document } = owner.state();
  expect(document?.members.map(({ peer }) => peer)).toEqual(['owner', 'rogue']);
  await rogue.send(old);
  await rogue.line.write({ heads: { heads: [] } });
  await settle();
  expect(owner.state().document).toEqual(document);
  expect(
    owner
      .state()
      .members.map(({ id }) => id)
      .sort(),
  ).toEqual(['owner', 'rogue']);
  await expect(friend.pod.join(link)).rejects.toMatchObject({ kind: 'denied' });
});

test('statements of a stranger are not taken, and whoever brings them is named once and is no worse off', async () => {
  const rogue = await rogueMember();
  const { document } = owner.state();
  const leave = statementOf(rogue, { kind: 'leave' }, 'stranger', 'stranger');
  const update = updateOf(rogue, 'stranger', push(listOf('stranger' as PeerId), leave));
  for (let count = 0; count < 3; count++) await rogue.send(update);
  expect(owner.state().document).toEqual(document);
  expect(owner.state().warnings).toMatchObject([
    { peer: 'rogue', text: expect.stringContaining('somebody who was never let in') },
  ]);
  await membersSeen(owner, 3);
  await owner.pod.remove('rogue' as PeerId);
  await settle();
  expect(friend.state().document?.members.map(({ peer }) => peer)).toEqual(['friend', 'owner']);
});

test('each liar is named, in whatever order they are found', async () => {
  for (const name of ['rogue', 'abel']) {
    const rogue = await rogueMember(name);
    const [here, there] = ['here', 'there'].map(value =>
      statementOf(rogue, { kind: 'entry', topic: 'spending', key: 'k', value }, name, name),
    ) as [Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>];
    await rogue.send(updateOf(rogue, name, push(listOf(name as PeerId), here)));
    await rogue.line.write({ fork: { statement: there } });
    await membersSeen(owner, 2);
  }
  await settle();
  const lies = expect.stringContaining('different things under one number');
  expect(owner.state().warnings).toMatchObject([
    { peer: 'rogue', text: lies },
    { peer: 'abel', text: lies },
  ]);
});

test('members that somebody made up are not called', async () => {
  const rogue = await rogueMember();
  const called = vi.spyOn(owner.network, 'connect');
  const contacts = Array.from({ length: 10 }, (_, index) => ({
    peer: `made-up-${index}` as PeerId,
    addresses: [`/memory/made-up-${index}/p2p/made-up-${index}`],
  }));
  await rogue.line.write({ contacts: { contacts } });
  await house.clock.pass(introduceEveryMs);
  expect(called).not.toHaveBeenCalled();
});

/** Its disk takes no document while `isFull`. */
function smallDisk() {
  const disk = { isFull: false };
  const real = createMemoryStore();
  const store: Store = {
    ...real,
    get: (...given) => real.get(...given),
    put: async (room, ...given) => {
      if (disk.isFull && room === 'documents') throw new TabmeshError('full', 'store', 'The disk is full.');
      await real.put(room, ...given);
    },
  };
  return { disk, store };
}

test('a member whose own disk is full accuses nobody, stays, and takes what it missed when there is room', async () => {
  const { disk, store } = smallDisk();
  const late = await house.peer('late', undefined, { store });
  disk.isFull = true;
  expect(await failure(late.pod.join(link))).toMatchObject({ kind: 'full', origin: 'store' });
  disk.isFull = false;
  await late.pod.join(link);
  await membersSeen(owner, 3);
  disk.isFull = true;
  await owner.pod.rename('Renamed');
  await owner.pod.rename('Again');
  await settle();
  expect(late.state().name).toBe('Workshop');
  expect(late.state().warnings).toMatchObject([
    { peer: 'late', text: expect.stringContaining('The disk is full.') },
  ]);
  disk.isFull = false;
  await house.clock.pass(introduceEveryMs);
  expect(late.state().name).toBe('Again');
  for (const peer of [owner, friend, late]) expect(peer.state().members).toHaveLength(3);
  for (const peer of [owner, friend]) expect(peer.state().warnings ?? []).toEqual([]);
});
