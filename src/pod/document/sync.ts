import type { PeerId } from '../../base/brand.ts';
import { concatBytes } from '../../base/bytes.ts';
import { isKind, TabmeshError, toError } from '../../base/error.ts';
import {
  documentPartBytesMax,
  documentUpdateBytesMax,
  unreadBytesMax,
  unreadMessageBytes,
} from '../../base/limits.ts';
import type { PodMessage } from '../pod-message.ts';
import type { Head, Place } from './keeper.ts';
import type { PodDocument } from './pod-document.ts';
import { toHeads, toWireHeads } from './wire-heads.ts';

export interface SyncOptions {
  readonly document: PodDocument;
  readonly send: (to: PeerId, message: PodMessage) => void;
  /** What a member sent was not taken, for its fault ('corrupt') or another reason. */
  readonly refused: (peer: PeerId, error: TabmeshError) => void;
}

/** Brings the documents of two members that are present together, and keeps them so. */
export class Sync {
  readonly #options: SyncOptions;
  /** What each was last known to hold. */
  readonly #heads = new Map<PeerId, readonly Head[]>();
  readonly #parts = new Map<PeerId, Parts>();
  /** Bytes of each that wait. */
  readonly #unread = new Map<PeerId, number>();
  #last: Promise<void> = Promise.resolve();

  constructor(options: SyncOptions) {
    this.#options = options;
  }

  /** After the handshake, which has brought both up to date. */
  meet(peer: PeerId): void {
    this.#heads.set(peer, this.#options.document.heads);
    this.#parts.set(peer, new Parts());
    this.tell(peer);
  }

  drop(peer: PeerId): void {
    this.#heads.delete(peer);
    this.#parts.delete(peer);
  }

  /** What we hold, to one or to all. */
  tell(...peers: readonly PeerId[]): void {
    const heads = toWireHeads(this.#options.document.heads);
    for (const peer of peers.length > 0 ? peers : this.#heads.keys())
      this.#options.send(peer, { heads: { heads } });
  }

  /** Sends to each what it lacks. */
  spread(): Promise<void> {
    return this.#inTurn(async () => {
      for (const [peer, heads] of this.#heads) await this.#fill(peer, heads);
    });
  }

  /** Does `work` after all that was heard before. Who sends faster than can be read here is cut off. */
  queue(peer: PeerId, bytes: number, work: () => Promise<void>): void {
    if (!this.#heads.has(peer)) return;
    const cost = Math.max(bytes, unreadMessageBytes);
    const unread = (this.#unread.get(peer) ?? 0) + cost;
    if (unread > unreadBytesMax) {
      this.#options.refused(peer, tooFast());
      return;
    }
    this.#unread.set(peer, unread);
    void this.#inTurn(async () => {
      try {
        if (this.#heads.has(peer)) await work();
      } catch (error) {
        this.#options.refused(peer, toError(error, 'pod'));
      } finally {
        // Of one that has gone meanwhile, too: it may be back, and this was waiting still.
        const left = this.#unread.get(peer)! - cost;
        if (left > 0) this.#unread.set(peer, left);
        else this.#unread.delete(peer);
      }
    });
  }

  /** True where `message` is of the document. In the order in which they came. */
  hear(peer: PeerId, message: PodMessage): boolean {
    if (!('heads' in message || 'update' in message || 'fork' in message)) return false;
    if ('heads' in message) {
      const { heads } = message.heads;
      this.queue(peer, heads.length * headBytes, () => this.#hearHeads(peer, toHeads(heads)));
    } else if ('fork' in message) {
      const { statement } = message.fork;
      this.queue(peer, statement.length, () => this.#hearFork(peer, statement));
    } else {
      const { update } = message;
      this.queue(peer, update.part.length, () => this.#hearUpdate(peer, update));
    }
    return true;
  }

  async #hearHeads(peer: PeerId, heads: readonly Head[]): Promise<void> {
    const { document, send } = this.#options;
    this.#heads.set(peer, heads);
    await this.#tellForks(peer, await document.forksWith(heads));
    await this.#fill(peer, heads);
    const ours = new Map(document.heads.map(({ author, count }) => [author, count]));
    if (heads.some(({ author, count }) => count > (ours.get(author) ?? 0)))
      send(peer, { heads: { heads: toWireHeads(document.heads) } });
  }

  async #hearUpdate(peer: PeerId, { part, last }: { part: Uint8Array; last: boolean }): Promise<void> {
    const update = this.#parts.get(peer)?.add(part, last);
    if (!update) return;
    const { document } = this.#options;
    const before = document.heads;
    try {
      await this.#tellForks(peer, await document.merge(update));
      this.#trustToTell(peer, before);
    } catch (error) {
      if (!isKind(error, 'not-found')) throw error;
      // What it sent before could not be taken; it sends all of it again.
      this.tell(peer);
    }
  }

  /**
   * Who says something sends it to all that it is connected to, so nobody else need: 32 members would hand each other
   * 900 copies of every word. Whom it does not reach asks, by the heads that are told every half minute.
   */
  #trustToTell(author: PeerId, before: readonly Head[]): void {
    const { heads } = this.#options.document;
    const said = heads.find(each => each.author === author);
    const known = before.find(each => each.author === author)?.count ?? 0;
    if (!said || said.count === known) return;
    for (const [peer, theirs] of this.#heads) {
      const count = theirs.find(each => each.author === author)?.count ?? 0;
      if (count === known) this.#heads.set(peer, [...theirs.filter(each => each.author !== author), said]);
    }
  }

  async #hearFork(peer: PeerId, statement: Uint8Array): Promise<void> {
    const before = await this.#options.document.compare(statement);
    if (before) await this.#tellForks(peer, [before]);
  }

  async #tellForks(peer: PeerId, places: readonly Place[]): Promise<void> {
    for (const place of places) {
      const statement = await this.#options.document.sealedAt(place);
      if (statement) this.#options.send(peer, { fork: { statement } });
    }
  }

  async #fill(peer: PeerId, heads: readonly Head[]): Promise<void> {
    const update = await this.#options.document.updateFor(heads);
    if (!update || !this.#heads.has(peer)) return;
    this.#heads.set(peer, this.#options.document.heads);
    for (const message of inParts(update)) this.#options.send(peer, message);
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return this.#last;
  }
}

export function* inParts(update: Uint8Array): Generator<Extract<PodMessage, { update: unknown }>> {
  for (let start = 0; start === 0 || start < update.length; start += documentPartBytesMax) {
    const end = start + documentPartBytesMax;
    yield { update: { part: update.slice(start, end), last: end >= update.length } };
  }
}

/** Puts the parts of one update together. */
export class Parts {
  #parts: Uint8Array[] = [];
  #bytes = 0;

  /** The whole, once the last part is there. Throws TabmeshError('corrupt', 'pod') beyond the limit. */
  add(part: Uint8Array, last: boolean): Uint8Array<ArrayBuffer> | undefined {
    this.#bytes += part.length;
    if (this.#bytes > documentUpdateBytesMax) throw tooLong();
    this.#parts.push(part);
    if (!last) return undefined;
    const whole = concatBytes(this.#parts);
    this.#parts = [];
    this.#bytes = 0;
    return whole;
  }
}

/** About what one takes in memory: an author, a hash and two numbers. */
const headBytes = 256;

const tooFast = (): TabmeshError =>
  new TabmeshError('corrupt', 'pod', 'It sends more of the document than can be read.');
const tooLong = (): TabmeshError =>
  new TabmeshError('corrupt', 'pod', 'An update of the document is longer than the limit.');
