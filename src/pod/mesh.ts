import { must } from '../base/assert.ts';
import type { PeerId } from '../base/brand.ts';
import type { Clock } from '../base/clock.ts';
import { whenAborted, within } from '../base/deadline.ts';
import { isKind, TabmeshError, toError } from '../base/error.ts';
import {
  dialMs,
  handshakeMs,
  heartbeatEveryMs,
  ownSleepMs,
  podMembersMax,
  reconnectPauseMs,
  reconnectTriesMax,
} from '../base/limits.ts';
import type { Random } from '../base/random.ts';
import type { Network } from '../network/network.ts';
import { answerCall, type Credentials, Crossed, callIn, type Introduction, refuse } from './handshake.ts';
import { type Departure, MemberLine } from './member-line.ts';
import { PodLine } from './pod-line.ts';
import { type Contact, type PodMessage, podProtocol, type WireRecord } from './pod-message.ts';

export interface MeshOptions {
  readonly network: Network;
  readonly clock: Clock;
  readonly random: Random;
  readonly credentials: Credentials;
  /** What we say of ourselves now. */
  readonly record: () => WireRecord;
  /** Somebody came or said something new. */
  readonly onChange: () => void;
  readonly onGone: (peer: PeerId) => void;
}

interface Attempt {
  /** Ours has said Hello and can cross with theirs. */
  saidHello: boolean;
  readonly calls: boolean;
  readonly controller: AbortController;
  readonly done: Promise<void>;
}

/**
 * The members of one pod, each with one line to every other. A member counts when it has proved the secret over its own
 * connection. Where two call each other at once, the call of the smaller peer id counts; a later call replaces the line
 * that there is, because whoever calls knows that its own is gone.
 */
export class Mesh {
  readonly #options: MeshOptions;
  readonly #members = new Map<PeerId, MemberLine>();
  readonly #attempts = new Map<PeerId, Attempt>();
  readonly #closing = new AbortController();
  #stopBeat: () => void;
  #beatAt: number;

  constructor(options: MeshOptions) {
    this.#options = options;
    this.#beatAt = options.clock.now();
    this.#stopBeat = options.clock.after(heartbeatEveryMs, () => this.#beat());
  }

  /** The others; not we ourselves. */
  members(): readonly { readonly peer: PeerId; readonly record: WireRecord }[] {
    return [...this.#members.values()];
  }

  has(peer: PeerId): boolean {
    return this.#members.has(peer);
  }

  /** Tells everybody what we say of ourselves now. */
  announce(): void {
    const record = this.#options.record();
    for (const member of this.#members.values()) member.announce(record);
  }

  /** Becomes a member through the first of `contacts` that answers. Throws the most telling of their refusals. */
  async join(contacts: readonly Contact[], signal?: AbortSignal): Promise<void> {
    const failures: TabmeshError[] = [];
    for (const contact of contacts) {
      try {
        return await this.#call(contact, signal);
      } catch (error) {
        signal?.throwIfAborted();
        failures.push(toError(error, 'pod'));
      }
    }
    throw (
      failures.find(error => error.kind === 'denied' || error.kind === 'full') ??
      new TabmeshError(
        'unavailable',
        'pod',
        `Nobody of this pod can be reached (${must(failures.at(-1)).reason}) Open the page of a member, or ask for a new link.`,
      )
    );
  }

  /** Takes a call from outside that begins with `hello` for this pod. */
  async accept(line: PodLine, hello: Extract<PodMessage, { hello: unknown }>['hello']): Promise<void> {
    const { peer } = line;
    const ours = this.#attempts.get(peer);
    if (ours?.calls && ours.saidHello && this.#self < peer) {
      return refuse(line, 'crossed', 'I am calling you.');
    }
    if (this.#isFull(peer)) return this.#refuseFull(line);
    ours?.controller.abort(new Crossed('The other side called first.'));
    await this.#attempt(peer, false, undefined, async (_, signal) => {
      const { credentials, random } = this.#options;
      const introduction = await answerCall(line, hello, credentials, random);
      signal.throwIfAborted();
      if (this.#isFull(peer)) return this.#refuseFull(line);
      await line.write({ welcome: this.#introduce(peer) }, signal);
      this.#admit(line, introduction);
    }).catch(error => line.abort(toError(error, 'pod')));
  }

  /** Ends the membership of somebody who breaks the rules. */
  cut(peer: PeerId, reason: Error): void {
    this.#members.get(peer)?.cut(reason);
  }

  /** Says goodbye to everybody. */
  async close(): Promise<void> {
    this.#stopBeat();
    this.#closing.abort(new TabmeshError('cancelled', 'pod', 'This peer left the pod.'));
    const members = [...this.#members.values()];
    this.#members.clear();
    await Promise.all(members.map(member => member.close('goodbye')));
  }

  #isFull(newcomer: PeerId): boolean {
    return !this.has(newcomer) && this.#members.size + 1 >= podMembersMax;
  }

  #refuseFull(line: PodLine): Promise<void> {
    return refuse(line, 'full', `The pod has ${podMembersMax} members, which is its limit.`);
  }

  get #self(): PeerId {
    return this.#options.credentials.self;
  }

  async #call(contact: Contact, signal?: AbortSignal): Promise<void> {
    if (contact.peer === this.#self || this.has(contact.peer)) return;
    const begun = this.#attempts.get(contact.peer);
    if (begun) return begun.done;
    await this.#attempt(contact.peer, true, signal, (attempt, limit) =>
      this.#callOn(contact, attempt, limit),
    );
  }

  async #callOn(contact: Contact, attempt: Attempt, signal: AbortSignal): Promise<void> {
    const { network, credentials, random } = this.#options;
    // A peer that nobody can dial may have dialled us.
    const connected = network.connections.peek().some(each => each.peer === contact.peer);
    const peer = connected ? contact.peer : await network.connect(contact.addresses, signal);
    if (peer !== contact.peer) {
      throw new TabmeshError('denied', 'pod', 'Somebody else answers at the address of this member.');
    }
    const line = new PodLine(await network.open(peer, podProtocol, signal));
    try {
      signal.throwIfAborted();
      attempt.saidHello = true;
      const introduction = await Promise.race([
        callIn(line, credentials, random, () => this.#introduce(peer)),
        whenAborted(signal),
      ]);
      signal.throwIfAborted();
      this.#admit(line, introduction);
    } catch (error) {
      line.abort(toError(error, 'pod'));
      throw error;
    }
  }

  /** One attempt for each peer at a time, of either side; a newer one takes the place of an older. */
  #attempt(
    peer: PeerId,
    calls: boolean,
    signal: AbortSignal | undefined,
    work: (attempt: Attempt, signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const controller = new AbortController();
    const stop = () => controller.abort(this.#closing.signal.reason);
    this.#closing.signal.addEventListener('abort', stop, { once: true });
    const limits = AbortSignal.any(signal ? [signal, controller.signal] : [controller.signal]);
    const late = () =>
      new TabmeshError('unavailable', 'pod', 'The other peer does not answer. Check that its page is open.');
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const attempt: Attempt = { saidHello: false, calls, controller, done: promise };
    this.#attempts.set(peer, attempt);
    promise.catch(() => {});
    const ms = calls ? dialMs + handshakeMs : handshakeMs;
    within(this.#options.clock, ms, late, limit => work(attempt, limit), limits)
      .catch(error => {
        if (!(error instanceof Crossed)) throw error;
        // The other side's call is under way, and is an attempt of its own when it arrives.
        return this.#comesIn(peer, signal);
      })
      .then(resolve, reject)
      .finally(() => {
        this.#closing.signal.removeEventListener('abort', stop);
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
        while (!this.has(peer)) {
          limit.throwIfAborted();
          await this.#nextAdmission();
        }
      },
      signal,
    );
  }

  #admissions: (() => void)[] = [];
  #nextAdmission(): Promise<void> {
    return new Promise(resolve => this.#admissions.push(resolve));
  }

  #admit(line: PodLine, { record, contacts }: Introduction): void {
    const { peer } = line;
    void this.#members.get(peer)?.close('replaced');
    const member = new MemberLine(line, record, this.#options.clock, {
      record: () => this.#options.onChange(),
      end: why => this.#depart(member, why),
    });
    this.#members.set(peer, member);
    for (const wake of this.#admissions.splice(0)) wake();
    // What changed while the handshake was under way.
    member.announce(this.#options.record());
    this.#options.onChange();
    for (const contact of contacts) void this.#call(contact).catch(() => {});
  }

  #introduce(to: PeerId): Introduction {
    const contacts = this.members()
      .filter(({ peer }) => peer !== to)
      .map(({ peer, record }) => ({ peer, addresses: record.addresses }));
    return { record: this.#options.record(), contacts };
  }

  #depart(member: MemberLine, why: Departure): void {
    if (this.#members.get(member.peer) !== member) return;
    this.#members.delete(member.peer);
    this.#options.onGone(member.peer);
    this.#options.onChange();
    if (why === 'lost') this.#callBack({ peer: member.peer, addresses: member.record.addresses }, 1);
  }

  #callBack(contact: Contact, nth: number): void {
    if (this.#closing.signal.aborted || nth > reconnectTriesMax) return;
    const cancel = this.#options.clock.after(reconnectPauseMs * 2 ** (nth - 1), () => {
      this.#closing.signal.removeEventListener('abort', cancel);
      this.#call(contact).catch(error => {
        if (!isKind(error, 'denied') && !isKind(error, 'not-found')) this.#callBack(contact, nth + 1);
      });
    });
    this.#closing.signal.addEventListener('abort', cancel, { once: true });
  }

  #beat(): void {
    const now = this.#options.clock.now();
    // Hidden tabs run timers once a second at best; longer gaps are ours, not the others' (research: network, 5.6).
    const slept = now - this.#beatAt > ownSleepMs;
    this.#beatAt = now;
    for (const member of [...this.#members.values()]) {
      if (slept) member.forgive();
      member.beat();
    }
    this.#stopBeat = this.#options.clock.after(heartbeatEveryMs, () => this.#beat());
  }
}
