import type { PeerId, SessionId } from '../base/brand.ts';
import type { Clock } from '../base/clock.ts';
import { within } from '../base/deadline.ts';
import { isKind, TabmeshError, toError } from '../base/error.ts';
import { linkPauseMs, linkTriesMax, linkTryMs, outboxBytesMax } from '../base/limits.ts';
import type { Channel, Network } from '../network/network.ts';
import {
  activationProtocol,
  decodeFrame,
  encodeFrame,
  type FaultBody,
  type Frame,
  type OpenBody,
  type ReplayBody,
} from './activation-frame.ts';
import { type Chunk, type Halves, packRows, RowsAssembler } from './half-rows.ts';

/** A frame as the pod works with it: chunks of rows are whole and f32. */
export type Message = { readonly session: SessionId; readonly hop: number } & (
  | { readonly open: OpenBody }
  | { readonly opened: Record<string, never> }
  /** `wire`, of those that are sent: the rows, where they were made ready already. */
  | { readonly chunk: Chunk; readonly wire?: Halves | undefined }
  | { readonly rest: { readonly length: number } }
  | { readonly close: Record<string, never> }
  | { readonly fault: FaultBody }
  | { readonly listen: { readonly previous: PeerId } }
  | { readonly listening: { readonly previous: PeerId; readonly step: number } }
  | { readonly replay: ReplayBody }
  | { readonly severed: { readonly peer: PeerId } }
);

interface Outbox {
  readonly frames: Uint8Array[];
  bytes: number;
  wake: () => void;
  readonly end: AbortController;
}

export interface LinksOptions {
  readonly network: Network;
  readonly clock: Clock;
  readonly isMember: (peer: PeerId) => boolean;
  /** Rows of other sessions are not even put together. */
  readonly expectsRows: (from: PeerId, session: SessionId, hop: number) => boolean;
  readonly onMessage: (from: PeerId, message: Message) => void;
  /** What was under way from or to this peer is lost. */
  readonly onBroken: (peer: PeerId, reason: TabmeshError) => void;
  readonly onGarbage: (peer: PeerId, reason: TabmeshError) => void;
}

/** The channels of /tabmesh/activation/3: one to and one from each member, shared by all sessions. */
export class Links {
  readonly #options: LinksOptions;
  readonly #outboxes = new Map<PeerId, Outbox>();
  readonly #inbound = new Map<PeerId, Channel>();
  #closed = false;

  constructor(options: LinksOptions) {
    this.#options = options;
    options.network.handle(activationProtocol, channel => void this.#receive(channel));
  }

  /**
   * In order for each peer. To ourselves it goes without a wire, in full precision. Throws TabmeshError('corrupt',
   * 'pod') for rows that are not finite and 'full' where too much is waiting already.
   */
  send(to: PeerId, message: Message): void {
    if (this.#closed || !this.#options.isMember(to)) return;
    if (to === this.#options.network.self) {
      queueMicrotask(() => this.#options.onMessage(to, message));
      return;
    }
    const outbox = this.#outboxes.get(to) ?? this.#connect(to);
    const frames = [...framesOf(message)].map(encodeFrame);
    const bytes = frames.reduce((sum, frame) => sum + frame.length, 0);
    if (outbox.bytes + bytes > outboxBytesMax) {
      throw new TabmeshError('full', 'pod', 'The connection to the next peer is too slow for this answer.');
    }
    outbox.frames.push(...frames);
    outbox.bytes += bytes;
    outbox.wake();
  }

  /** The peer is a member no longer. */
  drop(peer: PeerId): void {
    const reason = new TabmeshError('lost', 'pod', 'This peer is not in the pod any more.');
    this.#inbound.get(peer)?.abort(reason);
    this.#inbound.delete(peer);
    this.#outboxes.get(peer)?.end.abort(reason);
    this.#outboxes.delete(peer);
  }

  close(): void {
    for (const peer of new Set([...this.#inbound.keys(), ...this.#outboxes.keys()])) this.drop(peer);
    this.#closed = true;
  }

  #connect(to: PeerId): Outbox {
    const outbox: Outbox = { frames: [], bytes: 0, wake: () => {}, end: new AbortController() };
    this.#outboxes.set(to, outbox);
    this.#empty(to, outbox).catch(error => {
      if (this.#outboxes.get(to) !== outbox) return;
      this.#outboxes.delete(to);
      this.#options.onBroken(to, toError(error, 'pod'));
    });
    return outbox;
  }

  async #empty(to: PeerId, outbox: Outbox): Promise<void> {
    const { signal } = outbox.end;
    const channel = await this.#open(to, signal);
    signal.addEventListener('abort', () => {
      channel.abort(signal.reason);
      outbox.wake();
    });
    // Nothing comes back on it, but its end tells that the other side is gone while we have nothing to say.
    const gone = new TabmeshError('lost', 'pod', 'The connection to the next peer ended.');
    void this.#watch(channel).then(() => outbox.end.abort(gone));
    for (;;) {
      signal.throwIfAborted();
      const frame = outbox.frames.shift();
      if (frame) {
        await channel.send(frame, signal);
        outbox.bytes -= frame.length;
      } else {
        await new Promise<void>(resolve => {
          outbox.wake = resolve;
        });
      }
    }
  }

  /** Nothing was sent yet, so nothing is lost by trying again; whoever waits at the other end would learn of it by its silence alone. */
  async #open(to: PeerId, signal: AbortSignal): Promise<Channel> {
    const { network, clock } = this.#options;
    const late = () => new TabmeshError('unavailable', 'pod', 'The next peer does not answer.');
    for (let tries = 1; ; tries++) {
      try {
        const opening = (limit: AbortSignal) => network.open(to, activationProtocol, limit);
        return await within(clock, linkTryMs, late, opening, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (tries === linkTriesMax || isKind(error, 'unsupported')) throw error;
      }
      await new Promise<void>(resolve => clock.after(linkPauseMs, resolve));
      signal.throwIfAborted();
    }
  }

  async #watch(channel: Channel): Promise<void> {
    try {
      for await (const _ of channel.messages) {
        channel.abort(new TabmeshError('corrupt', 'pod', 'Frames come on the channel of their sender.'));
        return;
      }
    } catch {
      // Broken, which is an end too.
    }
  }

  async #receive(channel: Channel): Promise<void> {
    const { peer } = channel;
    const { isMember, expectsRows, onMessage, onBroken, onGarbage } = this.#options;
    if (this.#closed || !isMember(peer)) {
      channel.abort(new TabmeshError('denied', 'pod', 'Only members of the pod may send hidden states.'));
      return;
    }
    // A second channel means that the sender has given up the first.
    this.#inbound
      .get(peer)
      ?.abort(new TabmeshError('lost', 'pod', 'A newer channel took the place of this.'));
    this.#inbound.set(peer, channel);
    const assembler = new RowsAssembler();
    const expects = (session: SessionId, hop: number) => expectsRows(peer, session, hop);
    let reason = new TabmeshError('lost', 'pod', 'The connection to another stage ended.');
    try {
      for await (const bytes of channel.messages) {
        if (this.#inbound.get(peer) !== channel) return;
        const message = messageOf(decodeFrame(bytes), assembler, expects);
        if (message) onMessage(peer, message);
      }
    } catch (error) {
      reason = toError(error, 'pod');
    }
    if (this.#inbound.get(peer) !== channel) return;
    this.#inbound.delete(peer);
    channel.abort(reason);
    if (reason.kind === 'corrupt' || reason.kind === 'full') onGarbage(peer, reason);
    onBroken(peer, reason);
  }
}

function* framesOf(message: Message): Generator<Frame> {
  if (!('chunk' in message)) {
    yield message;
    return;
  }
  const { session, hop, chunk, wire } = message;
  for (const rows of packRows(chunk, wire)) yield { session, hop, rows };
}

function messageOf(
  frame: Frame,
  assembler: RowsAssembler,
  expects: (session: SessionId, hop: number) => boolean,
): Message | undefined {
  if (!('rows' in frame)) return frame;
  const { session, hop, rows } = frame;
  const key = `${session}/${hop}`;
  if (!expects(session, hop)) {
    // The session ended in the middle of a chunk, or there never was one.
    assembler.drop(key);
    return undefined;
  }
  const chunk = assembler.add(key, rows);
  return chunk && { session, hop, chunk };
}
