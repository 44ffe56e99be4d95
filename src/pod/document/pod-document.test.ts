import { ed25519 } from '@noble/curves/ed25519.js';
import { LoroDoc } from 'loro-crdt';
import { expect, test } from 'vitest';
import { documentsOf, founding, secretOf, testDesk } from '../../../tests/pod/test-documents.ts';
import type { PeerId } from '../../base/brand.ts';
import { TabmeshError } from '../../base/error.ts';
import { createMemoryStore } from '../../store/memory-store.ts';
import type { Desk } from './desk.ts';
import { listOf, loroPeerOf } from './own-ops.ts';
import { PodDocument } from './pod-document.ts';
import { inviteIdOf, proveEntrance, unsealed } from './sealed.ts';
import type { StatementBody } from './statement.ts';

/** A worker that dies with its next call, after that call where `late`; another one starts empty, as connectDesk has it. */
function crashingDesk() {
  let desk = testDesk();
  let dies: 'never' | 'before' | 'after' = 'never';
  const call = async <T>(work: (desk: Desk) => Promise<T>): Promise<T> => {
    const how = dies;
    dies = 'never';
    if (how === 'after') await work(desk);
    if (how === 'never') return work(desk);
    desk = testDesk();
    throw new TabmeshError('lost', 'pod', "The worker that keeps the pod's document failed.");
  };
  const through: Desk = {
    open: (...given) => call(each => each.open(...given)),
    add: (...given) => call(each => each.add(...given)),
    merge: (...given) => call(each => each.merge(...given)),
    updateFor: (...given) => call(each => each.updateFor(...given)),
    forksWith: (...given) => call(each => each.forksWith(...given)),
    sealedAt: (...given) => call(each => each.sealedAt(...given)),
    close: (...given) => call(each => each.close(...given)),
  };
  return {
    desk: through,
    die: (when: 'before' | 'after') => {
      dies = when;
    },
  };
}

const partsOf = (name: string, desk: Desk, store = createMemoryStore()) => ({
  ...documentsOf(name, store, () => 5),
  self: name as PeerId,
  desk,
});
const nothing = () => {};

test.each(['before', 'after'] as const)(
  'where its worker dies %s it has done what was asked, the document is opened anew, and nothing is said twice',
  async when => {
    const { desk, die } = crashingDesk();
    const ours = await PodDocument.found(partsOf('ann', desk), founding, nothing);
    const theirs = await PodDocument.open(ours.id, partsOf('ben', testDesk()), nothing);
    for (const name of ['One', 'Two', 'Three']) {
      die(when);
      await ours.say({ kind: 'rename', name });
      expect(ours.view?.name).toBe(name);
      die(when);
      await theirs.merge((await ours.updateFor(theirs.heads))!);
      expect(theirs.view).toEqual(ours.view);
      expect(theirs.view?.liars).toEqual([]);
    }
    const other = crashingDesk();
    const third = await PodDocument.open(ours.id, partsOf('eve', other.desk), nothing);
    for (const name of ['Four', 'Five']) {
      await ours.say({ kind: 'rename', name });
      other.die(when);
      await third.merge((await ours.updateFor(third.heads))!);
      expect(third.view).toEqual(ours.view);
    }
  },
);

test('what kills the worker every time is given up, and the next thing works', async () => {
  const { desk, die } = crashingDesk();
  const ours = await PodDocument.found(partsOf('ann', desk), founding, nothing);
  const deadly: Desk = {
    ...desk,
    merge: () => {
      die('before');
      return desk.merge('x', new Uint8Array());
    },
  };
  const again = await PodDocument.open(ours.id, partsOf('ben', deadly), nothing);
  await expect(again.merge(new Uint8Array([1]))).rejects.toMatchObject({ kind: 'lost' });
  await ours.say({ kind: 'rename', name: 'Still here' });
  expect(ours.view?.name).toBe('Still here');
});

test('what is asked of a document that was closed does not open it again', async () => {
  const desk = testDesk();
  let opened = 0;
  const counted: Desk = {
    ...desk,
    open: (...given) => {
      opened += 1;
      return desk.open(...given);
    },
  };
  const ours = await PodDocument.found(partsOf('ann', counted), founding, nothing);
  const closing = ours.close();
  await expect(ours.updateFor([])).rejects.toMatchObject({ kind: 'not-found' });
  await closing;
  expect(opened).toBe(1);
});

test('who was away while many came and went knows of all of them before it says the next thing', async () => {
  const ours = await PodDocument.found(partsOf('ann', testDesk()), founding, nothing);
  const secret = secretOf('invite');
  const invite = inviteIdOf(secret);
  await ours.say({ kind: 'invite', invite, role: 'member', uses: 500, expires: 0 });
  const theirs = new LoroDoc();
  theirs.import((await ours.updateFor([]))!);
  const before = theirs.version();
  const last = new Map<string, { sequence: number; hash: string }>();
  const say = (author: string, seen: [PeerId, number][], body: StatementBody) => {
    const { sequence, hash } = last.get(author) ?? { sequence: 0, hash: '' };
    const header = { pod: ours.id, author: author as PeerId, sequence: sequence + 1, previous: hash as '' };
    const made = unsealed(header, { seen, at: 5, body });
    theirs.setPeerId(loroPeerOf(author as PeerId));
    theirs.getList(listOf(author as PeerId)).push(made.seal(ed25519.sign(made.toSign, secretOf(author))));
    theirs.commit();
    last.set(author, { sequence: sequence + 1, hash: made.hash });
  };
  // With names so long that one statement cannot hold all of them.
  const many = Array.from({ length: 60 }, (_, index) => `peer-${index}`.padEnd(128, 'x'));
  const admit = (peer: string): StatementBody => ({
    kind: 'admit',
    peer: peer as PeerId,
    invite,
    proof: proveEntrance(secret, ours.id, peer as PeerId),
  });
  // Each is let in by the one before it.
  const hosts = ['ann', ...many];
  await ours.say(admit(many[0]!));
  theirs.import((await ours.updateFor([]))!);
  for (const [index, peer] of many.entries()) {
    const seen: [PeerId, number][] = [['ann' as PeerId, 3]];
    if (index > 0) seen.push([hosts[index] as PeerId, 1]);
    const next = many[index + 1];
    say(peer, seen, next ? admit(next) : { kind: 'leave' });
  }
  expect(await ours.merge(theirs.export({ mode: 'update', from: before }))).toEqual([]);
  expect(ours.heads).toHaveLength(61);
  await ours.say({ kind: 'rename', name: 'After all' });
  expect(ours.view?.name).toBe('After all');
  await ours.say({ kind: 'remove', peer: many[3] as PeerId, key: invite as never });
  expect(ours.view?.outcasts.map(({ peer }) => peer)).toEqual([many[3]]);
  expect(ours.view?.ignored).toEqual([]);
}, 60_000);
