import { expect, test } from 'vitest';
import type { PeerId, PodId } from '../../base/brand.ts';
import { readDocument } from '../document/read-document.ts';
import type { StatementBody } from '../document/statement.ts';
import { admission, foundedBy, inviteNamed, Speaker } from '../document/statement-maker.ts';
import { type Link, limitsKey, linkKey, offerKey } from './federation.ts';

const other = 'ab'.repeat(16) as PodId;
const third = 'cd'.repeat(16) as PodId;
const limits = { requestsPerMinute: 5, tokensPerDay: 100 };
const entry = (key: string, value: unknown): StatementBody => ({
  kind: 'entry',
  topic: 'federation',
  key,
  value,
});
const linkOf = (offer: string, members: readonly string[], proof?: string): Link => ({
  offer: inviteNamed(offer),
  ...(proof ? { proof } : {}),
  limits,
  theirs: { name: 'Other', signer: 'their-admin' as PeerId, contacts: [] },
  ours: { name: 'Ours', contacts: [], members: members as PeerId[] },
  until: 5,
});
const proof = 'A'.repeat(86);

/** A founder, an admin and a member, who know each other. */
function three() {
  const { founder, pod } = foundedBy('founder');
  const [admin, member] = [new Speaker('admin'), new Speaker('member')];
  founder.say({ kind: 'invite', invite: inviteNamed('all'), role: 'member', uses: 9, expires: 0 });
  for (const peer of ['admin', 'member']) founder.say(admission(peer, 'all'));
  founder.say({ kind: 'role', peer: admin.peer, role: 'admin' });
  for (const each of [admin, member]) each.hear(founder);
  const meet = () => {
    for (const one of [founder, admin, member]) for (const two of [founder, admin, member]) one.hear(two);
  };
  const read = (by: Speaker = founder) => readDocument(pod, [...by.held.values()])!;
  return { founder, admin, member, meet, read };
}

test('an offer becomes an agreement with the first pod that its maker says, and its maker alone says it anew', () => {
  const { founder, admin, meet, read } = three();
  founder.say(entry(offerKey(inviteNamed('one')), { limits, expires: 9 }));
  expect(read().federationOffers).toMatchObject([{ offer: inviteNamed('one'), by: 'founder', limits }]);
  meet();
  admin.say(entry(linkKey(other), linkOf('one', ['thief'])));
  founder.say(entry(linkKey(other), linkOf('one', ['founder'])));
  founder.say(entry(linkKey(third), linkOf('one', ['founder'])));
  meet();
  const { federations, federationOffers } = read();
  expect(federationOffers).toEqual([]);
  expect(federations).toMatchObject([{ pod: other, signer: 'founder', members: ['founder'] }]);
  founder.say(entry(linkKey(other), linkOf('one', ['founder', 'member'])));
  expect(read().federations).toMatchObject([{ pod: other, members: ['founder', 'member'] }]);
});

test('what was ended stays so, though its maker says it anew without having heard, and a new offer begins anew', () => {
  const { founder, admin, meet, read } = three();
  founder.say(entry(linkKey(other), linkOf('one', ['founder'], proof)));
  meet();
  admin.say(entry(linkKey(other), null));
  founder.say(entry(linkKey(other), linkOf('one', ['founder', 'member'], proof)));
  meet();
  expect(read().federations).toEqual([]);
  expect(read(admin)).toEqual(read());
  founder.say(entry(linkKey(other), linkOf('one', ['founder'], proof)));
  expect(read().federations).toEqual([]);
  founder.say(entry(linkKey(other), linkOf('two', ['founder'], proof)));
  expect(read().federations).toHaveLength(1);
});

test('limits outlast what is said anew, and nothing is of one who may not or is no admin any more', () => {
  const { founder, admin, member, meet, read } = three();
  member.say(entry(linkKey(third), linkOf('mine', ['member'], proof)));
  admin.say(entry(linkKey(other), linkOf('one', ['founder'], proof)));
  meet();
  founder.say(entry(limitsKey(other), { requestsPerMinute: 1, tokensPerDay: 2 }));
  meet();
  admin.say(entry(linkKey(other), linkOf('one', ['member'], proof)));
  for (const bad of [5, {}, { requestsPerMinute: -1, tokensPerDay: 1 }])
    founder.say(entry(limitsKey(other), bad));
  meet();
  expect(read().federations).toMatchObject([
    { pod: other, limits: { requestsPerMinute: 1, tokensPerDay: 2 }, members: ['member'] },
  ]);
  founder.say({ kind: 'role', peer: admin.peer, role: 'member' });
  expect(read().federations).toEqual([]);
});
