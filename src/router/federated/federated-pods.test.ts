import { expect, test } from 'vitest';
import { ManualClock } from '../../../tests/pod/manual-clock.ts';
import type { PeerId, PodId } from '../../base/brand.ts';
import { federationAskedMax, federationAskMs } from '../../base/limits.ts';
import { LiveValue } from '../../base/live.ts';
import { seededRandom } from '../../base/random.ts';
import type { Federation, Pass } from '../../pod/federation/federation.ts';
import type { FederatedParts } from './ask-terms.ts';
import { FederatedPods } from './federated-pods.ts';

test('a pod whose members are all silent is known to be away within one limit, and asked anew', async () => {
  const clock = new ManualClock();
  const asked: string[] = [];
  const parts: FederatedParts = {
    self: 'self' as PeerId,
    clock,
    random: seededRandom(1),
    pod: {
      state: new LiveValue({ self: 'self' as PeerId, spread: 'fast', members: [], models: [] }),
      federation: { pass: async () => ({}) as Pass },
    } as unknown as FederatedParts['pod'],
    network: {
      connections: new LiveValue([]),
      connect: ([address]) => {
        asked.push(address!);
        return new Promise(() => {});
      },
      open: () => new Promise(() => {}),
    },
  };
  const contacts = Array.from({ length: 35 }, (_, nth) => ({
    peer: `peer-${nth}` as PeerId,
    addresses: [`/memory/peer-${nth}/p2p/peer-${nth}`],
  }));
  const link = { pod: 'there' as PodId, offer: 'offer', contacts, sequence: 1 } as unknown as Federation;

  const pods = new FederatedPods(parts);
  let known = false;
  const asking = pods.ask(link).then(() => {
    known = true;
  });
  await clock.pass(federationAskMs);
  expect(known).toBe(true);
  await asking;
  expect(asked).toHaveLength(federationAskedMax);
  expect(pods.look(link)).toMatchObject({ error: { kind: 'timeout' } });
  void pods.ask(link);
  await clock.pass(1);
  expect(asked).toHaveLength(federationAskedMax + 1);
  pods.close();
});
