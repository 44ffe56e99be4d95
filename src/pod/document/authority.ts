import type { PeerId } from '../../base/brand.ts';
import type { Ordered } from './order.ts';
import type { Role } from './statement.ts';

/** Whether somebody has a standing, and from which of its own statements on. */
interface Mark {
  readonly on: boolean;
  /** Counts for what the peer said after as many statements. */
  readonly after: number;
  readonly cause: Ordered;
}

export const hasSeen = (later: Ordered, earlier: Ordered): boolean =>
  (later.seen.get(earlier.statement.author) ?? 0) >= earlier.statement.sequence;

/**
 * One kind of standing (being an owner, an admin, a member), of everybody. To take it away counts at once for all that
 * the peer said beyond what the taker knew of it, so that nobody keeps a right by saying things late; and giving it
 * again needs somebody who knew that it was taken.
 */
export class Standing {
  readonly #marks = new Map<PeerId, Mark[]>();

  /** `knew`: what had to know of every loss before, the cause itself if nothing else. */
  give(peer: PeerId, cause: Ordered, knew: Ordered = cause): boolean {
    const marks = this.#of(peer);
    const unseen = marks.some(mark => !mark.on && !hasSeen(knew, mark.cause) && !leftByItself(mark, peer));
    if (!unseen) marks.push({ on: true, after: cause.seen.get(peer) ?? 0, cause });
    return !unseen;
  }

  take(peer: PeerId, cause: Ordered): void {
    this.#of(peer).push({ on: false, after: cause.seen.get(peer) ?? 0, cause });
  }

  /**
   * When it says its statement number `sequence`; without one, after all that it has said. What was done in knowledge of
   * `before` is left out.
   */
  has(peer: PeerId, sequence = Infinity, before?: Ordered): boolean {
    return this.last(peer, sequence, before)?.on ?? false;
  }

  last(peer: PeerId, sequence = Infinity, before?: Ordered): Mark | undefined {
    return this.#marks
      .get(peer)
      ?.findLast(({ after, cause }) => after < sequence && !(before && hasSeen(cause, before)));
  }

  peers(): Iterable<PeerId> {
    return this.#marks.keys();
  }

  #of(peer: PeerId): Mark[] {
    const marks = this.#marks.get(peer) ?? [];
    this.#marks.set(peer, marks);
    return marks;
  }
}

const leftByItself = ({ cause }: Mark, peer: PeerId): boolean => cause.statement.author === peer;

const power: Record<Role, number> = { owner: 3, admin: 2, member: 1, viewer: 0 };
export const outranks = (one: Role | undefined, other: Role | undefined): boolean =>
  one !== undefined && power[one] > (other === undefined ? -1 : power[other]);
export const isAtLeast = (one: Role | undefined, other: Role): boolean =>
  one !== undefined && power[one] >= power[other];
