/** Two peers over the simulated network: one holds keys, the other asks it. */
import type { PeerId } from '../../src/base/brand.ts';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { seededRandom } from '../../src/base/random.ts';
import { createMemoryWorld, type MemoryWorld } from '../../src/network/memory-network.ts';
import type { Network } from '../../src/network/network.ts';
import { askPeer } from '../../src/router/remote/ask-peer.ts';
import type { Bill } from '../../src/router/remote/complete-message.ts';
import type { CompletionEvent, CompletionRequest } from '../../src/router/request.ts';

export interface TwoPeers {
  readonly world: MemoryWorld;
  readonly owner: Network;
  readonly asker: Network;
}

export async function twoPeers(clock: Clock = systemClock): Promise<TwoPeers> {
  const world = createMemoryWorld({ clock, random: seededRandom(1) });
  const [owner, asker] = [world.join('owner'), world.join('asker')];
  await asker.connect(owner.addresses());
  return { world, owner, asker };
}

/** What came before it failed, how, and what was billed. */
export async function askOwner(
  { asker }: Pick<TwoPeers, 'asker'>,
  request: CompletionRequest,
  { signal, clock = systemClock, at }: { signal?: AbortSignal; clock?: Clock; at?: () => unknown } = {},
) {
  const events: CompletionEvent[] = [];
  const bills: Bill[] = [];
  let error: unknown;
  try {
    const answer = askPeer(
      {
        network: asker,
        clock,
        peer: 'owner' as PeerId,
        name: 'Owner',
        from: 'keys',
        id: 'ab'.repeat(16),
        request,
        route: provider => ({ kind: 'own-key', hops: [], provider, reason: '' }),
        onBill: async bill => void bills.push(bill),
      },
      signal,
    );
    for await (const event of answer) {
      events.push(event);
      if (event.kind === 'text') at?.();
    }
  } catch (thrown) {
    error = thrown;
  }
  const text = events.map(event => (event.kind === 'text' ? event.text : '')).join('');
  return { text, events, bills, error };
}
