import type { ModelId, PeerId } from '../../base/brand.ts';
import { toBase64Url, toHex } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import { within } from '../../base/deadline.ts';
import { TabmeshError, toError } from '../../base/error.ts';
import {
  guestAnswersMax,
  guestAnswersPerMinute,
  guestAnswersPerPeerAndMinute,
  guestMessagesMax,
  guestPromptCharactersMax,
  guestsMax,
  guestsPerInviteMax,
  guestsPerPeerMax,
  guestTokensMax,
  handshakeMs,
  problemCharactersMax,
} from '../../base/limits.ts';
import type { Channel, Network } from '../../network/network.ts';
import { checkEntrance } from '../../pod/document/sealed.ts';
import type { InviteId } from '../../pod/document/statement.ts';
import type { Pod } from '../../pod/pod.ts';
import { isShareable } from '../../pod/shareable.ts';
import type { Destination } from '../destination.ts';
import type { AnswerPeer } from '../remote/complete-service.ts';
import type { CompletionRequest } from '../request.ts';
import { decodeGuest, encodeGuest, guestProtocol, type Hello, type Welcome } from './guest-message.ts';

export interface GuestDeskParts {
  readonly network: Pick<Network, 'handle'>;
  readonly clock: Clock;
  readonly pod: Pick<Pod, 'state'>;
  /** The pod itself: guests spend no keys. */
  readonly inPod: Pick<Destination, 'models' | 'complete'>;
  /** Milliseconds since 1970. */
  readonly date: () => number;
}

const minuteMs = 60_000;

/** An answer under way. */
interface Running {
  readonly peer: PeerId;
  readonly end: AbortController;
}

/**
 * The member's side of /tabmesh/guest/1. An invite that stands in a public page is known to everybody, so it gives what is listed here and
 * no more: short answers of the pod's shared models, so many at once and a minute for all guests together, of which one peer gets a
 * share and not all; and places, of which one invite gets a share, too.
 */
export class GuestDesk {
  readonly #parts: GuestDeskParts;
  readonly #guests = new Map<Channel, InviteId>();
  #begun: readonly { readonly peer: PeerId; readonly at: number }[] = [];
  readonly #running = new Set<Running>();
  readonly #unsubscribe: () => void;

  constructor(parts: GuestDeskParts) {
    this.#parts = parts;
    this.#unsubscribe = parts.pod.state.subscribe(() => this.#showOut());
    parts.network.handle(guestProtocol, channel => void this.#greet(channel));
  }

  /** By the document as it is now: who was welcomed by an invite that is revoked is none any more. */
  isGuest(peer: PeerId): boolean {
    return [...this.#guests].some(
      ([channel, invite]) => channel.peer === peer && this.#whyNot(invite) === undefined,
    );
  }

  readonly answer: AnswerPeer = ({ peer, request }, signal) => this.#answer(peer, request, signal);

  close(): void {
    this.#unsubscribe();
    const reason = new TabmeshError('unavailable', 'router', 'This peer stops.');
    for (const channel of this.#guests.keys()) channel.abort(reason);
  }

  async *#answer(peer: PeerId, request: CompletionRequest, signal: AbortSignal): ReturnType<AnswerPeer> {
    const asked = guestRequest(request);
    const shared = this.#shared().find(({ id, name }) => name === request.model || id === request.model);
    if (!shared) throw new TabmeshError('not-found', 'router', 'The pod has no such model for guests (now).');
    const running = this.#begin(peer);
    try {
      yield* this.#parts.inPod.complete(asked, AbortSignal.any([signal, running.end.signal]));
    } finally {
      this.#running.delete(running);
    }
  }

  /** Throws TabmeshError('full', 'router'). */
  #begin(peer: PeerId): Running {
    const now = this.#parts.clock.now();
    this.#begun = this.#begun.filter(({ at }) => now - at < minuteMs);
    const own = this.#begun.filter(each => each.peer === peer);
    const pauseOf = (begun: readonly { readonly at: number }[], most: number) =>
      begun.length < most ? 0 : begun[0]!.at + minuteMs - now;
    const isAnswered = [...this.#running].some(each => each.peer === peer);
    const isRoom = this.#running.size < guestAnswersMax && !isAnswered;
    const retryAfterMs = Math.max(
      pauseOf(this.#begun, guestAnswersPerMinute),
      pauseOf(own, guestAnswersPerPeerAndMinute),
      isRoom ? 0 : 5_000,
    );
    if (retryAfterMs > 0) {
      const text = `The pod answers as many visitors as it takes. Try again in ${Math.ceil(retryAfterMs / 1000)} s.`;
      throw new TabmeshError('full', 'router', text, { retryAfterMs });
    }
    this.#begun = [...this.#begun, { peer, at: now }];
    const running = { peer, end: new AbortController() };
    this.#running.add(running);
    return running;
  }

  /** Who came by an invite that holds no longer is shown out, in the middle of an answer too. */
  #showOut(): void {
    for (const [channel, invite] of [...this.#guests]) {
      const why = this.#whyNot(invite);
      if (why !== undefined) channel.abort(denied(why));
    }
    for (const { peer, end } of this.#running)
      if (!this.isGuest(peer)) end.abort(denied('The invite of this guest holds no longer.'));
  }

  async #greet(channel: Channel): Promise<void> {
    try {
      const messages = channel.messages[Symbol.asyncIterator]();
      const late = () => new TabmeshError('timeout', 'router', 'A guest said nothing.');
      const first = await within(this.#parts.clock, handshakeMs, late, () => messages.next());
      const message = first.done ? undefined : decodeGuest(first.value);
      if (!message || !('hello' in message)) throw outOfTurn();
      const refusal = this.#refusal(channel.peer, message.hello);
      if (refusal) return await refuse(channel, refusal);
      this.#guests.set(channel, toBase64Url(message.hello.invite) as InviteId);
      await channel.send(encodeGuest({ welcome: await this.#welcome() }));
      if (!(await messages.next()).done) throw outOfTurn();
      await channel.close();
    } catch (error) {
      channel.abort(toError(error, 'router'));
    } finally {
      this.#guests.delete(channel);
    }
  }

  #refusal(peer: PeerId, hello: Hello): TabmeshError | undefined {
    const view = this.#parts.pod.state.peek().document;
    if (view?.id !== toHex(hello.pod)) return denied('This peer is not in that pod (any more).');
    const invite = toBase64Url(hello.invite) as InviteId;
    try {
      checkEntrance(view.id, { peer, invite, proof: toBase64Url(hello.proof) }, 'guest');
    } catch (error) {
      return toError(error, 'pod');
    }
    const why = this.#whyNot(invite);
    if (why !== undefined) return denied(why);
    const alike = (is: (channel: Channel, by: InviteId) => boolean) =>
      [...this.#guests].filter(([channel, by]) => is(channel, by)).length;
    const isFull =
      this.#guests.size >= guestsMax ||
      alike(channel => channel.peer === peer) >= guestsPerPeerMax ||
      alike((_, by) => by === invite) >= guestsPerInviteMax;
    if (!isFull) return undefined;
    return new TabmeshError('full', 'router', 'The pod has as many visitors as it takes. Try again later.');
  }

  /** Guests do not use an invite up, so one that nobody can join by any more is good for them. */
  #whyNot(id: InviteId): string | undefined {
    const view = this.#parts.pod.state.peek().document;
    if (!view || view.dissolvedBy !== undefined) return 'This pod was dissolved, or this peer has left it.';
    const invite = view.invites.find(each => each.id === id);
    if (!invite) return 'This member does not know of the invite (yet).';
    if (invite.closed) return 'This invite was revoked.';
    if (invite.expires > 0 && this.#parts.date() > invite.expires) return 'This invite has expired.';
    // Whoever reads the page could join by another one, and lend, and invite.
    return invite.role === 'viewer' ? undefined : 'Guests need an invite for viewers.';
  }

  #shared() {
    return this.#parts.pod.state.peek().models.filter(({ id }) => isShareable(id));
  }

  async #welcome(): Promise<Welcome> {
    const shared = new Set<ModelId>(this.#shared().map(({ id }) => id));
    const entries = await this.#parts.inPod.models();
    return {
      name: this.#parts.pod.state.peek().name ?? 'pod',
      models: entries.flatMap(each =>
        each.kind === 'pod' && shared.has(each.id as ModelId)
          ? [{ name: each.name, context: each.context }]
          : [],
      ),
    };
  }
}

/** Plain text in, plain text out. Throws TabmeshError('invalid', 'router') for more than guests may send. */
function guestRequest({ model, messages, maxTokens, sampling, stop }: CompletionRequest): CompletionRequest {
  const said = messages.map(({ role, content }) => ({ role, content }));
  const length = said.reduce((sum, { content }) => sum + content.length, 0);
  if (length > guestPromptCharactersMax || said.length > guestMessagesMax)
    throw new TabmeshError(
      'invalid',
      'router',
      `Guests send at most ${guestPromptCharactersMax} characters in ${guestMessagesMax} messages. Ask a shorter question.`,
    );
  return {
    model,
    messages: said,
    maxTokens: Math.min(maxTokens ?? guestTokensMax, guestTokensMax),
    sampling,
    stop,
  };
}

async function refuse(channel: Channel, { kind, reason }: TabmeshError): Promise<void> {
  await channel.send(encodeGuest({ refusal: { kind, reason: reason.slice(0, problemCharactersMax) } }));
  await channel.close();
}

const denied = (reason: string): TabmeshError => new TabmeshError('denied', 'router', reason);
const outOfTurn = () => new TabmeshError('corrupt', 'router', 'A guest spoke out of turn.');
