import { expect, test } from 'vitest';
import type { ModelId, PeerId, SessionId } from '../base/brand.ts';
import { systemClock } from '../base/clock.ts';
import { Run } from './run.ts';

const [self, a, b, c] = ['me', 'a', 'b', 'c'] as PeerId[] as [PeerId, PeerId, PeerId, PeerId];
const session = 'session' as SessionId;
const chain = [a, b, c].map((peer, first) => ({ peer, first, last: first + 1 }));

test.each([
  ['the neighbour after it', c, c],
  ['the neighbour before it', a, a],
  ['nobody, for it failed itself', '' as const, b],
  ['somebody who is no neighbour of it', 'x' as PeerId, b],
  ['the requester', self, b],
])('a stage that misses %s', (_, missing, culprit) => {
  const send = () => {};
  const run = new Run({
    session,
    self,
    model: 'm' as ModelId,
    width: 8,
    capacity: 8,
    chain,
    clock: systemClock,
    send,
  });
  run.handle(b, { session, hop: 1, fault: { kind: 'lost', reason: 'It is gone.', missing } });
  expect([run.culprit, run.failure?.kind]).toEqual([culprit, 'lost']);
});
