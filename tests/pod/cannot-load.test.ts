/** A member that cannot load a model does not keep the others from it. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type ErrorKind, isKind, TabmeshError } from '../../src/base/error.ts';
import { problemCharactersMax } from '../../src/base/limits.ts';
import type { ByteSource } from '../../src/model/source.ts';
import { peerName } from '../../src/network/peer-name.ts';
import {
  answerOf,
  anybody,
  ask,
  membersSeen,
  type PodWorld,
  planHeld,
  podWorld,
  routes,
  type TestPeer,
  tiny,
  when,
} from './pod-world.ts';

vi.setConfig({ testTimeout: 60_000 });

let house: PodWorld;
beforeEach(async () => {
  house = await podWorld();
});
afterEach(() => house.close());

interface Fault {
  kind: ErrorKind;
  reason: string;
  /** First byte from which on reads fail: 0 fails the header too. */
  from: number;
  mended?: boolean;
}

const failing =
  (fault: Fault) =>
  (real: ByteSource): ByteSource => ({
    ...real,
    read: (start, ...more) =>
      fault.mended || start < fault.from
        ? real.read(start, ...more)
        : Promise.reject(new TabmeshError(fault.kind, 'model', fault.reason)),
  });

async function podOf(...peers: TestPeer[]): Promise<void> {
  const [first, ...others] = peers;
  await first!.pod.create('Workshop');
  await first!.pod.setSpread('wide');
  for (const other of others) await other.pod.join(await first!.pod.invite('https://example.org/', anybody));
  await Promise.all(peers.map(peer => membersSeen(peer, peers.length)));
  await first!.pod.serve(tiny, 'tiny');
}

const planOf = (peer: TestPeer) => peer.state().models[0]?.plan;
const holders = (peer: TestPeer) =>
  planOf(peer)
    ?.assignments.map(each => each.peer)
    .join();
const planned = (peer: TestPeer, who: string) => when(peer, () => holders(peer) === who);

test.each([
  ['not even its header', 0],
  ['not its layers', 1],
])('who may load %s is left out by all, who say why', async (_, from) => {
  const fault: Fault = { kind: 'denied', reason: 'Loopback is not for others.', from };
  const [a, b] = [await house.peer('a'), await house.peer('b')];
  const c = await house.peer('c', undefined, { source: failing(fault) });
  await podOf(a, b, c);
  for (const peer of [a, b]) {
    await planned(peer, 'a,b');
    await planHeld(peer, tiny);
  }
  expect(planOf(a)!.spare).toEqual([
    { peer: c.id, reason: 'It cannot load this model. Loopback is not for others.' },
  ]);
  const seen = a.state().members.find(member => member.id === c.id)!;
  expect(seen.problems).toEqual([{ model: tiny, kind: 'denied', reason: fault.reason, out: true }]);
  const answer = await answerOf(b, ask({ maxTokens: 3 }));
  expect([answer.tokens.length, routes(answer).length]).toEqual([3, 1]);
  // It tries again by itself, and comes back in.
  fault.mended = true;
  await house.clock.pass(11_000);
  for (const peer of [a, b, c]) {
    await planned(peer, 'a,b,c');
    await planHeld(peer, tiny);
  }
});

test('where nobody else has room the question fails at once, and names who and why', async () => {
  const fault: Fault = { kind: 'not-found', reason: 'There is no such file.', from: 1 };
  const a = await house.peer('a', 0);
  const b = await house.peer('b', undefined, { source: failing(fault) });
  await podOf(a, b);
  await when(a, ({ models }) => models[0]?.problem !== undefined);
  const error = await answerOf(a, ask()).catch((failure: unknown) => failure);
  expect(isKind(error, 'not-found')).toBe(true);
  expect(String(error)).toContain(`${peerName(b.id)} cannot load this model: There is no such file.`);
});

test('a failure that may pass is shown, and after half a minute the others take over', async () => {
  const fault: Fault = { kind: 'unavailable', reason: 'The server is asleep.', from: 1 };
  const a = await house.peer('a');
  const b = await house.peer('b', undefined, { source: failing(fault) });
  await podOf(a, b);
  const texts: string[] = [];
  const asking = (async () => {
    for await (const event of a.pod.generate(ask({ maxTokens: 2 }))) {
      if (event.kind === 'step') texts.push(event.step.text);
    }
  })();
  const shown = `${peerName(b.id)} fails to load its layers and tries again. The server is asleep.`;
  await vi.waitFor(() => expect(texts).toContain(shown));
  await house.clock.pass(20_000);
  expect(holders(a)).toBe('a,b');
  await house.clock.pass(15_000);
  await Promise.all([a, b].map(peer => planned(peer, 'a')));
  await asking;
});

test('a wait in which all that is missing fails ends with the reason', async () => {
  const fault: Fault = { kind: 'unavailable', reason: 'The server is asleep.', from: 1 };
  const [a, b] = [await house.peer('a', 0), await house.peer('b', undefined, { source: failing(fault) })];
  await podOf(a, b);
  await planned(a, 'b');
  const asking = answerOf(a, ask()).catch((failure: unknown) => failure);
  // The half minute counts from the first failure, which a busy machine comes to late.
  await when(a, ({ members }) => members.some(({ problems }) => problems !== undefined));
  await house.clock.pass(40_000);
  const error = await asking;
  expect(isKind(error, 'unavailable')).toBe(true);
  expect(String(error)).toContain('The server is asleep.');
});

test('a long reason is cut before it is told', async () => {
  const fault: Fault = { kind: 'denied', reason: 'x'.repeat(5000), from: 0 };
  const [a, b] = [await house.peer('a'), await house.peer('b', undefined, { source: failing(fault) })];
  await podOf(a, b);
  await planned(a, 'a');
  const seen = a.state().members.find(member => member.id === b.id)!;
  expect(seen.problems![0]!.reason).toHaveLength(problemCharactersMax);
});
