/** How the work of attention is cut into workgroups: query heads that share a key head, and shares of the context. */
import type { Hyperparameters } from '../../model/model.ts';

/** Query heads per workgroup: their queries, scores and weights have to fit into 16 KiB of workgroup memory. */
const headsMax = { 64: 8, 128: 8, 256: 4 } as const;

export function headsPerGroup({ heads, kvHeads, keySize, valueSize }: Hyperparameters): number {
  const size = Math.max(keySize, valueSize);
  const most = headsMax[size <= 64 ? 64 : size <= 128 ? 128 : 256];
  const shared = heads / kvHeads;
  for (let count = Math.min(most, shared); count > 1; count--) if (shared % count === 0) return count;
  return 1;
}

/** Workgroups that keep a large GPU busy; more shares than that only add to the merge. */
const groupsWanted = 256;
const sharesMax = 64;

/** Workgroups that divide the pages of one row among them: 1 where the context is short or the rows are many. */
export function sharesFor(hyper: Hyperparameters, rows: number, pages: number): number {
  const groups = rows * (hyper.heads / headsPerGroup(hyper));
  return Math.max(1, Math.min(sharesMax, Math.floor(groupsWanted / groups), Math.floor(pages / 2)));
}

/** Bytes for the shares of any step. */
export const sharesBytes = (hyper: Hyperparameters): number =>
  Math.max(groupsWanted, hyper.heads) * headsPerGroup(hyper) * (hyper.valueSize + 2) * 4;
