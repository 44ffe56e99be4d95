import type { PeerId } from '../base/brand.ts';
import type { Member } from '../pod/member.ts';
import { words } from './strings.ts';

/**
 * Whether a file of `bytes` fits, in a sentence, before its header is read: advice by its size and the memory that is lent
 * now, beside what is left for conversations. With a header the pod's own planner says it (see ServeCost).
 */
export function fitText(bytes: number, members: readonly Member[], self: PeerId | undefined): string {
  const own = members.find(({ id }) => id === self)?.memoryBytes ?? 0;
  if (bytes <= own) return words.models.fit.here(own - bytes);
  const lent = lentBy(members);
  if (bytes > lent) return words.models.fit.no(bytes - lent, members.length < 2);
  const shares = members
    .filter(({ memoryBytes }) => memoryBytes > 0)
    .map(({ id, name, memoryBytes }) => ({
      name: id === self ? words.you : name,
      bytes: (bytes * memoryBytes) / lent,
    }));
  return words.models.fit.pod(shares, lent - bytes);
}

/** Why there is no plan for a model whose layers take so much: a smaller file would help, or a shorter conversation. */
export function lackText(layersBytes: number, members: readonly Member[]): string {
  const { fit } = words.models;
  const missing = layersBytes - lentBy(members);
  return missing > 0 ? fit.layersLack(missing) : `${fit.conversationLacks} ${fit.shorter}`;
}

const lentBy = (members: readonly Member[]): number =>
  members.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
