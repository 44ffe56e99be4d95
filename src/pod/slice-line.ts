import type { ModelId, PeerId } from '../base/brand.ts';
import type { Clock } from '../base/clock.ts';
import { within } from '../base/deadline.ts';
import { TabmeshError, toError } from '../base/error.ts';
import { dialMs, sliceSilenceMs, sliceStatementsMax } from '../base/limits.ts';
import type { Chunk } from '../model/slice.ts';
import type { Channel, Network } from '../network/network.ts';
import {
  decodeSliceMessage,
  decodeStatement,
  encodeSliceMessage,
  type SliceMessage,
  type Statement,
  sliceProtocol,
} from './slice-message.ts';
import { isSignedBy } from './slice-statement.ts';

interface Wanted {
  /** Of a chunk the length is known; of a manifest its most. */
  readonly bytesMax: number;
  bytes: Uint8Array<ArrayBuffer> | undefined;
  filled: number;
  readonly askedAt: number;
  readonly onBytes: (count: number) => void;
  readonly resolve: (bytes: Uint8Array<ArrayBuffer>) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Asks one member for chunks. Everything rejects with TabmeshError('lost' | 'timeout' | ...) once the channel ended or
 * the member fell silent, and with 'corrupt' where it broke the rules.
 */
export class SliceLine {
  readonly peer: PeerId;
  /** When it was last asked what it has, in ms. */
  askedAt = 0;
  /** How often; who has nothing new is asked less and less. */
  asks = 0;
  readonly #channel: Channel;
  readonly #network: Network;
  readonly #clock: Clock;
  readonly #wanted = new Map<number, Wanted>();
  /** Of the last piece, in ms. */
  readonly #heard: { at: number };
  #inventory:
    | { parts: Statement[]; resolve: (parts: Statement[]) => void; reject: (error: Error) => void }
    | undefined;
  #nextId = 0;
  #ended: TabmeshError | undefined;

  private constructor(network: Network, clock: Clock, channel: Channel, beside?: SliceLine) {
    this.peer = channel.peer;
    this.#network = network;
    this.#clock = clock;
    this.#channel = channel;
    this.#heard = beside ? beside.#heard : { at: 0 };
    void this.#listen();
  }

  /** `beside`: an earlier line to the same member. */
  static async open(
    network: Network,
    clock: Clock,
    peer: PeerId,
    signal: AbortSignal,
    beside?: SliceLine,
  ): Promise<SliceLine> {
    const late = () => new TabmeshError('timeout', 'pod', 'This member does not answer.');
    const opening = (limit: AbortSignal) => network.open(peer, sliceProtocol, limit);
    return new SliceLine(network, clock, await within(clock, dialMs, late, opening, signal), beside);
  }

  /** What the member has of a model and answers for, signed by it. */
  async ask(model: ModelId, signal: AbortSignal): Promise<Statement[]> {
    const late = () => new TabmeshError('timeout', 'pod', 'This member does not say what it holds.');
    this.askedAt = this.#clock.now();
    this.asks += 1;
    return within(
      this.#clock,
      sliceSilenceMs,
      late,
      async () => {
        const { promise, resolve, reject } = Promise.withResolvers<Statement[]>();
        this.#inventory = { parts: [], resolve, reject };
        await this.#send({ ask: { model } });
        return promise;
      },
      signal,
    );
  }

  /** The bytes of a chunk as the member sends them; whoever asked holds them against their hash. */
  chunk(
    model: ModelId,
    { start, end }: Chunk,
    signal: AbortSignal,
    onBytes: (count: number) => void,
  ): Promise<Uint8Array<ArrayBuffer>> {
    return this.#want({ model, start, end }, end - start, signal, onBytes);
  }

  manifest(model: ModelId, bytesMax: number, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    return this.#want({ model, start: 0, end: 0 }, bytesMax, signal, () => {});
  }

  close(): void {
    this.#fail(new TabmeshError('cancelled', 'pod', 'Nothing more is wanted of this member.'));
    this.#channel.close().catch(() => {});
  }

  async #want(
    range: { model: ModelId } & Chunk,
    bytesMax: number,
    signal: AbortSignal,
    onBytes: (count: number) => void,
  ): Promise<Uint8Array<ArrayBuffer>> {
    signal.throwIfAborted();
    if (this.#ended) throw this.#ended;
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array<ArrayBuffer>>();
    const wanted: Wanted = {
      bytesMax,
      bytes: undefined,
      filled: 0,
      askedAt: this.#clock.now(),
      onBytes,
      resolve,
      reject,
    };
    this.#wanted.set(id, wanted);
    const stop = () => {
      reject(toError(signal.reason, 'pod'));
      void this.#send({ cancel: { id } }).catch(() => {});
    };
    signal.addEventListener('abort', stop, { once: true });
    const watch = this.#watch(wanted);
    try {
      await this.#send({ want: { id, ...range } });
      return await promise;
    } finally {
      watch();
      signal.removeEventListener('abort', stop);
      this.#wanted.delete(id);
    }
  }

  /** One after the other arrives, so what is heard of any counts for all, on whichever line of the member. */
  #watch(wanted: Wanted): () => void {
    let cancel = () => {};
    const look = () => {
      const left = Math.max(wanted.askedAt, this.#heard.at) + sliceSilenceMs - this.#clock.now();
      if (left > 0) cancel = this.#clock.after(left, look);
      else wanted.reject(new TabmeshError('timeout', 'pod', 'This member fell silent.'));
    };
    look();
    return () => cancel();
  }

  #send(message: SliceMessage): Promise<void> {
    return this.#channel.send(encodeSliceMessage(message));
  }

  async #listen(): Promise<void> {
    try {
      for await (const bytes of this.#channel.messages) await this.#hear(decodeSliceMessage(bytes));
      this.#fail(new TabmeshError('lost', 'pod', 'This member hung up.'));
    } catch (error) {
      this.#fail(toError(error, 'pod'));
      this.#channel.abort(toError(error, 'pod'));
    }
  }

  async #hear(message: SliceMessage): Promise<void> {
    if ('inventory' in message) {
      const { statement, signature, more } = message.inventory;
      const asked = this.#inventory;
      if (!asked) return;
      if (!(await isSignedBy(this.#network, this.peer, statement, signature)))
        throw new TabmeshError('corrupt', 'pod', 'Its statement bears no signature of its own.');
      asked.parts.push(decodeStatement(statement));
      if (more && asked.parts.length < sliceStatementsMax) return;
      this.#inventory = undefined;
      asked.resolve(asked.parts);
    } else if ('piece' in message) this.#take(message.piece);
    else if ('refusal' in message) {
      const { id, kind, reason } = message.refusal;
      this.#wanted.get(id)?.reject(new TabmeshError(kind, 'pod', reason));
    } else throw new TabmeshError('corrupt', 'pod', 'It asks where it should answer.');
  }

  #take({ id, total, bytes: piece }: { id: number; total: number; bytes: Uint8Array }): void {
    this.#heard.at = this.#clock.now();
    const wanted = this.#wanted.get(id);
    // Cancelled, and on its way before that was heard.
    if (!wanted) return;
    const isChunk = wanted.bytes === undefined || wanted.bytes.length === total;
    if (!isChunk || total > wanted.bytesMax || wanted.filled + piece.length > total)
      throw new TabmeshError('corrupt', 'pod', 'It sent more than it was asked for.');
    wanted.bytes ??= new Uint8Array(total);
    wanted.bytes.set(piece, wanted.filled);
    wanted.filled += piece.length;
    wanted.onBytes(piece.length);
    if (wanted.filled === total) wanted.resolve(wanted.bytes);
  }

  #fail(error: TabmeshError): void {
    this.#ended ??= error;
    this.#inventory?.reject(error);
    for (const { reject } of this.#wanted.values()) reject(error);
  }
}
