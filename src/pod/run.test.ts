import { expect, test } from 'vitest';
import type { ModelId, PeerId, SessionId } from '../base/brand.ts';
import { systemClock } from '../base/clock.ts';
import type { Message } from './links.ts';
import { ReplayRoom } from './replay-log.ts';
import { Run } from './run.ts';

const [self, a, b, c] = ['me', 'a', 'b', 'c'] as PeerId[] as [PeerId, PeerId, PeerId, PeerId];
const session = 'session' as SessionId;
const chain = [a, b, c].map((peer, first) => ({ peer, first, last: first + 1 }));

const begin = (send: (to: PeerId, message: Message) => void) =>
  new Run({
    session,
    self,
    model: 'm' as ModelId,
    width: 8,
    capacity: 8,
    chain,
    clock: systemClock,
    room: new ReplayRoom(),
    send,
    standby: () => undefined,
  });

test.each([
  ['the neighbour after it', c, c],
  ['the neighbour before it', a, a],
  ['nobody, for it failed itself', '' as const, b],
  ['somebody who is no neighbour of it', 'x' as PeerId, b],
  ['the requester', self, b],
])('a stage that misses %s', (_, missing, culprit) => {
  const run = begin(() => {});
  run.handle(b, { session, hop: 1, fault: { kind: 'lost', reason: 'It is gone.', missing } });
  expect([run.culprit, run.failure?.kind]).toEqual([culprit, 'lost']);
});

test('stages are told to rest at what they hold, although the run went back behind wrong guesses', async () => {
  const sent: Message[] = [];
  const run = begin((_, message) => sent.push(message));
  const hidden = new Float32Array(4 * 8);
  const fed = run.feed(4, hidden.slice(), undefined, true);
  run.handle(c, { session, hop: 3, chunk: { position: 0, count: 4, hidden, step: 1, all: true, until: 0 } });
  expect(await fed).toHaveLength(4 * 8);
  run.goBack(2);
  run.rest();
  expect(sent.slice(1)).toEqual([0, 1, 2].map(hop => ({ session, hop, rest: { length: 4 } })));
  expect(run.length).toBe(2);
});
