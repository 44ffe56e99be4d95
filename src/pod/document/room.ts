import type { PeerId, PodId } from '../../base/brand.ts';
import { TabmeshError } from '../../base/error.ts';
import {
  authorBytesMax,
  documentBytesMax,
  documentNearlyFullBytes,
  documentSpareBytes,
  podAuthorsMax,
  podAuthorsSpare,
  quietAuthorBytesMax,
  statementsPerAuthorMax,
} from '../../base/limits.ts';
import { orderedFrom } from './read-document.ts';
import { type Most, standingOfAuthors } from './standing-of-authors.ts';
import type { Statement } from './statement.ts';

/** All that one author has said, opened and as it came. */
export interface Chain {
  readonly statements: readonly Statement[];
  readonly sealed: readonly Uint8Array[];
}

/** Who may say how much in a document. What each may say depends on what is held, and not on who brings it. */
export class Room {
  readonly #pod: PodId;
  /** Nobody ever falls in it, so who is found in it once need not be looked for again. */
  #most: ReadonlyMap<PeerId, Most> = new Map();

  constructor(pod: PodId) {
    this.#pod = pod;
  }

  /**
   * Throws TabmeshError('full', 'pod') where what is new in `after` has no room, and 'denied' where it was said by somebody
   * who was never let in, of whom there can be any number. Whoever brings that need not be at fault: a liar can have let
   * somebody in before one member and not before another, which is seen as soon as the two compare what they hold.
   */
  assertFor(before: ReadonlyMap<PeerId, Chain>, after: ReadonlyMap<PeerId, Chain>, isOwn: boolean): void {
    const sizes = new Map([...after].map(([author, { sealed }]) => [author, bytesOf(sealed)]));
    const total = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
    const news = [...after].filter(
      ([author, { statements }]) => statements.length > (before.get(author)?.statements.length ?? 0),
    );
    const ownSpares = isOwn ? 0.5 : 0;
    const isNearlyFull = total > documentNearlyFullBytes - ownSpares * documentSpareBytes;
    const isTight = isNearlyFull || after.size > podAuthorsMax - 2 * podAuthorsSpare;
    const most =
      isTight || news.some(([author]) => !this.#isHeard(author)) ? this.#find(news, after) : this.#most;
    for (const [author, { statements }] of news) {
      const role = most.get(author);
      if (!role) throw stranger();
      const spares = (role === 'admin' ? 0 : 1) + ownSpares;
      const isQuiet = role === 'viewer' || (role === 'member' && isNearlyFull);
      const bytesMax = isQuiet ? quietAuthorBytesMax : authorBytesMax;
      if (statements.length > statementsPerAuthorMax || sizes.get(author)! > bytesMax)
        throw full('Somebody has said too much');
      const authorsMax = podAuthorsMax - (before.has(author) ? 0 : spares * podAuthorsSpare);
      if (after.size > authorsMax || total > documentBytesMax - spares * documentSpareBytes)
        throw full('The document of this pod is full');
    }
    this.#most = most;
  }

  /** As a member, which is all that matters while there is room. */
  #isHeard(author: PeerId): boolean {
    const most = this.#most.get(author);
    return most === 'admin' || most === 'member';
  }

  #find(
    news: readonly (readonly [PeerId, Chain])[],
    after: ReadonlyMap<PeerId, Chain>,
  ): ReadonlyMap<PeerId, Most> {
    const statements = [...after.values()].flatMap(chain => chain.statements);
    const ordered = orderedFrom(this.#pod, statements);
    if (!ordered) throw new TabmeshError('corrupt', 'pod', 'It does not hold what founded this pod.');
    const { founding, liars } = ordered;
    const most = standingOfAuthors(founding.author, ordered.statements);
    // What a liar said is void, and letting somebody in may have been part of it.
    const isVoid = ([other, count]: readonly [PeerId, number]) => count >= (liars.get(other) ?? Infinity);
    for (const [author, chain] of news)
      if (!most.has(author) && chain.statements.some(({ seen }) => seen.some(isVoid)))
        most.set(author, 'viewer');
    return most;
  }
}

const stranger = (): TabmeshError =>
  new TabmeshError('denied', 'pod', 'It holds statements of somebody who was never let in.');

const bytesOf = (sealed: readonly Uint8Array[]): number => sealed.reduce((sum, each) => sum + each.length, 0);

const full = (what: string): TabmeshError =>
  new TabmeshError('full', 'pod', `${what}; it takes nothing more. Make a new pod to go on.`);
