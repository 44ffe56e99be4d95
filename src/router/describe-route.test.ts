import { expect, test } from 'vitest';
import type { PeerId } from '../base/brand.ts';
import type { Member } from '../pod/member.ts';
import type { Hop, PodState } from '../pod/pod.ts';
import { describeRoute } from './describe-route.ts';

const member = (id: string): Member => ({
  id: id as PeerId,
  name: id,
  device: { kind: 'cpu', name: 'CPU' },
  memoryBytes: 0,
  link: { kind: 'none' },
  holds: [],
});
const state = (...ids: string[]): PodState => ({
  self: 'me' as PeerId,
  spread: 'fast',
  members: ids.map(member),
  models: [],
});
const hop = (name: string, first: number, last: number): Hop => ({
  peer: name as PeerId,
  name,
  device: 'CPU',
  first,
  last,
});

test('alone, with spare members, and divided: each says why', () => {
  const here = [hop('me', 0, 6)];
  expect(describeRoute(here, state('me'), 'guide')).toEqual({
    kind: 'device',
    hops: here,
    reason: 'On this device: nobody else is in the pod, and it has room for all layers of guide.',
  });
  expect(describeRoute(here, state('me', 'Red-Fox'), 'guide').reason).toBe(
    'On this device: it has room for all layers of guide, so no hop to the other member is needed.',
  );
  const divided = describeRoute([hop('me', 0, 2), hop('Red-Fox', 2, 6)], state('me', 'Red-Fox'), 'guide');
  expect(divided.kind).toBe('pod');
  expect(divided.reason).toBe(
    'In the pod: the layers of guide are divided between me (layers 1 to 2) and Red-Fox (layers 3 to 6).',
  );
  expect(describeRoute([hop('Red-Fox', 0, 6)], state('me', 'Red-Fox'), 'guide')).toMatchObject({
    kind: 'pod',
    reason: 'In the pod: Red-Fox (layers 1 to 6) holds guide.',
  });
});
