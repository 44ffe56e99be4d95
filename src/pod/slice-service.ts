import type { PeerId } from '../base/brand.ts';
import { free } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { within } from '../base/deadline.ts';
import { TabmeshError, toError } from '../base/error.ts';
import {
  problemCharactersMax,
  sliceChannelsPerMemberMax,
  slicePieceBytes,
  sliceSilenceMs,
  sliceWantsPerChannelMax,
} from '../base/limits.ts';
import type { Channel, Network } from '../network/network.ts';
import type { Giving } from './giving.ts';
import { decodeSliceMessage, encodeSliceMessage, type SliceMessage, sliceProtocol } from './slice-message.ts';
import type { SliceShelf } from './slice-shelf.ts';
import { signedInventory } from './slice-statement.ts';
import { SliceUploads } from './slice-uploads.ts';

export interface SliceServiceOptions {
  readonly network: Network;
  readonly clock: Clock;
  readonly shelf: SliceShelf;
  readonly giving: Giving;
  readonly isMember: (peer: PeerId) => boolean;
}

type WantBody = Extract<SliceMessage, { want: unknown }>['want'];
type PieceBody = Extract<SliceMessage, { piece: unknown }>['piece'];

/** The giving side of /tabmesh/slice/2: members get the chunks that are here, and nobody else anything. */
export class SliceService {
  readonly #options: SliceServiceOptions;
  readonly #uploads = new SliceUploads();
  readonly #channels = new Map<PeerId, Set<Channel>>();
  #pauses = 0;

  constructor(options: SliceServiceOptions) {
    this.#options = options;
    options.network.handle(sliceProtocol, channel => void this.#answer(channel));
  }

  /** Begins no further chunk until the returned function is called: an answer of our own has the line and the device. */
  pause(): () => void {
    this.#pauses += 1;
    let over = false;
    return () => {
      if (!over) this.#pauses -= 1;
      over = true;
    };
  }

  /** The peer is a member no longer. */
  drop(peer: PeerId): void {
    this.#uploads.drop(peer);
    const gone = new TabmeshError('denied', 'pod', 'Only members of the pod get parts of its models.');
    for (const channel of this.#channels.get(peer) ?? []) channel.abort(gone);
  }

  close(): void {
    for (const peer of this.#channels.keys()) this.drop(peer);
  }

  async #answer(channel: Channel): Promise<void> {
    const { peer } = channel;
    const open = this.#channels.get(peer) ?? new Set();
    try {
      if (!this.#options.isMember(peer))
        throw new TabmeshError('denied', 'pod', 'Only members of the pod get parts of its models.');
      if (open.size >= sliceChannelsPerMemberMax)
        throw new TabmeshError('full', 'pod', `A member has at most ${sliceChannelsPerMemberMax} channels.`);
      this.#channels.set(peer, open.add(channel));
      const wants = new Map<number, AbortController>();
      try {
        for await (const bytes of channel.messages)
          await this.#hear(channel, decodeSliceMessage(bytes), wants);
      } finally {
        for (const want of wants.values()) want.abort();
      }
      await channel.close();
    } catch (error) {
      channel.abort(toError(error, 'pod'));
    } finally {
      open.delete(channel);
      if (open.size === 0) this.#channels.delete(peer);
    }
  }

  /** An inventory is made and sent before the next message is read, so nobody makes us list without end. */
  async #hear(channel: Channel, message: SliceMessage, wants: Map<number, AbortController>): Promise<void> {
    const { network, shelf } = this.#options;
    if ('ask' in message) {
      const { model } = message.ask;
      for (const part of await signedInventory(network, model, await shelf.stock(model)))
        await channel.send(encodeSliceMessage(part));
    } else if ('cancel' in message) wants.get(message.cancel.id)?.abort();
    else if ('want' in message) this.#want(channel, message.want, wants);
    else throw new TabmeshError('corrupt', 'pod', 'A member spoke out of turn.');
  }

  #want(channel: Channel, want: WantBody, wants: Map<number, AbortController>): void {
    if (wants.has(want.id))
      throw new TabmeshError('corrupt', 'pod', 'A member asked twice under one number.');
    if (wants.size >= sliceWantsPerChannelMax)
      return void this.#refuse(
        channel,
        want.id,
        new TabmeshError('full', 'pod', 'Too much is asked at once.'),
      );
    const cancelled = new AbortController();
    wants.set(want.id, cancelled);
    this.#uploads.add(channel.peer, async () => {
      try {
        this.#throwIfPaused();
        await this.#send(channel, want, cancelled.signal);
      } catch (error) {
        if (!cancelled.signal.aborted) await this.#refuse(channel, want.id, toError(error, 'pod'));
      } finally {
        wants.delete(want.id);
      }
    });
  }

  #throwIfPaused(): void {
    if (this.#pauses === 0) return;
    throw new TabmeshError('unavailable', 'pod', 'This peer computes an answer of its own. Ask again soon.');
  }

  async #send(channel: Channel, { id, model, start, end }: WantBody, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { shelf, giving } = this.#options;
    await giving.upload(channel.peer, end - start, async () => {
      signal.throwIfAborted();
      const bytes = await shelf.bytes(model, { start, end });
      for (let at = 0; at < bytes.length; at += slicePieceBytes) {
        const piece = bytes.slice(at, at + slicePieceBytes);
        await this.#piece(channel, { id, total: bytes.length, bytes: piece }, signal);
      }
      free(bytes);
    });
  }

  /** Who asks and then does not read would keep others from a place. */
  async #piece(channel: Channel, piece: PieceBody, signal: AbortSignal): Promise<void> {
    const late = () => {
      const reason = new TabmeshError('timeout', 'pod', 'This member does not take what it asked for.');
      channel.abort(reason);
      return reason;
    };
    const sending = (limit: AbortSignal) => channel.send(encodeSliceMessage({ piece }), limit);
    await within(this.#options.clock, sliceSilenceMs, late, sending, signal);
  }

  async #refuse(channel: Channel, id: number, { kind, reason }: TabmeshError): Promise<void> {
    const refusal = { id, kind, reason: reason.slice(0, problemCharactersMax) };
    await channel.send(encodeSliceMessage({ refusal })).catch(() => {});
  }
}
