import type { PeerId } from '../base/brand.ts';
import type { Clock } from '../base/clock.ts';
import { whenAborted, within } from '../base/deadline.ts';
import { TabmeshError, toError } from '../base/error.ts';
import { dialMs, handshakeMostMs, handshakeMs, podMembersMax } from '../base/limits.ts';
import type { Random } from '../base/random.ts';
import type { Network } from '../network/network.ts';
import { answerCall, Crossed, callIn, type Door, type Introduction, refuse } from './handshake.ts';
import { PodLine } from './pod-line.ts';
import { type Contact, podProtocol, type WireHello } from './pod-message.ts';

export interface CallsOptions {
  readonly network: Network;
  readonly clock: Clock;
  readonly random: Random;
  readonly door: Door;
  readonly isMember: (peer: PeerId) => boolean;
  /** No room for somebody who is not a member yet. */
  readonly isFull: (newcomer: PeerId) => boolean;
  readonly introduce: (to: PeerId) => Introduction;
  /** The other side has proved a key of the pod, and is a member by its document. */
  readonly admit: (line: PodLine, introduction: Introduction) => void;
}

interface Attempt {
  /** Ours has said Hello and can cross with theirs. */
  saidHello: boolean;
  readonly calls: boolean;
  readonly controller: AbortController;
  readonly done: Promise<void>;
}

/**
 * How two peers become members to each other. Where two call each other at once, the call of the smaller peer id
 * counts; a later call replaces the line that there is, because whoever calls knows that its own is gone.
 */
export class Calls {
  readonly #options: CallsOptions;
  readonly #attempts = new Map<PeerId, Attempt>();
  readonly #closing = new AbortController();
  readonly #admissions = new Set<() => void>();

  constructor(options: CallsOptions) {
    this.#options = options;
  }

  /** Resolves once `contact` is a member. Throws what the handshake throws, and 'unavailable' for no answer. */
  async call(contact: Contact, signal?: AbortSignal): Promise<void> {
    if (contact.peer === this.#self || this.#options.isMember(contact.peer)) return;
    const begun = this.#attempts.get(contact.peer);
    if (begun) return begun.done;
    await this.#attempt(contact.peer, true, signal, (...given) => this.#callOn(contact, ...given));
  }

  /** Takes a call from outside that begins with `hello` for this pod. */
  async accept(line: PodLine, hello: WireHello): Promise<void> {
    const { peer } = line;
    const { door, random, isFull, introduce } = this.#options;
    const ours = this.#attempts.get(peer);
    if (ours?.calls && ours.saidHello && this.#self < peer) {
      return refuse(line, 'crossed', 'I am calling you.');
    }
    if (isFull(peer)) return refuseFull(line);
    ours?.controller.abort(new Crossed('The other side called first.'));
    await this.#attempt(peer, false, undefined, async (_, signal, addTime) => {
      const introduction = await answerCall(line, hello, door, random, addTime);
      signal.throwIfAborted();
      if (isFull(peer)) return refuseFull(line);
      await line.write({ welcome: introduce(peer) }, signal);
      signal.throwIfAborted();
      this.#admit(line, introduction);
    }).catch(error => line.abort(toError(error, 'pod')));
  }

  /** Resolves when anybody becomes a member, whoever called; rejects when `signal` aborts. */
  nextAdmission(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#admissions.delete(wake);
        reject(signal?.reason);
      };
      const wake = () => {
        this.#admissions.delete(wake);
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      signal?.throwIfAborted();
      signal?.addEventListener('abort', leave, { once: true });
      this.#admissions.add(wake);
    });
  }

  /** Ends what is under way. */
  close(): void {
    this.#closing.abort(new TabmeshError('cancelled', 'pod', 'This peer left the pod.'));
  }

  get #self(): PeerId {
    return this.#options.door.self;
  }

  async #callOn(
    contact: Contact,
    attempt: Attempt,
    signal: AbortSignal,
    addTime: (ms: number) => void,
  ): Promise<void> {
    const { network, door, random, introduce } = this.#options;
    // A peer that nobody can dial may have dialled us.
    const connected = network.connections.peek().some(each => each.peer === contact.peer);
    const peer = connected ? contact.peer : await network.connect(contact.addresses, signal);
    if (peer !== contact.peer) {
      throw new TabmeshError('unavailable', 'pod', 'Somebody else answers at the address of this member.');
    }
    const line = new PodLine(await network.open(peer, podProtocol, signal));
    try {
      signal.throwIfAborted();
      attempt.saidHello = true;
      const introduction = await Promise.race([
        callIn(line, door, random, () => introduce(peer), addTime),
        whenAborted(signal),
      ]);
      signal.throwIfAborted();
      this.#admit(line, introduction);
    } catch (error) {
      line.abort(toError(error, 'pod'));
      throw error;
    }
  }

  #admit(line: PodLine, introduction: Introduction): void {
    this.#options.admit(line, introduction);
    for (const wake of [...this.#admissions]) wake();
  }

  /** One attempt for each peer at a time, of either side; a newer one takes the place of an older. */
  #attempt(
    peer: PeerId,
    calls: boolean,
    signal: AbortSignal | undefined,
    work: (attempt: Attempt, signal: AbortSignal, addTime: (ms: number) => void) => Promise<void>,
  ): Promise<void> {
    const controller = new AbortController();
    const limits = AbortSignal.any([controller.signal, this.#closing.signal, ...(signal ? [signal] : [])]);
    const late = () =>
      new TabmeshError('unavailable', 'pod', 'The other peer does not answer. Check that its page is open.');
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const attempt: Attempt = { saidHello: false, calls, controller, done: promise };
    this.#attempts.set(peer, attempt);
    promise.catch(() => {});
    const ms = calls ? dialMs + handshakeMs : handshakeMs;
    within(this.#options.clock, ms, late, (...given) => work(attempt, ...given), limits, handshakeMostMs)
      .catch(error => {
        if (!(error instanceof Crossed)) throw error;
        // The other side's call is under way, and is an attempt of its own when it arrives.
        return this.#comesIn(peer, signal);
      })
      .then(resolve, reject)
      .finally(() => {
        if (this.#attempts.get(peer) === attempt) this.#attempts.delete(peer);
      });
    return promise;
  }

  /** Waits for the call of the other side, which was given precedence. */
  async #comesIn(peer: PeerId, signal?: AbortSignal): Promise<void> {
    const late = () => new TabmeshError('unavailable', 'pod', 'The other peer called and then fell silent.');
    await within(
      this.#options.clock,
      handshakeMs,
      late,
      async limit => {
        while (!this.#options.isMember(peer)) await this.nextAdmission(limit);
      },
      signal,
    );
  }
}

const refuseFull = (line: PodLine): Promise<void> =>
  refuse(line, 'full', `The pod has ${podMembersMax} members, which is its limit.`);
