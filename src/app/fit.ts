import type { PeerId } from '../base/brand.ts';
import type { Member } from '../pod/member.ts';
import type { Share } from './model-words.ts';
import { fetchShares } from './shares.ts';
import { words } from './strings.ts';

/**
 * Whether a file of `bytes` fits, in a sentence, before its header is read: advice by its size and the memory that is lent
 * now. Caches and working memory come on top.
 */
export function fitText(bytes: number, members: readonly Member[], self: PeerId | undefined): string {
  const own = members.find(({ id }) => id === self)?.memoryBytes ?? 0;
  if (bytes <= own) return words.models.fit.here;
  const lent = members.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
  if (bytes > lent) return words.models.fit.no(bytes - lent, members.length < 2);
  const shares: readonly Share[] = fetchShares(members, self, bytes);
  return words.models.fit.pod(shares);
}
