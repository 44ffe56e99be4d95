import { formatBytes } from '../base/bytes.ts';
import { TabmeshError } from '../base/error.ts';
import type { ChainPart } from './chain-problem.ts';
import { fastestChain } from './chain-search.ts';
import {
  type Assignment,
  type Forecast,
  layerSizes,
  nameOf,
  type Plan,
  type PlanLayer,
  type PlanOptions,
  type PlanPeer,
  sum,
} from './plan.ts';
import { split } from './split.ts';
import { chunkRowsPerSecond, Timing } from './timing.ts';
import { spareReasons } from './why-spare.ts';

/** A plan that has no standbys and no words yet, with what both need. */
export interface Draft extends Omit<Plan, 'standbys' | 'explanation'> {
  readonly layers: readonly PlanLayer[];
  readonly headBytes: number;
  /** In the order of their ids. */
  readonly peers: readonly PlanPeer[];
  readonly timing: Timing;
}

/** Who holds what; see `plan` in make-plan.ts, which throws the same. */
export function draftPlan(
  layers: readonly PlanLayer[],
  peers: readonly PlanPeer[],
  { spread, headBytes }: PlanOptions,
): Draft {
  const sizes = layerSizes(layers);
  const smallest = Math.min(...sizes);
  const sorted = [...peers].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const roomy = sorted.filter(peer => peer.freeBytes > 0 && peer.freeBytes >= smallest);
  const able = roomy.filter(peer => !peer.problem);
  const timing = new Timing(layers, sorted, headBytes);
  const cut = (among: readonly PlanPeer[]): readonly ChainPart[] | undefined =>
    spread === 'wide' ? proportional(sizes, among) : fastestChain(timing.problem(among, true))?.parts;
  const parts = cut(able);
  if (!parts) {
    throw able.length < roomy.length && cut(roomy)
      ? cannotLoad(roomy, sorted.length === 1)
      : tooLarge(sum(sizes), sizes, sorted);
  }
  const assignments = parts.map(({ peer: index, first, last }): Assignment => {
    const peer = able[index]!;
    const bytes = sum(sizes.slice(first, last));
    const ms = timing.layers(peer, first, last) / 1e6;
    return { peer: peer.id, first, last, bytes, ...(timing.isMeasured ? { ms } : {}) };
  });
  const reason = spareReasons({ able, parts, timing, sizes, spread });
  const spare = sorted
    .filter(peer => !assignments.some(each => each.peer === peer.id))
    .map(peer => ({ peer: peer.id, reason: reason(peer) }));
  const forecast = timing.isMeasured ? forecastOf(timing, able, parts) : undefined;
  return {
    spread,
    assignments,
    spare,
    ...(forecast ? { forecast } : {}),
    layers,
    headBytes,
    peers: sorted,
    timing,
  };
}

/** In the order of the peers. */
export function proportional(sizes: readonly number[], peers: readonly PlanPeer[]): ChainPart[] | undefined {
  const counts = split(
    sizes,
    peers.map(peer => peer.freeBytes),
  );
  let first = 0;
  return counts?.flatMap((count, peer) => {
    const last = first + count;
    const part = { peer, first, last };
    first = last;
    return count > 0 ? [part] : [];
  });
}

function forecastOf(timing: Timing, able: readonly PlanPeer[], parts: readonly ChainPart[]): Forecast {
  const ids = parts.map(part => able[part.peer]!.id);
  const between = ids.slice(1).map((id, before) => timing.crossing(ids[before]!, id));
  const ways = timing.asking(ids[0]!) + sum(between) + timing.asking(ids.at(-1)!);
  const layers = sum(parts.map(({ peer, first, last }) => timing.layers(able[peer]!, first, last)));
  const head = timing.head();
  const chunks = parts.map(({ peer, first, last }) => timing.chunk(able[peer]!, first, last));
  // Chunks follow each other, so that the slowest part sets the pace.
  const slowest = Math.max(...chunks.map(nanos => nanos ?? Number.NaN));
  return {
    tokenMs: (layers + ways + head) / 1e6,
    layersMs: layers / 1e6,
    waysMs: ways / 1e6,
    headMs: head / 1e6,
    ...(slowest > 0 ? { promptPerSecond: Math.round(chunkRowsPerSecond(slowest)) } : {}),
  };
}

function cannotLoad(peers: readonly PlanPeer[], alone: boolean): TabmeshError {
  const failing = peers.flatMap(peer => (peer.problem ? [{ name: nameOf(peer), ...peer.problem }] : []));
  const { kind, reason } = failing[0]!;
  if (alone) return new TabmeshError(kind, 'pod', reason);
  const each = failing.map(({ name, reason }) => `${name} cannot load this model: ${reason}`);
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
