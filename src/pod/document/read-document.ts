import type { PeerId, PodId } from '../../base/brand.ts';
import { fromBase64Url, toHex } from '../../base/bytes.ts';
import { inOrder, liarsOf, type Ordered } from './order.ts';
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
  const ordered = orderedFrom(pod, statements);
  return ordered && new Reading(pod, ordered.founding, ordered.statements, ordered.liars).view();
}

/** The statements that count, and in which order; undefined as for `readDocument`. */
export function orderedFrom(
  pod: PodId,
  statements: readonly Statement[],
):
  | {
      readonly founding: Statement;
      readonly statements: Ordered[];
      readonly liars: ReadonlyMap<PeerId, number>;
    }
  | undefined {
  const founding = statements.find(each => isFounding(pod, each));
  if (!founding) return undefined;
  // There is no pod without its founding, so what else its author calls its first statement is nothing.
  const others = statements.filter(each => each.author !== founding.author || each.sequence > 1);
  const liars = liarsOf(others);
  if (liars.get(founding.author) === 1) liars.set(founding.author, 2);
  return { founding, statements: inOrder([founding, ...others], liars), liars };
}
