import type { PeerId } from '../base/brand.ts';
import type { Clock } from '../base/clock.ts';
import { isKind } from '../base/error.ts';
import {
  podMembersMax,
  reconnectForMs,
  reconnectPauseMaxMs,
  reconnectPauseMs,
  steadyMs,
} from '../base/limits.ts';
import type { Contact } from './pod-message.ts';

interface Lost {
  contact: Contact;
  /** Tried in turn with `contact`. */
  hearsay: Contact | undefined;
  /** Not only heard of. */
  wasMember: boolean;
  /** Undefined while it is a member again. */
  lostAt: number | undefined;
  metAt: number;
  /** When it was lost, or the last call to it failed. */
  calledAt: number;
  /** Doubles the pause; goes on where a member is lost again soon after it came back. */
  tries: number;
  calling: boolean;
  cancel: () => void;
}

/**
 * Members that broke off without a goodbye. Each is called again, after ever longer pauses, until it answers, says that
 * it left, or has been away for an hour: a laptop may sleep, and a relay be restarted.
 */
export class LostMembers {
  readonly #clock: Clock;
  readonly #call: (contact: Contact) => Promise<void>;
  readonly #lost = new Map<PeerId, Lost>();
  #closed = false;

  constructor(clock: Clock, call: (contact: Contact) => Promise<void>) {
    this.#clock = clock;
    this.#call = call;
  }

  /** Those who were members here and are away now. */
  contacts(): Contact[] {
    return [...this.#lost.values()]
      .filter(each => each.wasMember && each.lostAt !== undefined)
      .map(each => each.contact);
  }

  /** It was a member until now. */
  lose(contact: Contact): void {
    const known = this.#lost.get(contact.peer);
    if (!known) {
      this.#add(contact, true);
      return;
    }
    known.contact = contact;
    known.wasMember = true;
    if (known.lostAt !== undefined) return;
    const now = this.#clock.now();
    known.lostAt = now;
    known.calledAt = now;
    known.tries = now - known.metAt < steadyMs ? known.tries + 1 : 0;
    this.#schedule(known);
  }

  /** Another member says that it is one; its addresses may be newer than ours, or wrong. */
  hear(contact: Contact): void {
    const known = this.#lost.get(contact.peer);
    if (known) known.hearsay = contact;
    else this.#add(contact, false);
  }

  /** It is a member again. */
  meet(peer: PeerId): void {
    const known = this.#lost.get(peer);
    if (known?.lostAt === undefined) return;
    known.cancel();
    known.lostAt = undefined;
    known.metAt = this.#clock.now();
  }

  /** It left on purpose. */
  forget(peer: PeerId): void {
    this.#lost.get(peer)?.cancel();
    this.#lost.delete(peer);
  }

  forgetAll(whether: (peer: PeerId) => boolean): void {
    for (const peer of [...this.#lost.keys()]) if (whether(peer)) this.forget(peer);
  }

  /** Something changed that gives hope: those of `peers`, or all, are called within a second. */
  wake(peers?: ReadonlySet<PeerId>): void {
    for (const lost of this.#lost.values()) {
      const hopeful = peers?.has(lost.contact.peer) ?? true;
      if (hopeful && lost.lostAt !== undefined && !lost.calling) this.#schedule(lost, reconnectPauseMs);
    }
  }

  close(): void {
    this.#closed = true;
    for (const lost of this.#lost.values()) lost.cancel();
    this.#lost.clear();
  }

  /** Hearsay never fills the places of those who were lost here. */
  #add(contact: Contact, wasMember: boolean): void {
    const now = this.#clock.now();
    for (const [peer, { lostAt, metAt }] of this.#lost) {
      if (lostAt === undefined && now - metAt >= steadyMs) this.#lost.delete(peer);
    }
    if (this.#closed || this.#lost.size >= (wasMember ? 2 : 1) * podMembersMax) return;
    const lost: Lost = {
      contact,
      hearsay: undefined,
      wasMember,
      lostAt: now,
      metAt: 0,
      calledAt: now,
      tries: 0,
      calling: false,
      cancel: () => {},
    };
    this.#lost.set(contact.peer, lost);
    this.#schedule(lost);
  }

  /** At least `pauseMs` after the last call. */
  #schedule(lost: Lost, pauseMs = Math.min(reconnectPauseMs * 2 ** lost.tries, reconnectPauseMaxMs)): void {
    lost.cancel();
    const waitMs = Math.max(0, lost.calledAt + pauseMs - this.#clock.now());
    lost.cancel = this.#clock.after(waitMs, () => void this.#try(lost));
  }

  async #try(lost: Lost): Promise<void> {
    const { contact, hearsay, tries } = lost;
    lost.calling = true;
    try {
      await this.#call(hearsay && tries % 2 === 1 ? hearsay : contact);
    } catch (error) {
      if (this.#lost.get(contact.peer) !== lost || lost.lostAt === undefined) return;
      const now = this.#clock.now();
      const gone = isKind(error, 'denied') || isKind(error, 'not-found');
      if (gone || now - lost.lostAt > reconnectForMs) return this.forget(contact.peer);
      lost.tries += 1;
      lost.calledAt = now;
      this.#schedule(lost);
    } finally {
      lost.calling = false;
    }
  }
}
