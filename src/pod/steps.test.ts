import { expect, test } from 'vitest';
import type { ModelId, PeerId } from '../base/brand.ts';
import type { Model } from '../model/model.ts';
import { peerName } from '../network/peer-name.ts';
import type { Member } from './member.ts';
import type { PodState } from './pod.ts';
import { loadStep, takeoverStep } from './steps.ts';

const [a, b] = ['a', 'b'] as PeerId[] as [PeerId, PeerId];
const id = 'm' as ModelId;
const model = { id, name: 'Tiny', hyper: { layers: 2 } } as Model;
const member = (of: PeerId, more: Partial<Member> = {}): Member => ({
  id: of,
  name: peerName(of),
  device: { kind: 'cpu', name: 'CPU' },
  memoryBytes: 1,
  link: { kind: 'none' },
  holds: [],
  ...more,
});
const assignments = [a, b].map((peer, first) => ({ peer, first, last: first + 1, bytes: 1 }));
const stateOf = (...members: Member[]): PodState => ({
  self: a,
  spread: 'fast',
  members,
  models: [
    { id, name: 'Tiny', plan: { spread: 'wide', assignments, spare: [], standbys: [], explanation: [] } },
  ],
});
const loading = { model: id, bytes: 3, totalBytes: 9 };
const problems = [{ model: id, kind: 'unavailable', reason: 'The server is asleep.', out: false } as const];

test('who waits reads of itself as this peer', () => {
  expect(loadStep(model, stateOf(member(a, { loading }), member(b)))).toMatchObject({
    text: 'This peer loads its layers of Tiny',
    done: 3,
    total: 9,
  });
  expect(loadStep(model, stateOf(member(b, { loading }), member(a, { loading }))).text).toBe(
    `${peerName(b)} and this peer load their layers of Tiny`,
  );
});

test('what fails is said first, though another loads', () => {
  const holds = [{ model: id, layers: { first: 0, last: 1 } }];
  expect(loadStep(model, stateOf(member(a, { loading, holds }), member(b, { problems })))).toEqual({
    name: 'load',
    text: `${peerName(b)} fails to load its layers and tries again. The server is asleep.`,
    done: 1,
    total: 2,
    unit: 'layers',
  });
});

test('a takeover names who left, or why who is still there cannot go on', () => {
  const failure = { kind: 'lost', origin: 'pod', reason: 'The GPU was lost: it hung.' } as const;
  const silent = { failure, culprit: b, confessed: false };
  expect(takeoverStep(silent, a)).toEqual({
    name: 'takeover',
    text: `${peerName(b)} left. Its layers are being taken over; your answer goes on.`,
    cause: `${peerName(b)} left.`,
  });
  expect(takeoverStep({ ...silent, confessed: true }, a).cause).toBe(
    `${peerName(b)} cannot go on: The GPU was lost: it hung.`,
  );
  const full = { ...failure, kind: 'full', reason: 'No room.' } as const;
  expect(takeoverStep({ ...silent, failure: full }, a).text).toContain('cannot go on: No room.');
  const own = { failure, culprit: a, confessed: true };
  expect(takeoverStep(own, a).text).toBe(
    'The GPU was lost: it hung. Your answer goes on as soon as its layers are loaded again.',
  );
  expect(takeoverStep({ ...own, failure: full }, a).text).toContain('This peer cannot go on: No room.');
});
