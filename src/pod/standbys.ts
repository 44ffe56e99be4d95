import { must } from '../base/assert.ts';
import type { PeerId } from '../base/brand.ts';
import type { Draft } from './draft.ts';
import { type Assignment, layerSizes, nameOf, type PlanPeer, type Standby, sum } from './plan.ts';

interface Stage {
  readonly draft: number;
  readonly assignment: Assignment;
  /** How much its loss would hurt: bytes to load again, and how likely it is. */
  readonly hurt: number;
}

/** Browsers may end a hidden tab whenever memory is short. */
const hiddenLikelihood = 2;

/**
 * Which peers keep copies of which parts of several plans in the memory that is `free` after them (changed here): one copy of each part
 * on another peer, those first whose loss would hurt most. A part that no peer can take whole is shared by several, and
 * left where they cannot take all of it. The same wherever it is computed from the same drafts.
 */
export function standbysOf(drafts: readonly Draft[], free: Map<PeerId, number>): Standby[][] {
  const standbys: Standby[][] = drafts.map(() => []);
  for (const { draft, assignment } of stagesOf(drafts)) {
    const copies = copiesOf(drafts[draft]!, assignment, free);
    for (const { peer, bytes } of copies) free.set(peer, must(free.get(peer)) - bytes);
    standbys[draft]!.push(...copies);
  }
  return standbys.map(each => each.sort((a, b) => a.first - b.first));
}

function stagesOf(drafts: readonly Draft[]): Stage[] {
  const stages = drafts.flatMap(({ assignments, layers, peers }, draft) =>
    assignments.map(assignment => {
      const { first, last } = assignment;
      const owner = must(peers.find(({ id }) => id === assignment.peer));
      const bytes = sum(layers.slice(first, last).map(layer => layer.weightBytes));
      return { draft, assignment, hurt: bytes * (owner.hidden ? hiddenLikelihood : 1) };
    }),
  );
  return stages.sort(
    (a, b) => b.hurt - a.hurt || a.draft - b.draft || a.assignment.first - b.assignment.first,
  );
}

function copiesOf(draft: Draft, stage: Assignment, free: ReadonlyMap<PeerId, number>): Standby[] {
  const { first, last } = stage;
  const roomOf = (peer: PlanPeer) => free.get(peer.id) ?? 0;
  const others = draft.peers.filter(peer => peer.id !== stage.peer && !peer.problem && roomOf(peer) > 0);
  const owner = must(draft.peers.find(({ id }) => id === stage.peer));
  const reason = `If ${nameOf(owner)} is lost, answers go on here at once.`;
  const holds = (peer: PlanPeer) =>
    peer.holds?.some(range => range.first <= first && last <= range.last) ? 0 : 1;
  const whole = others
    .filter(peer => roomOf(peer) >= stage.bytes)
    .sort(
      (a, b) =>
        holds(a) - holds(b) ||
        draft.timing.layers(a, first, last) - draft.timing.layers(b, first, last) ||
        roomOf(b) - roomOf(a),
    )[0];
  if (whole) return [{ peer: whole.id, first, last, bytes: stage.bytes, reason }];
  return shared(
    draft,
    stage,
    others.sort((a, b) => roomOf(b) - roomOf(a)),
    free,
    reason,
  );
}

/** The peers with most room take as many of its layers as they can, one after the other. */
function shared(
  { layers }: Draft,
  { first, last }: Assignment,
  peers: readonly PlanPeer[],
  free: ReadonlyMap<PeerId, number>,
  reason: string,
): Standby[] {
  const sizes = layerSizes(layers);
  const copies: Standby[] = [];
  let at = first;
  for (const { id: peer } of peers) {
    const begin = at;
    let bytes = 0;
    while (at < last && bytes + sizes[at]! <= free.get(peer)!) bytes += sizes[at++]!;
    if (at > begin) copies.push({ peer, first: begin, last: at, bytes, reason });
  }
  return at === last ? copies : [];
}
