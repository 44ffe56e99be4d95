import type { PeerId } from '../base/brand.ts';
import type { Member } from '../pod/member.ts';
import { words } from './strings.ts';

/**
 * About how many bytes of layers each member would fetch: in proportion to what it lends. The plan itself is made
 * by the pod when the model is served; this is the sentence before that tap.
 */
export function fetchShares(
  members: readonly Member[],
  self: PeerId | undefined,
  layersBytes: number,
): { name: string; bytes: number }[] {
  const lent = members.reduce((sum, member) => sum + member.memoryBytes, 0);
  return members
    .filter(member => member.memoryBytes > 0)
    .map(member => ({
      name: member.id === self ? words.you : member.name,
      bytes: (layersBytes * member.memoryBytes) / lent,
    }));
}
