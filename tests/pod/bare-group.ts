/** What a group needs of whoever speaks by hand: no pod behind it, and nothing is told. */
import { seededRandom } from '../../src/base/random.ts';
import type { GroupOptions } from '../../src/pod/group.ts';
import { record } from './rogue-record.ts';

export const bareGroup = (parts: Pick<GroupOptions, 'network' | 'clock' | 'documents'>): GroupOptions => ({
  ...parts,
  random: seededRandom(9),
  record: () => record,
  onChange: () => {},
  onGone: () => {},
  onOut: () => {},
  warn: () => {},
});
