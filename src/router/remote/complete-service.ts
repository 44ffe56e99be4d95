import type { PeerId } from '../../base/brand.ts';
import { concatBytes, toHex } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import { within } from '../../base/deadline.ts';
import { TabmeshError, toError } from '../../base/error.ts';
import {
  alliesMax,
  completeGuestsMax,
  completeInAllMax,
  completePerPeerMax,
  completeSilenceMs,
  handshakeMs,
  textCharactersMax,
} from '../../base/limits.ts';
import type { Channel, Network } from '../../network/network.ts';
import type { Pass } from '../../pod/federation/federation.ts';
import type { CompletionEvent, CompletionRequest } from '../request.ts';
import {
  type Bill,
  type CompleteMessage,
  completeProtocol,
  decodeComplete,
  encodeComplete,
  fromWirePass,
  type Terms,
  textPieces,
} from './complete-message.ts';
import { decodeRequest } from './request-bytes.ts';

/** What a request of another peer is answered from: the keys of this peer's owner, or the pod for a guest of it. */
export const sourcesForOthers = ['keys', 'guest'] as const;
export type SourceForOthers = (typeof sourcesForOthers)[number];

export interface AskedByPeer {
  readonly peer: PeerId;
  /** Hex; drawn by the asker. */
  readonly id: string;
  readonly request: CompletionRequest;
}

/**
 * Checks whether `peer` is answered at all, and answers. What it throws is told to the peer. `bill` comes before the end, or
 * before what it throws.
 */
export type AnswerPeer = (
  asked: AskedByPeer,
  signal: AbortSignal,
) => AsyncGenerator<CompletionEvent | { readonly kind: 'bill'; readonly bill: Bill }, void, void>;

/** Members of other pods, which show a pass. */
export interface Allies {
  /** Before a byte of a request is read; throws what the asker is told. */
  admit(peer: PeerId, pass: Pass): Promise<unknown>;
  /** What this peer's pod would answer for it. */
  terms(peer: PeerId, pass: Pass): Promise<Terms>;
  answer(
    asked: AskedByPeer & { readonly pass: Pass },
    signal: AbortSignal,
  ): AsyncGenerator<CompletionEvent, void, void>;
}

const placesOf = { keys: completeInAllMax, guest: completeGuestsMax, stranger: alliesMax };

type Ask = Extract<CompleteMessage, { ask: unknown }>['ask'];
type Answer = ReturnType<AnswerPeer>;

export interface CompleteServiceParts {
  readonly network: Pick<Network, 'handle'>;
  readonly clock: Clock;
  /** Asked before a byte of a request is read: whether `peer` is answered from any of these. */
  readonly mayAsk: (peer: PeerId, from: readonly SourceForOthers[]) => boolean;
  readonly answers: Partial<Record<SourceForOthers, AnswerPeer>>;
  /** Without it members of other pods are not answered. */
  readonly allies?: Allies;
}

/** The answering side of /tabmesh/complete/1. */
export class CompleteService {
  readonly #parts: CompleteServiceParts;
  readonly #open = new Set<Channel>();

  constructor(parts: CompleteServiceParts) {
    this.#parts = parts;
    parts.network.handle(completeProtocol, channel => void this.#serve(channel));
  }

  get isBusy(): boolean {
    return this.#open.size > 0;
  }

  close(): void {
    const reason = new TabmeshError('unavailable', 'router', 'This peer stops.');
    for (const channel of this.#open) channel.abort(reason);
  }

  async #serve(channel: Channel): Promise<void> {
    const gone = new AbortController();
    try {
      this.#takeIn(channel);
      const messages = decoded(channel);
      const first = await this.#inTime(async () => (await messages.next()).value);
      if (!first) throw new TabmeshError('lost', 'router', 'The request broke off.');
      if ('greet' in first) {
        const pass = fromWirePass(first.greet.pass);
        const terms = await this.#allies().terms(channel.peer, pass);
        return await this.#send(channel, { terms });
      }
      if (!('ask' in first)) throw outOfTurn();
      const answer = await this.#answer(channel.peer, first.ask, messages, gone.signal);
      void watchEnd(messages, channel, gone);
      for await (const event of answer) {
        gone.signal.throwIfAborted();
        for (const message of messagesOf(event)) await this.#send(channel, message);
      }
    } catch (error) {
      if (gone.signal.aborted) return;
      const { kind, reason, retryAfterMs = 0 } = toError(error, 'router');
      const failure = {
        kind,
        reason: reason.slice(0, textCharactersMax),
        retryAfterMs: Math.ceil(retryAfterMs),
      };
      await this.#send(channel, { failure }).catch(() => {});
    } finally {
      this.#open.delete(channel);
      gone.abort();
      await channel.close().catch(() => {});
    }
  }

  /** Guests and strangers have a few places of their own, so that they keep no member out. */
  #takeIn(channel: Channel): void {
    const standingOf = (peer: PeerId) =>
      sourcesForOthers.find(each => this.#parts.mayAsk(peer, [each])) ?? 'stranger';
    const standing = standingOf(channel.peer);
    if (standing === 'stranger') this.#allies();
    const open = [...this.#open];
    const theirs = open.filter(({ peer }) => peer === channel.peer).length;
    const alike = open.filter(({ peer }) => standingOf(peer) === standing).length;
    if (theirs >= completePerPeerMax || alike >= placesOf[standing])
      throw new TabmeshError('full', 'router', 'This peer answers as many requests as it takes at once.', {
        retryAfterMs: 5_000,
      });
    this.#open.add(channel);
  }

  #allies(): Allies {
    if (this.#parts.allies) return this.#parts.allies;
    throw notMember();
  }

  async #answer(
    peer: PeerId,
    ask: Ask,
    messages: AsyncIterator<CompleteMessage>,
    signal: AbortSignal,
  ): Promise<Answer> {
    if (ask.from === 'pod' && ask.pass) {
      const pass = fromWirePass(ask.pass);
      const allies = this.#allies();
      await allies.admit(peer, pass);
      return allies.answer({ ...(await this.#read(peer, ask, messages)), pass }, signal);
    }
    const from = sourcesForOthers.find(each => each === ask.from);
    if (!this.#parts.mayAsk(peer, from ? [from] : sourcesForOthers)) throw notMember();
    const answer = from && this.#parts.answers[from];
    if (!answer) throw unsupported();
    return answer(await this.#read(peer, ask, messages), signal);
  }

  #read(peer: PeerId, ask: Ask, messages: AsyncIterator<CompleteMessage>): Promise<AskedByPeer> {
    return this.#inTime(async () => {
      const pieces: Uint8Array[] = [];
      for (let held = 0; held < ask.total; ) {
        const { value, done } = await messages.next();
        if (done) throw new TabmeshError('lost', 'router', 'The request broke off.');
        if (!('piece' in value)) throw outOfTurn();
        pieces.push(value.piece.bytes);
        held += value.piece.bytes.length;
        if (held > ask.total) throw outOfTurn();
      }
      return { peer, id: toHex(ask.id), request: decodeRequest(concatBytes(pieces)) };
    });
  }

  #inTime<T>(work: () => Promise<T>): Promise<T> {
    const late = () =>
      new TabmeshError('timeout', 'router', 'The request did not arrive in time. Ask again.');
    return within(this.#parts.clock, handshakeMs, late, work);
  }

  /** An asker that takes nothing must not hold an answer open for ever. */
  #send(channel: Channel, message: CompleteMessage): Promise<void> {
    const late = () => new TabmeshError('timeout', 'router', 'Nobody takes this answer.');
    return within(this.#parts.clock, completeSilenceMs, late, signal =>
      channel.send(encodeComplete(message), signal),
    );
  }
}

/** Whatever the asker does after its request ends the answer: hanging up is how it stops. */
async function watchEnd(
  messages: AsyncIterator<unknown>,
  channel: Channel,
  gone: AbortController,
): Promise<void> {
  try {
    if (!(await messages.next()).done) channel.abort(outOfTurn());
  } catch {
    // The connection broke.
  }
  gone.abort(new TabmeshError('cancelled', 'router', 'The asker hung up.'));
}

async function* decoded(channel: Channel): AsyncGenerator<CompleteMessage, void, void> {
  for await (const bytes of channel.messages) yield decodeComplete(bytes);
}

function* messagesOf(
  event: CompletionEvent | { kind: 'bill'; bill: Bill },
): Generator<CompleteMessage, void, void> {
  switch (event.kind) {
    case 'route':
      return yield { route: { provider: event.route.provider ?? '' } };
    case 'text':
      for (const text of textPieces(event.text)) yield { text: { text } };
      return;
    case 'tool-call':
      return yield { toolCall: { index: event.index, id: event.id, name: event.name } };
    case 'tool-arguments':
      for (const text of textPieces(event.text)) yield { toolArguments: { index: event.index, text } };
      return;
    case 'bill':
      return yield { bill: event.bill };
    case 'end':
      return yield { end: { reason: event.reason, ...event.usage } };
  }
}

const notMember = () => new TabmeshError('denied', 'router', 'Only members of the pod are answered here.');
const unsupported = () =>
  new TabmeshError('unsupported', 'router', 'This peer does not answer from that. It may be older.');
const outOfTurn = () => new TabmeshError('corrupt', 'router', 'The asker spoke out of turn.');
