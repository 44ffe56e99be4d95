import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PeerId, PodId } from '../../base/brand.ts';
import { readDocument } from './read-document.ts';
import { type InviteId, roles, type Statement, type StatementBody } from './statement.ts';
import { admission, foundedBy, inviteNamed, keyNamed, Speaker } from './statement-maker.ts';
import { type DocumentView, roleOf } from './view.ts';

const hour = 3_600_000;
const invite = (
  name: string,
  more: Partial<Extract<StatementBody, { kind: 'invite' }>> = {},
): StatementBody => ({
  kind: 'invite',
  invite: inviteNamed(name),
  role: 'member',
  uses: 1,
  expires: 0,
  ...more,
});
const remove = (peer: string, key = peer): StatementBody => ({
  kind: 'remove',
  peer: peer as PeerId,
  key: keyNamed(key),
});
const setRole = (peer: string, role: (typeof roles)[number]): StatementBody => ({
  kind: 'role',
  peer: peer as PeerId,
  role,
});
const rename = (name: string): StatementBody => ({ kind: 'rename', name });
const read = (pod: PodId, ...speakers: Speaker[]): DocumentView =>
  readDocument(pod, [...new Map(speakers.flatMap(each => [...each.held])).values()])!;
const rolesIn = (view: DocumentView) =>
  Object.fromEntries(view.members.map(({ peer, role }) => [peer, role]));

/** A founder and others that came by one invite, all of whom know all. */
function workshop(...names: string[]) {
  const { founder, pod } = foundedBy('founder');
  founder.say(invite('all', { uses: 100 }));
  for (const name of names) founder.say(admission(name, 'all'));
  const others = names.map(name => new Speaker(name));
  for (const other of others) other.hear(founder);
  return { founder, pod, others };
}

test('who founds a pod is its owner, and makes of others what it likes', () => {
  const { founder, pod, others } = workshop('a', 'b', 'c');
  founder.say(setRole('a', 'owner'));
  founder.say(setRole('b', 'admin'));
  others[0]!.hear(founder);
  others[0]!.say(setRole('c', 'viewer'));
  const view = read(pod, founder, ...others);
  expect(rolesIn(view)).toEqual({ founder: 'owner', a: 'owner', b: 'admin', c: 'viewer' });
  expect(view.name).toBe('Workshop');
  expect(view.ignored).toEqual([]);
});

test('another founding, by whomever, is no beginning of this pod', () => {
  const { pod } = foundedBy('founder');
  const other = foundedBy('rogue').founder;
  expect(readDocument(pod, [...other.held.values()])).toBe(undefined);
});

test('an invite lets in as many as it says, in the order that all see, until it expires or is revoked', () => {
  const { founder, pod, others } = workshop('m');
  const [m] = others as [Speaker];
  founder.say(invite('once', { expires: hour }));
  founder.say(invite('many', { uses: 5, role: 'viewer' }));
  m.hear(founder);
  m.say(admission('late', 'once'), hour + 1);
  m.say(admission('first', 'once'), hour);
  m.say(admission('second', 'once'), hour);
  m.say(admission('first', 'once'), hour);
  m.say(admission('guest', 'many'));
  founder.say({ kind: 'revoke', invite: inviteNamed('many') });
  m.say(admission('guest-too', 'many'));
  const view = read(pod, founder, m);
  expect(rolesIn(view)).toEqual({ founder: 'owner', m: 'member', first: 'member' });
  expect(view.outcasts).toContainEqual({ peer: 'second', by: 'm', why: 'invite-used-up' });
  expect(view.invites.map(({ used, uses, closed }) => [used, uses, closed])).toEqual([
    [1, 100, false],
    [1, 1, false],
    [0, 5, true],
  ]);
});

test('one use that is used in two partitions lets in one of the two', () => {
  const { founder, pod, others } = workshop('a', 'b');
  const [a, b] = others as [Speaker, Speaker];
  founder.say(invite('once'));
  a.hear(founder);
  b.hear(founder);
  a.say(admission('x', 'once'));
  b.say(admission('y', 'once'));
  const view = read(pod, a, b);
  expect(rolesIn(view)).toEqual({ founder: 'owner', a: 'member', b: 'member', x: 'member' });
  expect(view.outcasts).toEqual([{ peer: 'y', by: 'b', why: 'invite-used-up' }]);
});

test('what a removed admin says that its remover did not know is void, however it is dated', () => {
  const { founder, pod, others } = workshop('a', 'm');
  const [a, m] = others as [Speaker, Speaker];
  founder.say(setRole('a', 'admin'));
  a.hear(founder);
  a.say(rename('Known'));
  founder.hear(a);
  founder.say(remove('a'));
  a.say(rename('Unknown'));
  a.say(remove('m'));
  a.say(invite('back', { uses: 9 }));
  m.hear(founder);
  m.hear(a);
  m.say(admission('a', 'back'));
  const view = read(pod, founder, a, m);
  expect(view.name).toBe('Known');
  expect(rolesIn(view)).toEqual({ founder: 'owner', m: 'member' });
  expect(view.outcasts).toEqual([{ peer: 'a', by: 'founder', why: 'removed' }]);
  expect(view.key).toBe(keyNamed('a'));
  expect(view.ignored.map(({ author, kind }) => [author, kind])).toEqual([
    ['a', 'rename'],
    ['a', 'remove'],
    ['a', 'invite'],
  ]);
});

test('who was removed does not come back by an invite from before, and does by one made in knowledge of it', () => {
  const { founder, pod, others } = workshop('a', 'm');
  const [, m] = others as [Speaker, Speaker];
  founder.say(invite('before', { uses: 9 }));
  m.hear(founder);
  founder.say(remove('a'));
  m.say(admission('a', 'before'));
  expect(rolesIn(read(pod, founder, m))).toEqual({ founder: 'owner', m: 'member' });
  founder.say(invite('after'));
  m.hear(founder);
  m.say(admission('a', 'after'));
  expect(roleOf(read(pod, founder, m), 'a' as PeerId)).toBe('member');
});

test('two owners cannot remove each other, an admin no admin, and nobody the founder', () => {
  const { founder, pod, others } = workshop('a', 'b', 'c', 'd');
  const [a, b, c] = others as [Speaker, Speaker, Speaker];
  for (const name of ['a', 'b']) founder.say(setRole(name, 'owner'));
  for (const name of ['c', 'd']) founder.say(setRole(name, 'admin'));
  for (const other of others) other.hear(founder);
  a.say(remove('b'));
  b.say(remove('a'));
  c.say(remove('d'));
  c.say(setRole('c', 'owner'));
  a.say(remove('founder'));
  const view = read(pod, founder, ...others);
  expect(rolesIn(view)).toEqual({ founder: 'owner', a: 'owner', b: 'owner', c: 'admin', d: 'admin' });
  expect(view.ignored).toHaveLength(5);
});

test('a promotion that its rival did not know of wins over a removal from below', () => {
  const { founder, pod, others } = workshop('a', 'x');
  const [a] = others as [Speaker];
  founder.say(setRole('a', 'admin'));
  a.hear(founder);
  founder.say(setRole('x', 'admin'));
  a.say(remove('x'));
  expect(roleOf(read(pod, founder, a), 'x' as PeerId)).toBe('admin');
});

test('who leaves is out and may come again by the invite that it has used', () => {
  const { founder, pod, others } = workshop('a');
  const [a] = others as [Speaker];
  a.say({ kind: 'leave' });
  founder.hear(a);
  expect(rolesIn(read(pod, founder))).toEqual({ founder: 'owner' });
  founder.say(admission('a', 'all'));
  const view = read(pod, founder);
  expect(rolesIn(view)).toEqual({ founder: 'owner', a: 'member' });
  expect(view.outcasts).toEqual([]);
});

test('who signs two things with one number is cut off, and what it said before stands', () => {
  const { founder, pod, others } = workshop('a', 'm');
  const [a, m] = others as [Speaker, Speaker];
  founder.say(setRole('a', 'admin'));
  a.hear(founder);
  a.say(rename('Honest'));
  const twin = new Speaker('a');
  twin.hear(a);
  a.say(rename('Here'));
  const there = twin.say(rename('There'));
  m.hear(a);
  m.say({ kind: 'entry', topic: 'spending', key: 'k', value: 1 });
  const all = [...m.held.values()];
  for (const statements of [
    [...all, there],
    [there, ...all],
  ]) {
    const view = readDocument(pod, statements)!;
    expect(view.liars).toEqual([{ peer: 'a', from: 2 }]);
    expect(view.name).toBe('Honest');
    expect(roleOf(view, 'a' as PeerId)).toBe(undefined);
    expect(view.outcasts).toContainEqual({ peer: 'a', by: 'a', why: 'lied' });
    expect(view.entries).toHaveLength(1);
  }
});

test('what names something that is not there waits for it', () => {
  const { founder, pod, others } = workshop('a');
  const [a] = others as [Speaker];
  founder.say(rename('Later'));
  a.hear(founder);
  founder.say(setRole('a', 'admin'));
  a.hear(founder);
  a.say(rename('Last'));
  const without = [...a.held.values()].filter(({ author, sequence }) => author === 'a' || sequence < 4);
  expect(readDocument(pod, without)?.name).toBe('Workshop');
  expect(read(pod, a).name).toBe('Last');
});

const names = ['founder', 'a', 'b', 'c', 'd', 'rogue'] as const;
const someone = fc.constantFrom(...names);
const anInvite = fc.constantFrom('all', 'i', 'j');
const anyBody: fc.Arbitrary<StatementBody> = fc.oneof(
  fc.string({ minLength: 1, maxLength: 5 }).map(rename),
  fc
    .record({
      name: anInvite,
      role: fc.constantFrom('admin', 'member', 'viewer'),
      uses: fc.integer({ min: 1, max: 3 }),
    })
    .map(({ name, ...more }) => invite(name, more as { role: 'admin' })),
  anInvite.map(name => ({ kind: 'revoke' as const, invite: inviteNamed(name) as InviteId })),
  fc.tuple(someone, anInvite).map(([peer, name]) => admission(peer, name)),
  fc.tuple(someone, fc.constantFrom(...roles)).map(([peer, role]) => setRole(peer, role)),
  fc.tuple(someone, fc.string({ maxLength: 3 })).map(([peer, key]) => remove(peer, key)),
  fc.constant({ kind: 'leave' as const }),
  fc.record({
    kind: fc.constant('entry' as const),
    topic: fc.constantFrom('setting' as const, 'spending' as const),
    key: fc.constant('k'),
    value: fc.integer(),
  }),
);
const anyStep = fc.oneof(
  { weight: 3, arbitrary: fc.record({ who: someone, body: anyBody, at: fc.integer({ min: 0, max: 9 }) }) },
  { weight: 2, arbitrary: fc.record({ who: someone, hears: someone }) },
  { weight: 1, arbitrary: fc.record({ who: someone, forks: fc.constant(true) }) },
);

type Step = typeof anyStep extends fc.Arbitrary<infer S> ? S : never;

/** Members in partitions that say all kinds of things, some of them with two tongues. */
function play(steps: readonly Step[], forking = true) {
  const { founder, pod, others } = workshop('a', 'b', 'c', 'd');
  founder.say(setRole('a', 'owner'));
  founder.say(setRole('b', 'admin'));
  const speakers = new Map(
    [founder, ...others, new Speaker('rogue')].map(each => [each.peer as string, each]),
  );
  for (const speaker of speakers.values()) speaker.hear(founder);
  const twins = new Map<string, Speaker>();
  for (const step of steps) {
    const speaker = speakers.get(step.who)!;
    if ('body' in step) {
      speaker.say(step.body, step.at);
      twins.get(step.who)?.say(step.body, step.at + 1);
    } else if ('hears' in step) speaker.hear(speakers.get(step.hears)!);
    else if (forking && step.who !== 'founder' && !twins.has(step.who)) {
      const twin = new Speaker(step.who);
      twin.hear(speaker);
      twins.set(step.who, twin);
    }
  }
  const statements = [
    ...new Map([...speakers.values(), ...twins.values()].flatMap(each => [...each.held])).values(),
  ];
  return { pod, statements };
}

test('all who hold the same statements see the same pod, in whatever order they came', () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 60 }), fc.infiniteStream(fc.nat()), (steps, chance) => {
      const { pod, statements } = play(steps);
      const expected = readDocument(pod, statements);
      const draws = statements.map(() => chance.next().value);
      const order = statements.map((_, index) => index).sort((a, b) => draws[a]! - draws[b]! || a - b);
      expect(
        readDocument(
          pod,
          order.map(index => statements[index]!),
        ),
      ).toEqual(expected);
      // Half of them is a pod too, whatever is missing.
      readDocument(
        pod,
        statements.filter((_, index) => draws[index]! % 2 === 0),
      );
    }),
    { numRuns: 400, seed: 4 },
  );
});

const stripped = (view: DocumentView | undefined) => view && { ...view, ignored: [] };
const decides = ({ body }: Statement) => !['leave', 'admit', 'lie'].includes(body.kind);

test('what a stranger says decides nothing, and what a viewer says neither', () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 60 }), steps => {
      const harmless = steps.map(step => {
        // 'd' stays what it is made here; nobody promotes it or the rogue.
        if (!('body' in step)) return step;
        const { body } = step;
        const spared =
          (body.kind === 'role' || body.kind === 'admit') && (body.peer === 'd' || body.peer === 'rogue');
        return spared ? { ...step, body: rename('spared') } : step;
      });
      const { pod, statements } = play(
        [{ who: 'founder' as const, body: setRole('d', 'viewer'), at: 0 }, ...harmless],
        false,
      );
      const powerless = statements.filter(({ author }) => author === 'd' || author === 'rogue');
      const silenced = new Map(powerless.filter(decides).map(each => [each.hash, harmlessTwin(each)]));
      const others = statements.map(each => silenced.get(each.hash) ?? each);
      expect(stripped(readDocument(pod, others))).toEqual(stripped(readDocument(pod, statements)));
    }),
    { numRuns: 400, seed: 5 },
  );
});

/** The same place in the order, and nothing said. */
const harmlessTwin = (statement: Statement): Statement => ({
  ...statement,
  body: { kind: 'revoke', invite: inviteNamed('nobody knows') },
});
