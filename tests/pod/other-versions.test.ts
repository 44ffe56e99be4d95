/** Members of an earlier and of a later version of the program in one pod. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { LoroDoc } from 'loro-crdt';
import { expect, test } from 'vitest';
import type { PeerId, PodId } from '../../src/base/brand.ts';
import { toHex } from '../../src/base/bytes.ts';
import { isKind } from '../../src/base/error.ts';
import { statementBytesMax } from '../../src/base/limits.ts';
import { seededRandom } from '../../src/base/random.ts';
import { listOf, loroPeerOf } from '../../src/pod/document/own-ops.ts';
import { PodDocument } from '../../src/pod/document/pod-document.ts';
import { unsealed } from '../../src/pod/document/sealed.ts';
import type { StatementBody } from '../../src/pod/document/statement.ts';
import { entranceOf, Group } from '../../src/pod/group.ts';
import { callIn } from '../../src/pod/handshake.ts';
import { parseInviteLink } from '../../src/pod/invite.ts';
import { PodLine } from '../../src/pod/pod-line.ts';
import { podProtocol } from '../../src/pod/pod-message.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { anybody, membersSeen, podWorld } from './pod-world.ts';
import { record } from './rogue-record.ts';
import { documentsOf, founding, secretOf } from './test-documents.ts';

const documentOf = (name: string) => ({
  ...documentsOf(name, createMemoryStore(), () => 5),
  self: name as PeerId,
});

/** What `founder` says in a version of the program that knows more than this one, as an update. */
async function saidLater(founder: PodDocument, ...bodies: object[]): Promise<Uint8Array> {
  const author = 'ann' as PeerId;
  const doc = new LoroDoc();
  doc.import((await founder.updateFor([]))!);
  const before = doc.version();
  doc.setPeerId(loroPeerOf(author));
  let { count, hash } = founder.heads.find(head => head.author === author)!;
  for (const body of bodies) {
    count += 1;
    const header = { pod: founder.id, author, sequence: count, previous: hash };
    const statement = unsealed(header, { seen: [], at: 7, body: body as StatementBody });
    hash = statement.hash;
    doc.getList(listOf(author)).push(statement.seal(ed25519.sign(statement.toSign, secretOf(author))));
  }
  doc.commit();
  return doc.export({ mode: 'update', from: before });
}

const later = [
  { kind: 'motto', text: 'What this version has no word for' },
  { kind: 'entry', topic: 'weather', key: 'today', value: { rain: true } },
  { kind: 'rename', name: 'Said after it' },
];

test('what a later version says is kept, passed on and without effect, and what follows it counts', async () => {
  const founder = await PodDocument.found(documentOf('ann'), founding, () => {});
  const before = (await founder.updateFor([]))!;
  const update = await saidLater(founder, ...later);
  const [old, third] = [
    await PodDocument.open(founder.id, documentOf('ben'), () => {}),
    await PodDocument.open(founder.id, documentOf('eve'), () => {}),
  ];
  await old.merge(before);
  expect(await old.merge(update)).toEqual([]);
  expect(old.view).toMatchObject({ name: 'Said after it', ignored: [], entries: [], liars: [] });

  // Who was there when it was said is gone; from the old one a newer reader still gets it as it was signed.
  await third.merge((await old.updateFor([]))!);
  expect(third.view).toEqual(old.view);
  const bytes = (await third.sealedAt({ author: 'ann' as PeerId, sequence: 2 }))!;
  const [, said] = new TextDecoder().decode(bytes.subarray(64)).split('\n');
  expect(JSON.parse(said!).body).toEqual(later[0]);
});

test.each([
  ['a kind without a name', { kind: '' }],
  ['no kind at all', { motto: 'x' }],
  ['a kind that is no text', { kind: 7 }],
  ['a known kind in another shape', { kind: 'rename', title: 'x' }],
  ['a known kind with more in it', { kind: 'leave', why: 'x' }],
  ['an entry whose topic is no text', { kind: 'entry', topic: 7, key: 'x', value: 1 }],
  ['more than a statement may have', { kind: 'motto', text: 'x'.repeat(statementBytesMax) }],
])('%s is not taken for a later version', async (_, body) => {
  const founder = await PodDocument.found(documentOf('ann'), founding, () => {});
  const update = await saidLater(founder, body);
  await expect(founder.merge(update)).rejects.toSatisfy(error => isKind(error, 'corrupt'));
});

test('a member that speaks the version before comes in and stays', async () => {
  const house = await podWorld();
  const owner = await house.peer('owner');
  await owner.pod.create('Workshop');
  const invite = parseInviteLink(await owner.pod.invite('https://example.org/', anybody));
  const network = house.world.join('older');
  await network.connect(owner.network.addresses());
  const [version] = podProtocol.older!;
  const channel = await network.open(owner.id, { ...podProtocol, name: version!, older: [] });
  const documents = {
    ...documentsOf('older', createMemoryStore(), () => house.clock.date()),
    self: network.self,
  };
  const nothing = () => {};
  const options = { network, clock: house.clock, random: seededRandom(9), documents, record: () => record };
  const told = { onChange: nothing, onGone: nothing, onOut: nothing, warn: nothing };
  const id = toHex(invite.pod) as PodId;
  const group = await Group.open({ ...options, ...told }, id, entranceOf(invite, network.self));
  await callIn(new PodLine(channel), group, seededRandom(9), () => ({ record, contacts: [] }));
  await membersSeen(owner, 2);
  expect(owner.state().warnings).toBeUndefined();
  await group.close();
  await house.close();
});
