import type { PeerId } from '../base/brand.ts';
import { formatBytes } from '../base/bytes.ts';
import { type ErrorRecord, TabmeshError } from '../base/error.ts';
import { peerName } from '../network/peer-name.ts';
import { split } from './split.ts';

export interface PlanPeer {
  readonly id: PeerId;
  /** Bytes free for this model's layers and their caches. */
  readonly freeBytes: number;
  /** Why it cannot load this model and is left out. */
  readonly problem?: Pick<ErrorRecord, 'kind' | 'reason'>;
}

export interface PlanLayer {
  /** Exact bytes of the layer's tensors. */
  readonly weightBytes: number;
  /** Bytes of its key-value cache at the chosen context. */
  readonly cacheBytes: number;
}

/** Half-open, as LayerRange: layers first ... last - 1. */
export interface Assignment {
  readonly peer: PeerId;
  readonly first: number;
  readonly last: number;
  readonly bytes: number;
}

export interface Plan {
  readonly assignments: readonly Assignment[];
  /** Peers that hold nothing, each with its reason. */
  readonly spare: readonly { readonly peer: PeerId; readonly reason: string }[];
  /** Sentences that say why it is so. */
  readonly explanation: readonly string[];
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

/**
 * Cuts the layers into one contiguous range per peer, in the order of their ids: as many peers take part as can, each
 * gets bytes in proportion to what it has free and never more than that. The same for every order of `peers`, so that
 * every member comes to the same plan. Where no such cut exists, throws TabmeshError('full', 'pod'), or the problem of a
 * peer without which there would be one.
 */
export function plan(layers: readonly PlanLayer[], peers: readonly PlanPeer[]): Plan {
  const sizes = layers.map(layer => layer.weightBytes + layer.cacheBytes);
  const needed = sum(sizes);
  const smallest = Math.min(...sizes);
  const sorted = [...peers].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const roomy = sorted.filter(peer => peer.freeBytes > 0 && peer.freeBytes >= smallest);
  const able = roomy.filter(peer => !peer.problem);
  const counts = split(
    sizes,
    able.map(peer => peer.freeBytes),
  );
  if (!counts) {
    const room = roomy.map(peer => peer.freeBytes);
    throw able.length < roomy.length && split(sizes, room)
      ? cannotLoad(roomy, sorted.length === 1)
      : tooLarge(needed, sizes, sorted);
  }
  const assignments: Assignment[] = [];
  let first = 0;
  able.forEach((peer, index) => {
    const last = first + counts[index]!;
    if (last > first) assignments.push({ peer: peer.id, first, last, bytes: sum(sizes.slice(first, last)) });
    first = last;
  });
  const used = new Set(assignments.map(each => each.peer));
  const spare = sorted
    .filter(peer => !used.has(peer.id))
    .map(peer => ({ peer: peer.id, reason: whySpare(peer, smallest, used.size >= layers.length) }));
  return { assignments, spare, explanation: explain(needed, assignments, layers.length, able, spare) };
}

function whySpare(peer: PlanPeer, smallest: number, layersGone: boolean): string {
  if (peer.problem) return `It cannot load this model. ${peer.problem.reason}`;
  if (peer.freeBytes <= 0) return 'It has no memory free for layers of this model; it can still ask.';
  if (peer.freeBytes < smallest) {
    return `It has ${formatBytes(peer.freeBytes)} free and the smallest layer needs ${formatBytes(smallest)}.`;
  }
  return layersGone
    ? 'There are more peers than layers.'
    : `Its ${formatBytes(peer.freeBytes)} do not hold the layers that would be its turn.`;
}

function explain(
  needed: number,
  assignments: readonly Assignment[],
  layers: number,
  able: readonly PlanPeer[],
  spare: Plan['spare'],
): string[] {
  const free = sum(able.map(peer => peer.freeBytes));
  const what = `${layers} ${layers === 1 ? 'layer' : 'layers'} with caches for a conversation`;
  return [
    assignments.length === 1
      ? `${what} take ${formatBytes(needed)}; one peer holds them all.`
      : `${what} take ${formatBytes(needed)}; ${assignments.length} peers share them in proportion to their memory.`,
    ...assignments.map(({ peer, first, last, bytes }) => {
      const range = last - first === 1 ? `layer ${first + 1}` : `layers ${first + 1} to ${last}`;
      const own = able.find(each => each.id === peer)!.freeBytes;
      const holds = `${peerName(peer)} holds ${range} of ${layers}`;
      if (able.length === 1)
        return `${holds}: it uses ${formatBytes(bytes)} of the ${formatBytes(own)} that it lends.`;
      const share = Math.round((100 * own) / free);
      return `${holds} (${formatBytes(bytes)}): it lends ${share} % of ${formatBytes(free)}.`;
    }),
    ...spare.map(({ peer, reason }) => `${peerName(peer)} is spare. ${reason}`),
  ];
}

function cannotLoad(peers: readonly PlanPeer[], alone: boolean): TabmeshError {
  const failing = peers.flatMap(({ id, problem }) => (problem ? [{ id, ...problem }] : []));
  const { kind, reason } = failing[0]!;
  if (alone) return new TabmeshError(kind, 'pod', reason);
  const each = failing.map(({ id, reason }) => `${peerName(id)} cannot load this model: ${reason}`);
  return new TabmeshError(kind, 'pod', `${each.join(' ')} No other peer has room for it.`);
}

function tooLarge(needed: number, sizes: readonly number[], peers: readonly PlanPeer[]): TabmeshError {
  const available = sum(peers.map(peer => (peer.problem ? 0 : Math.max(0, peer.freeBytes))));
  const need = `The layers and their caches need ${formatBytes(needed)}`;
  if (peers.every(peer => peer.freeBytes <= 0)) {
    const nobody =
      peers.length > 1 ? 'Nobody in this pod lends memory yet.' : 'This peer lends no memory yet.';
    return new TabmeshError('full', 'pod', `${nobody} ${need}. Lend some, or invite a peer that does.`);
  }
  const has = `the pod has ${formatBytes(available)} free on ${peers.length} ${peers.length === 1 ? 'peer' : 'peers'}`;
  const why =
    available < needed
      ? `: ${formatBytes(needed - available)} too little.`
      : `, but whole layers of up to ${formatBytes(Math.max(...sizes))} cannot be cut to fit each peer.`;
  const next = 'Lend more memory, invite another peer or choose a smaller model.';
  return new TabmeshError('full', 'pod', `${need}; ${has}${why} ${next}`);
}
