import type { PeerId } from '../base/brand.ts';
import type { Clock } from '../base/clock.ts';
import { isKind, TabmeshError, toError } from '../base/error.ts';
import { heartbeatEveryMs, introduceEveryMs, meetMs, ownSleepMs, podMembersMax } from '../base/limits.ts';
import type { Random } from '../base/random.ts';
import type { Network } from '../network/network.ts';
import { Calls } from './calls.ts';
import type { Door, Introduction } from './handshake.ts';
import { LostMembers } from './lost-members.ts';
import { type Departure, MemberLine } from './member-line.ts';
import type { PodLine } from './pod-line.ts';
import {
  type Contact,
  fitContacts,
  type PodMessage,
  type WireHello,
  type WireRecord,
} from './pod-message.ts';

export interface MeshOptions {
  readonly network: Network;
  readonly clock: Clock;
  readonly random: Random;
  readonly door: Door;
  /** What we say of ourselves now. */
  readonly record: () => WireRecord;
  /** Somebody came or said something new. */
  readonly onChange: () => void;
  readonly onGone: (peer: PeerId) => void;
  readonly onMet: (peer: PeerId) => void;
  /** What a member says of the pod's document or key; false where that is not what it says. */
  readonly onMessage: (peer: PeerId, message: PodMessage) => boolean;
}

/** The members of one pod, each with one line to every other. A member counts when it has proved a key and the pod's document names it. */
export class Mesh {
  readonly #options: MeshOptions;
  readonly #members = new Map<PeerId, MemberLine>();
  readonly #calls: Calls;
  readonly #lost: LostMembers;
  readonly #unsubscribe: (() => void)[];
  #stopBeat: () => void;
  #beatAt: number;
  #introducedAt: number;
  #meetings = 0;

  constructor(options: MeshOptions) {
    const { network, clock } = options;
    this.#options = options;
    this.#calls = new Calls({
      ...options,
      isMember: peer => this.has(peer),
      isFull: newcomer => !this.has(newcomer) && this.#members.size + 1 >= podMembersMax,
      introduce: to => this.#introduce(to),
      admit: (line, introduction) => this.#admit(line, introduction),
    });
    this.#lost = new LostMembers(clock, contact => this.#calls.call(contact));
    this.#beatAt = clock.now();
    this.#introducedAt = clock.now();
    this.#stopBeat = clock.after(heartbeatEveryMs, () => this.#beat());
    this.#unsubscribe = this.#followNetwork(network);
  }

  /** The others; not we ourselves. */
  members(): readonly { readonly peer: PeerId; readonly record: WireRecord }[] {
    return [...this.#members.values()];
  }

  /** The members, and after them those who broke off and may come back. */
  contacts(): Contact[] {
    return [...this.#present(), ...this.#lost.contacts()];
  }

  has(peer: PeerId): boolean {
    return this.#members.has(peer);
  }

  /** Others are about to come in, so that a plan without them would be for a moment only. */
  get isMeeting(): boolean {
    return this.#meetings > 0;
  }

  /** Tells everybody what we say of ourselves now. */
  announce(): void {
    const record = this.#options.record();
    for (const member of this.#members.values()) member.announce(record);
  }

  /**
   * Calls all of `contacts`, and resolves once one of them, or anybody else, is a member; the others are called again
   * later, for whoever answered may know nobody else. Throws the most telling of their refusals.
   */
  async join(contacts: readonly Contact[], signal?: AbortSignal): Promise<void> {
    const admission = this.#calls.nextAdmission();
    try {
      const calls = contacts.map(contact => this.#calls.call(contact, signal));
      await Promise.race([admission, Promise.any(calls)]);
      this.#hear(contacts);
    } catch (error) {
      signal?.throwIfAborted();
      const failures = (error as AggregateError).errors.map(each => toError(each, 'pod'));
      throw (
        failures.find(({ kind }) => kind === 'denied' || kind === 'full' || kind === 'unsupported') ??
        new TabmeshError(
          'unavailable',
          'pod',
          'This pod has ended, or its members are away. Ask for a new link, or try again when one of them is there.',
          { cause: failures[0] },
        )
      );
    }
  }

  /** Calls `contacts` again and again, until they answer or are given up. */
  seek(contacts: readonly Contact[]): void {
    for (const contact of contacts) if (!this.has(contact.peer)) this.#lost.lose(contact);
  }

  /** Takes a call from outside that begins with `hello` for this pod. */
  accept(line: PodLine, hello: WireHello): Promise<void> {
    return this.#calls.accept(line, hello);
  }

  /** Anything but records and contacts, after what was sent before. */
  send(to: PeerId, message: PodMessage): void {
    this.#members.get(to)?.send(message);
  }

  /** Ends it with those who are no members any more: they have been told why, and nobody calls them. */
  async expel(isMember: (peer: PeerId) => boolean): Promise<void> {
    this.#lost.forgetAll(peer => !isMember(peer));
    for (const [peer, member] of [...this.#members]) {
      if (isMember(peer)) continue;
      this.#members.delete(peer);
      this.#options.onGone(peer);
      this.#options.onChange();
      await member.close('goodbye');
    }
  }

  /** Ends the membership of somebody who breaks the rules. */
  cut(peer: PeerId, reason: Error): void {
    this.#members.get(peer)?.cut(reason);
  }

  /** Says goodbye to everybody, at once where the lines have room. */
  async close(): Promise<void> {
    this.#stopBeat();
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#lost.close();
    this.#calls.close();
    const members = [...this.#members.values()];
    this.#members.clear();
    await Promise.all(members.map(member => member.close('goodbye')));
  }

  #followNetwork({ status, connections }: Network): (() => void)[] {
    const isUp = () => ['relay-only', 'connected'].includes(status.peek().kind);
    let wasUp = isUp();
    return [
      status.subscribe(() => {
        if (!wasUp && isUp()) this.#lost.wake();
        wasUp = isUp();
      }),
      connections.subscribe(list => this.#lost.wake(new Set(list.map(each => each.peer)))),
    ];
  }

  #admit(line: PodLine, { record, contacts }: Introduction): void {
    const { peer } = line;
    void this.#members.get(peer)?.close('replaced');
    const member = new MemberLine(line, record, this.#options.clock, {
      message: message => this.#options.onMessage(peer, message),
      record: () => this.#options.onChange(),
      contacts: told => this.#hear(this.#named(told)),
      slept: () => this.#slept(),
      end: why => this.#depart(member, why),
    });
    this.#members.set(peer, member);
    this.#lost.meet(peer);
    this.#options.onMet(peer);
    // What changed while the handshake was under way.
    member.announce(this.#options.record());
    this.#options.onChange();
    this.#meet(this.#named(contacts));
  }

  /** One member's word is no reason to call somebody: whom the document does not name yet is told of again. */
  #named(contacts: readonly Contact[]): Contact[] {
    return contacts.filter(({ peer }) => this.#options.door.isMember(peer));
  }

  /** The newcomer's side, or the one who let it in, knows these. */
  #meet(contacts: readonly Contact[]): void {
    for (const contact of contacts) {
      const end = this.#startMeeting();
      this.#calls
        .call(contact)
        .catch(error => {
          if (!isKind(error, 'denied') && !isKind(error, 'not-found')) this.#hear([contact]);
        })
        .finally(end);
    }
  }

  #startMeeting(): () => void {
    const { clock, onChange } = this.#options;
    let met = false;
    const end = () => {
      if (met) return;
      met = true;
      cancel();
      this.#meetings -= 1;
      onChange();
    };
    const cancel = clock.after(meetMs, end);
    this.#meetings += 1;
    return end;
  }

  #hear(contacts: readonly Contact[]): void {
    for (const contact of contacts) {
      const { peer } = contact;
      if (peer !== this.#options.door.self && !this.has(peer)) this.#lost.hear(contact);
    }
  }

  /** Those who are away are told of later, for a newcomer waits for all it is told of here. */
  #introduce(to: PeerId): Introduction {
    return { record: this.#options.record(), contacts: this.#known(to, this.#present()) };
  }

  #present(): Contact[] {
    return this.members().map(({ peer, record }) => ({ peer, addresses: record.addresses }));
  }

  #known(to: PeerId, contacts: readonly Contact[]): Contact[] {
    return fitContacts(contacts.filter(({ peer }) => peer !== to).slice(0, podMembersMax));
  }

  #depart(member: MemberLine, why: Departure): void {
    const { peer, record } = member;
    if (this.#members.get(peer) !== member) return;
    this.#members.delete(peer);
    if (why === 'lost') this.#lost.lose({ peer, addresses: record.addresses });
    else this.#lost.forget(peer);
    this.#options.onGone(peer);
    this.#options.onChange();
  }

  #beat(): void {
    const now = this.#options.clock.now();
    const slept = this.#slept();
    this.#beatAt = now;
    const introduces = now - this.#introducedAt >= introduceEveryMs;
    if (introduces) this.#introducedAt = now;
    for (const member of [...this.#members.values()]) {
      if (slept) member.forgive();
      if (introduces) member.introduce(this.#known(member.peer, this.contacts()));
      member.beat();
    }
    this.#stopBeat = this.#options.clock.after(heartbeatEveryMs, () => this.#beat());
  }

  /** Hidden tabs run timers once a second at best; longer gaps are ours, not the others' (research: network, 5.6). */
  #slept(): boolean {
    return this.#options.clock.now() - this.#beatAt > ownSleepMs;
  }
}
