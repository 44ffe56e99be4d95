import type { PeerId } from '../../base/brand.ts';
import { concatBytes, toHex } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import { within } from '../../base/deadline.ts';
import { TabmeshError, toError } from '../../base/error.ts';
import {
  completeInAllMax,
  completePerPeerMax,
  completeSilenceMs,
  handshakeMs,
  textCharactersMax,
} from '../../base/limits.ts';
import type { Channel, Network } from '../../network/network.ts';
import type { CompletionEvent, CompletionRequest } from '../request.ts';
import {
  type Bill,
  type CompleteMessage,
  completeProtocol,
  decodeComplete,
  encodeComplete,
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

export interface CompleteServiceParts {
  readonly network: Pick<Network, 'handle'>;
  readonly clock: Clock;
  /** Asked before a byte of a request is read: whether `peer` is answered from any of these. */
  readonly mayAsk: (peer: PeerId, from: readonly SourceForOthers[]) => boolean;
  readonly answers: Partial<Record<SourceForOthers, AnswerPeer>>;
}

/** The answering side of /tabmesh/complete/1. */
export class CompleteService {
  readonly #parts: CompleteServiceParts;
  readonly #open = new Set<Channel>();

  constructor(parts: CompleteServiceParts) {
    this.#parts = parts;
    parts.network.handle(completeProtocol, channel => void this.#serve(channel));
  }

  close(): void {
    const reason = new TabmeshError('unavailable', 'router', 'This peer stops.');
    for (const channel of this.#open) channel.abort(reason);
  }

  async #serve(channel: Channel): Promise<void> {
    const { peer } = channel;
    const gone = new AbortController();
    try {
      const theirs = [...this.#open].filter(each => each.peer === peer).length;
      if (!this.#parts.mayAsk(peer, sourcesForOthers)) throw noMember();
      if (theirs >= completePerPeerMax || this.#open.size >= completeInAllMax)
        throw new TabmeshError('full', 'router', 'This peer answers as many requests as it takes at once.', {
          retryAfterMs: 5_000,
        });
      this.#open.add(channel);
      const { from, asked } = await this.#read(channel);
      if (!this.#parts.mayAsk(peer, [from])) throw noMember();
      const answer = this.#parts.answers[from];
      if (!answer) throw unsupported();
      void watchEnd(channel, gone);
      for await (const event of answer(asked, gone.signal)) {
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

  async #read(channel: Channel): Promise<{ from: SourceForOthers; asked: AskedByPeer }> {
    const late = () =>
      new TabmeshError('timeout', 'router', 'The request did not arrive in time. Ask again.');
    return within(this.#parts.clock, handshakeMs, late, async () => {
      let ask: Extract<CompleteMessage, { ask: unknown }>['ask'] | undefined;
      const pieces: Uint8Array[] = [];
      let held = 0;
      for await (const bytes of channel.messages) {
        const message = decodeComplete(bytes);
        if ('ask' in message && !ask) ask = message.ask;
        else if ('piece' in message && ask)
          held += pieces.push(message.piece.bytes) && message.piece.bytes.length;
        else throw outOfTurn();
        if (held > ask!.total) throw outOfTurn();
        if (held < ask!.total) continue;
        const from = sourcesForOthers.find(each => each === ask!.from);
        if (!from) throw unsupported();
        const request = decodeRequest(concatBytes(pieces));
        return { from, asked: { peer: channel.peer, id: toHex(ask!.id), request } };
      }
      throw new TabmeshError('lost', 'router', 'The request broke off.');
    });
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
async function watchEnd(channel: Channel, gone: AbortController): Promise<void> {
  try {
    for await (const _ of channel.messages) {
      channel.abort(outOfTurn());
      break;
    }
  } catch {
    // The connection broke.
  }
  gone.abort(new TabmeshError('cancelled', 'router', 'The asker hung up.'));
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

const outOfTurn = () => new TabmeshError('corrupt', 'router', 'The asker spoke out of turn.');
const noMember = () => new TabmeshError('denied', 'router', 'Only members of the pod are answered here.');
const unsupported = () =>
  new TabmeshError('unsupported', 'router', 'This peer does not answer from that. It may be older.');
