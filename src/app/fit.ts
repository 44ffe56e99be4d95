import type { PeerId } from '../base/brand.ts';
import type { Member } from '../pod/member.ts';
import { words } from './strings.ts';

/**
 * Whether a file of `bytes` fits, in a sentence, before its header is read: advice by its size and the memory that is lent
 * now. Caches and working memory come on top. With a header the pod's own planner says it (see ServeCost).
 */
export function fitText(bytes: number, members: readonly Member[], self: PeerId | undefined): string {
  const own = members.find(({ id }) => id === self)?.memoryBytes ?? 0;
  if (bytes <= own) return words.models.fit.here;
  const lent = members.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
  if (bytes > lent) return words.models.fit.no(bytes - lent, members.length < 2);
  const shares = members
    .filter(({ memoryBytes }) => memoryBytes > 0)
    .map(({ id, name, memoryBytes }) => ({
      name: id === self ? words.you : name,
      bytes: (bytes * memoryBytes) / lent,
    }));
  return words.models.fit.pod(shares);
}
