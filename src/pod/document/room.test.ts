import { expect, test } from 'vitest';
import type { PeerId } from '../../base/brand.ts';
import { authorBytesMax, podAuthorsMax, podAuthorsSpare, quietAuthorBytesMax } from '../../base/limits.ts';
import { type Chain, Room } from './room.ts';
import type { InviteRole, Statement, StatementBody } from './statement.ts';
import { admission, foundedBy, inviteNamed, keyNamed, Speaker } from './statement-maker.ts';

const entry: StatementBody = { kind: 'entry', topic: 'spending', key: 'k', value: 1 };
const remove: StatementBody = { kind: 'remove', peer: 'm0' as PeerId, key: keyNamed('new') };

function workshop(names: readonly string[], role: InviteRole = 'member', uses = 1000) {
  const { founder, pod } = foundedBy('founder');
  founder.say({ kind: 'invite', invite: inviteNamed('all'), role, uses, expires: 0 });
  for (const name of names) founder.say(admission(name, 'all'));
  const others = names.map(name => new Speaker(name));
  for (const other of others) other.hear(founder);
  return { founder, room: new Room(pod), others };
}

/** What all of `speakers` hold; whoever is named in `bytes` has said so much, the others next to nothing. */
function chainsOf(speakers: readonly Speaker[], bytes: Record<string, number> = {}): Map<PeerId, Chain> {
  const byAuthor = new Map<PeerId, Statement[]>();
  const all = new Map(speakers.flatMap(each => [...each.held]));
  for (const statement of all.values())
    byAuthor.set(statement.author, [...(byAuthor.get(statement.author) ?? []), statement]);
  return new Map(
    [...byAuthor].map(([author, statements]) => [
      author,
      {
        statements: statements.sort((a, b) => a.sequence - b.sequence),
        sealed: [new Uint8Array(bytes[author] ?? 100)],
      },
    ]),
  );
}
const nothing = new Map<PeerId, Chain>();
const outcome = (run: () => void) => {
  try {
    run();
    return 'taken';
  } catch (error) {
    return (error as { kind?: string }).kind;
  }
};

test('who was never let in has no place, and who was let in has, in one update with it or before', () => {
  const { founder, room, others } = workshop(['a']);
  const [a] = others as [Speaker];
  a.say(entry);
  expect(outcome(() => room.assertFor(nothing, chainsOf([a]), false))).toBe('taken');
  const stranger = new Speaker('stranger');
  stranger.hear(a);
  stranger.say(entry);
  expect(outcome(() => room.assertFor(chainsOf([a]), chainsOf([stranger]), false))).toBe('denied');
  founder.hear(stranger);
  founder.say(admission('stranger', 'all'));
  expect(outcome(() => room.assertFor(chainsOf([a]), chainsOf([founder]), false))).toBe('taken');
});

test('nobody lets himself or others in by an invite that he made up, that is used up, or that he does not name', () => {
  const made = (speaker: Speaker) =>
    speaker.say({ kind: 'invite', invite: inviteNamed('made-up'), role: 'member', uses: 9, expires: 0 });
  const letsIn: Record<string, (rogue: Speaker) => void> = {
    'made up': rogue => {
      made(rogue);
      rogue.say(admission('sybil', 'made-up'));
    },
    'used up': rogue => rogue.say(admission('sybil', 'all')),
    'not there': rogue => rogue.say(admission('sybil', 'nowhere')),
  };
  for (const [name, letIn] of Object.entries(letsIn)) {
    const { room, others } = workshop(['rogue'], 'member', 1);
    const [rogue] = others as [Speaker];
    letIn(rogue);
    const sybil = new Speaker('sybil');
    sybil.hear(rogue);
    sybil.say(entry);
    expect([name, outcome(() => room.assertFor(nothing, chainsOf([sybil]), false))]).toEqual([
      name,
      'denied',
    ]);
  }
});

test('one use that two used in partitions, or that was revoked meanwhile, has let in both: what they said is taken', () => {
  const { founder, room, others } = workshop(['a', 'b']);
  const [a, b] = others as [Speaker, Speaker];
  founder.say({ kind: 'invite', invite: inviteNamed('once'), role: 'member', uses: 1, expires: 0 });
  for (const each of [a, b]) each.hear(founder);
  founder.say({ kind: 'revoke', invite: inviteNamed('once') });
  const newcomers = [a, b].map((host, index) => {
    host.say(admission(`x${index}`, 'once'));
    const newcomer = new Speaker(`x${index}`);
    newcomer.hear(host);
    newcomer.say({ kind: 'leave' });
    return newcomer;
  });
  const [x, y] = newcomers as [Speaker, Speaker];
  for (const order of [
    [founder, x, y],
    [founder, y, x],
  ] as const) {
    let before = nothing;
    for (let count = 1; count <= order.length; count++) {
      const after = chainsOf(order.slice(0, count));
      expect(outcome(() => room.assertFor(before, after, false))).toBe('taken');
      before = after;
    }
  }
});

test('whom a liar has let in is a stranger until the lie is known, and is heard then', () => {
  const { founder, room, others } = workshop(['a', 'liar']);
  const [a, liar] = others as [Speaker, Speaker];
  const twin = new Speaker('liar');
  twin.hear(liar);
  liar.say(entry);
  twin.say(admission('x', 'all'));
  const x = new Speaker('x');
  x.hear(twin);
  const said = x.say({ kind: 'leave' });
  a.hear(liar);
  a.held.set(said.hash, said);
  expect(outcome(() => room.assertFor(chainsOf([founder]), chainsOf([a]), false))).toBe('denied');
  const proof = a.say({ kind: 'lie', first: 'A', second: 'B' });
  a.held.set(proof.hash, { ...proof, lie: { author: 'liar' as PeerId, sequence: 1 } });
  expect(outcome(() => room.assertFor(chainsOf([founder]), chainsOf([a]), false))).toBe('taken');
});

test('a viewer may say little, unless it was made more', () => {
  const { founder, room, others } = workshop(['a'], 'viewer');
  const [a] = others as [Speaker];
  a.say({ kind: 'leave' });
  const much = { a: quietAuthorBytesMax + 1 };
  expect(outcome(() => room.assertFor(nothing, chainsOf([a], much), false))).toBe('full');
  founder.say({ kind: 'role', peer: 'a' as PeerId, role: 'member' });
  expect(outcome(() => room.assertFor(nothing, chainsOf([a, founder], much), false))).toBe('taken');
});

test('a document that members have filled still takes a little of each, and then a removal', () => {
  const names = Array.from({ length: 9 }, (_, index) => `m${index}`);
  const { founder, room, others } = workshop(names);
  for (const other of others.slice(0, 7)) other.say(entry);
  const all = (count: number) => chainsOf([founder, ...others], sizes(count));
  const sizes = (count: number) =>
    Object.fromEntries(names.map((name, index) => [name, index < count ? authorBytesMax : 100]));
  expect(outcome(() => room.assertFor(nothing, all(7), false))).toBe('full');
  // Of six it is nearly full: who has said little goes on, the others do not.
  const before = all(6);
  others[7]!.say(entry);
  expect(outcome(() => room.assertFor(before, all(6), false))).toBe('taken');
  others[0]!.say(entry);
  expect(outcome(() => room.assertFor(before, all(6), false))).toBe('full');
  const full = all(7);
  others[8]!.say(entry);
  expect(outcome(() => room.assertFor(full, all(7), false))).toBe('full');
  const held = all(7);
  founder.say(remove);
  for (const isOwn of [true, false]) expect(outcome(() => room.assertFor(held, all(7), isOwn))).toBe('taken');
});

test('the last places for authors are for admins', () => {
  const names = Array.from({ length: podAuthorsMax - podAuthorsSpare }, (_, index) => `m${index}`);
  const { founder, pod } = foundedBy('founder');
  founder.say({ kind: 'invite', invite: inviteNamed('all'), role: 'member', uses: 1000, expires: 0 });
  for (const name of names) founder.say(admission(name, 'all'));
  const others = names.map(name => new Speaker(name));
  for (const other of others) other.say({ kind: 'leave' });
  const room = new Room(pod);
  const before = chainsOf([founder, ...others.slice(1)]);
  expect(outcome(() => room.assertFor(nothing, before, false))).toBe('taken');
  expect(outcome(() => room.assertFor(before, chainsOf([founder, ...others]), false))).toBe('full');
  founder.say({ kind: 'role', peer: 'm0' as PeerId, role: 'admin' });
  expect(outcome(() => room.assertFor(before, chainsOf([founder, ...others]), false))).toBe('taken');
});
