import type { PeerId, PodId } from '../../base/brand.ts';
import { fromBase64Url, toHex } from '../../base/bytes.ts';
import { inOrder, liarsOf } from './order.ts';
import { Reading } from './reading.ts';
import type { Statement } from './statement.ts';
import type { DocumentView } from './view.ts';

/** A pod's id is the beginning of the hash of the statement that founded it, so nobody can put another in its place. */
export const podIdOf = ({ hash }: Pick<Statement, 'hash'>): PodId =>
  toHex(fromBase64Url(hash).subarray(0, 16)) as PodId;

export const isFounding = (pod: PodId, statement: Statement): boolean =>
  statement.body.kind === 'found' && statement.sequence === 1 && podIdOf(statement) === pod;

/**
 * What the statements say, whatever the order in which they came; undefined where the one that founded `pod` is not
 * among them. Pure: all who hold the same statements see the same pod.
 */
export function readDocument(pod: PodId, statements: readonly Statement[]): DocumentView | undefined {
  const founding = statements.find(each => isFounding(pod, each));
  if (!founding) return undefined;
  // There is no pod without its founding, so what else its author calls its first statement is nothing.
  const others = statements.filter(each => each.author !== founding.author || each.sequence > 1);
  const liars = liarsOf(others);
  if (liars.get(founding.author) === 1) liars.set(founding.author, 2);
  return new Reading(pod, founding, inOrder([founding, ...others], liars), liars).view();
}

/** Whoever was let in by some invite, rightly or not: it may have said things in good faith, which count or do not. */
export function authorsOf(pod: PodId, statements: readonly Statement[]): Set<PeerId> {
  const authors = new Set<PeerId>();
  for (const statement of statements) {
    if (isFounding(pod, statement)) authors.add(statement.author);
    if (statement.body.kind === 'admit') authors.add(statement.body.peer);
  }
  return authors;
}
