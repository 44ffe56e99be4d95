import type { PeerId, PodId } from '../../base/brand.ts';
import { fromBase64Url, toHex } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import { within } from '../../base/deadline.ts';
import { isKind, TabmeshError } from '../../base/error.ts';
import { dialMs, handshakeMs } from '../../base/limits.ts';
import type { Random } from '../../base/random.ts';
import type { Channel, Network } from '../../network/network.ts';
import { peerName } from '../../network/peer-name.ts';
import { inviteIdOf, proveEntrance } from '../../pod/document/sealed.ts';
import { overRelays } from '../../pod/invite.ts';
import type { Contact, Invite } from '../../pod/pod-message.ts';
import { askPeer } from '../remote/ask-peer.ts';
import type { CompletionEvent, CompletionRequest } from '../request.ts';
import { decodeGuest, encodeGuest, guestProtocol, type Welcome } from './guest-message.ts';

export interface VisitParts {
  readonly network: Pick<Network, 'self' | 'connect' | 'open'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly invite: Invite;
}

/** One member that has welcomed this guest. */
export interface Visit extends Welcome {
  readonly peer: PeerId;
  /** Two words. */
  readonly host: string;
  /** Aborted when the member is gone, or has shut its door. */
  readonly over: AbortSignal;
  ask(request: CompletionRequest, signal?: AbortSignal): AsyncGenerator<CompletionEvent, void, void>;
  end(): void;
}

/**
 * The guest's side of /tabmesh/guest/1: calls all whom the invite names, and stays with the first that welcomes it. Throws what a member
 * says where one refuses ('denied', 'full'), and TabmeshError('unavailable', 'router') where nobody answers.
 */
export async function visit(parts: VisitParts, signal?: AbortSignal): Promise<Visit> {
  const { contacts, relays, name } = parts.invite;
  const settled = new AbortController();
  const limit = AbortSignal.any([settled.signal, ...(signal ? [signal] : [])]);
  let welcomed: Visit | undefined;
  const calls = contacts.map(async contact => {
    const channel = await reach(parts, overRelays(contact, relays), limit);
    try {
      const welcome = await knock(parts, channel, limit);
      if (welcomed) throw tooLate();
      welcomed = begin(parts, channel, welcome);
      return welcomed;
    } catch (error) {
      channel.abort(error as Error);
      throw error;
    }
  });
  try {
    return await Promise.any(calls);
  } catch (error) {
    signal?.throwIfAborted();
    const reasons: unknown[] = (error as AggregateError).errors;
    const said = reasons.find(
      each => isKind(each, 'denied') || isKind(each, 'full') || isKind(each, 'unsupported'),
    );
    throw said ?? new TabmeshError('unavailable', 'router', `Nobody of the pod “${name}” answers now.`);
  } finally {
    settled.abort(tooLate());
  }
}

async function reach(
  { network, clock }: VisitParts,
  { addresses }: Contact,
  signal: AbortSignal,
): Promise<Channel> {
  const late = () => new TabmeshError('unavailable', 'router', 'A member does not answer.');
  return within(
    clock,
    dialMs,
    late,
    async limit => network.open(await network.connect(addresses, limit), guestProtocol, limit),
    signal,
  );
}

async function knock(
  { network, clock, invite }: VisitParts,
  channel: Channel,
  signal: AbortSignal,
): Promise<Welcome> {
  const bytes = (text: string) => fromBase64Url(text) as Uint8Array<ArrayBuffer>;
  const proof = proveEntrance(invite.secret, toHex(invite.pod) as PodId, network.self, 'guest');
  const hello = { pod: invite.pod, invite: bytes(inviteIdOf(invite.secret)), proof: bytes(proof) };
  const late = () => new TabmeshError('timeout', 'router', 'A member fell silent.');
  return within(
    clock,
    handshakeMs,
    late,
    async limit => {
      await channel.send(encodeGuest({ hello }), limit);
      const next = await channel.messages[Symbol.asyncIterator]().next();
      const message = next.done ? undefined : decodeGuest(next.value);
      if (message && 'welcome' in message) return message.welcome;
      if (message && 'refusal' in message)
        throw new TabmeshError(message.refusal.kind, 'router', message.refusal.reason);
      throw new TabmeshError('corrupt', 'router', 'A member spoke out of turn.');
    },
    signal,
  );
}

function begin({ network, clock, random }: VisitParts, channel: Channel, welcome: Welcome): Visit {
  const { peer } = channel;
  const host = peerName(peer);
  const over = new AbortController();
  const end = () => over.abort(new TabmeshError('lost', 'router', `${host} has gone.`));
  // Nothing more is said on it: what ends it, or breaks the rules, ends the visit.
  void channel.messages[Symbol.asyncIterator]().next().then(end, end);
  return {
    ...welcome,
    peer,
    host,
    over: over.signal,
    ask: (request, signal) =>
      askPeer(
        {
          network,
          clock,
          peer,
          name: host,
          from: 'guest',
          id: toHex(random.bytes(16)),
          request,
          route: () => ({
            kind: 'guest',
            hops: [],
            provider: host,
            reason: `As a guest of the pod “${welcome.name}”: ${host} answers, and reads what was sent.`,
          }),
          onBill: async () => {},
        },
        signal,
      ),
    end: () => void channel.close().catch(() => {}),
  };
}

const tooLate = () => new TabmeshError('cancelled', 'router', 'Another member was quicker.');
