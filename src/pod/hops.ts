import type { ModelId, PeerId, SessionId } from '../base/brand.ts';
import type { ReplayBody } from './activation-frame.ts';
import type { ChainHop } from './chain.ts';
import type { Message } from './links.ts';

export interface HopsOptions {
  readonly session: SessionId;
  readonly self: PeerId;
  readonly model: ModelId;
  readonly capacity: number;
  readonly chain: readonly ChainHop[];
  readonly send: (to: PeerId, message: Message) => void;
}

/** The stages of one session as its requester speaks to them. It is itself hop -1, and the one after the last. */
export class Hops {
  readonly #options: HopsOptions;
  readonly #chain: ChainHop[];

  constructor(options: HopsOptions) {
    this.#options = options;
    this.#chain = [...options.chain];
  }

  get chain(): readonly ChainHop[] {
    return this.#chain;
  }

  peerAt(hop: number): PeerId {
    return this.#chain[hop]?.peer ?? this.#options.self;
  }

  replace(hop: number, peer: PeerId): void {
    this.#chain[hop] = { ...this.#chain[hop]!, peer };
  }

  open(hop: number): void {
    const { model, capacity } = this.#options;
    const { first, last } = this.#chain[hop]!;
    const [previous, next] = [this.peerAt(hop - 1), this.peerAt(hop + 1)];
    const final = hop === this.#chain.length - 1;
    this.#send(hop, { open: { model, first, last, capacity, previous, next, final } });
  }

  listen(hop: number): void {
    this.#send(hop, { listen: { previous: this.peerAt(hop - 1) } });
  }

  replay(hop: number, replay: ReplayBody): void {
    this.#send(hop, { replay });
  }

  rest(length: number): void {
    for (const hop of this.#chain.keys()) this.#send(hop, { rest: { length } });
  }

  close(hop: number): void {
    try {
      this.#send(hop, { close: {} });
    } catch {
      // Too much is waiting for this peer; its stage ends the session for want of rows.
    }
  }

  /** Throws TabmeshError('full', 'pod') where too much is waiting for the peer already. */
  #send(hop: number, body: Body): void {
    const { session, send } = this.#options;
    send(this.peerAt(hop), { session, hop, ...body });
  }
}

type Without<T> = T extends unknown ? Omit<T, 'session' | 'hop'> : never;
type Body = Without<Message>;
