import type { PeerId } from '../../base/brand.ts';
import type { Clock } from '../../base/clock.ts';
import { within } from '../../base/deadline.ts';
import { TabmeshError } from '../../base/error.ts';
import { handshakeMs } from '../../base/limits.ts';
import type { Random } from '../../base/random.ts';
import type { Network } from '../../network/network.ts';
import type { Pass } from '../../pod/federation/federation.ts';
import type { Pod } from '../../pod/pod.ts';
import type { Contact } from '../../pod/pod-message.ts';
import {
  completeProtocol,
  decodeComplete,
  encodeComplete,
  type Terms,
  toWirePass,
} from '../remote/complete-message.ts';

export interface FederatedParts {
  readonly self: PeerId;
  readonly pod: Pick<Pod, 'state' | 'federation'>;
  readonly network: Pick<Network, 'open' | 'connect' | 'connections'>;
  readonly clock: Clock;
  readonly random: Random;
}

/** Dials a member of another pod. Throws TabmeshError('unavailable', 'router') where it is not there. */
export async function reach(
  { network }: Pick<FederatedParts, 'network'>,
  { peer, addresses }: Contact,
  signal: AbortSignal,
): Promise<void> {
  if (network.connections.peek().some(each => each.peer === peer)) return;
  const reached = await network.connect(addresses, signal);
  if (reached !== peer)
    throw new TabmeshError('unavailable', 'router', 'Somebody else answers at the address of this peer.');
}

/** What a member of another pod would answer for us. Throws what it says, 'timeout' where it says nothing, 'corrupt' for anything else. */
export function askTerms(
  parts: Pick<FederatedParts, 'network' | 'clock'>,
  contact: Contact,
  pass: Pass,
  ms = handshakeMs,
): Promise<Terms> {
  const late = () => new TabmeshError('timeout', 'router', 'Nobody of the other pod answers.');
  return within(parts.clock, ms, late, async signal => {
    await reach(parts, contact, signal);
    const channel = await parts.network.open(contact.peer, completeProtocol, signal);
    // The loop below waits for a silent peer even when nobody waits for the loop any more.
    signal.addEventListener('abort', () => channel.abort(signal.reason), { once: true });
    try {
      await channel.send(encodeComplete({ greet: { pass: toWirePass(pass) } }), signal);
      for await (const bytes of channel.messages) {
        const said = decodeComplete(bytes);
        if ('terms' in said) return said.terms;
        if (!('failure' in said)) break;
        const { kind, reason, retryAfterMs } = said.failure;
        throw new TabmeshError(kind, 'router', reason, retryAfterMs > 0 ? { retryAfterMs } : {});
      }
      throw new TabmeshError('corrupt', 'router', 'A peer of the other pod spoke out of turn.');
    } finally {
      await channel.close().catch(() => {});
    }
  });
}
