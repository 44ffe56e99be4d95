import { expect, test, vi } from 'vitest';
import type { PeerId } from '../base/brand.ts';
import { type Random, seededRandom } from '../base/random.ts';
import { proportional } from './draft.ts';
import { plan } from './make-plan.ts';
import { layerSizes, type Plan, type PlanLayer, type PlanPeer } from './plan.ts';

// Searches on a shared machine: what takes a second here may take ten elsewhere.
vi.setConfig({ testTimeout: 60_000 });

const MB = 1e6;
/** What a crossing takes beside half of the round trip. */
const crossingMs = 1;
const options = { spread: 'fast', headBytes: 5 * MB } as const;

const layersOf = (count: number, megabytes = 10): PlanLayer[] =>
  Array.from({ length: count }, () => ({
    weightBytes: megabytes * MB,
    readBytes: megabytes * MB,
    cacheBytes: MB,
  }));

interface Given {
  readonly free: number;
  /** For a MB. */
  readonly ms?: number;
  readonly hidden?: boolean;
  readonly holds?: PlanPeer['holds'];
}

/** All of them `roundTripMs` apart. */
function peersOf(given: Record<string, Given>, roundTripMs: number): PlanPeer[] {
  return Object.entries(given).map(([id, { free, ms, hidden = false, holds = [] }]) => ({
    id: id as PeerId,
    name: id,
    freeBytes: free * MB,
    hidden,
    holds,
    ...(ms === undefined ? {} : { speed: { rowNanosPerMB: ms * 1e6 } }),
    roundTrips: Object.keys(given).map(peer => ({ peer: peer as PeerId, ms: roundTripMs })),
  }));
}

const ranges = ({ assignments }: Pick<Plan, 'assignments'>) =>
  assignments.map(each => `${each.peer} ${each.first}-${each.last}`);
const copies = ({ standbys }: Plan) => standbys.map(each => `${each.peer} ${each.first}-${each.last}`);
const spareReason = ({ spare }: Plan, peer: string) => spare.find(each => each.peer === peer)?.reason;

test('one peer that fits all of it holds it, and the next best keeps a copy', () => {
  const peers = peersOf(
    { a: { free: 100, ms: 0.2 }, b: { free: 100, ms: 0.1 }, c: { free: 20, ms: 0.1 } },
    4,
  );
  const result = plan(layersOf(8), peers, options);
  expect(ranges(result)).toEqual(['b 0-8']);
  expect(copies(result)).toEqual(['a 0-8']);
  expect(result.explanation.join('\n')).toContain('b takes 8.0 ms of the 13 ms of a token.');
  // From c to b, and its one layer: as fast as b's, so that all of it is the way.
  expect(spareReason(result, 'c')).toMatch(/^Adding it would add \d\.\d ms to a token\.$/);
  expect(result.explanation.join('\n')).toContain('a is a standby. Adding it would add');
});

test('a part goes to another peer where that is faster than the way to it', () => {
  const slowAndFast = { a: { free: 1000, ms: 2 }, b: { free: 45, ms: 0.1 } };
  expect(ranges(plan(layersOf(8), peersOf(slowAndFast, 2), options))).toEqual(['a 0-4', 'b 4-8']);
  expect(ranges(plan(layersOf(8), peersOf(slowAndFast, 400), options))).toEqual(['a 0-8']);
});

test('layers spread only as far as memory is short', () => {
  const result = plan(
    layersOf(8),
    peersOf({ a: { free: 50, ms: 1 }, b: { free: 30, ms: 1 }, c: { free: 44, ms: 1 } }, 2),
    options,
  );
  expect(result.assignments).toHaveLength(2);
  expect(result.assignments.map(each => each.peer).toSorted()).toEqual(['a', 'c']);
});

test('a hidden tab counts as half as fast', () => {
  const both = { a: { free: 100, ms: 1, hidden: true }, b: { free: 100, ms: 1.5 } };
  expect(ranges(plan(layersOf(4), peersOf(both, 1), options))).toEqual(['b 0-4']);
});

test('who has not measured counts as the median', () => {
  const given = { a: { free: 100 }, b: { free: 100, ms: 3 }, c: { free: 100, ms: 1 }, d: { free: 1, ms: 1 } };
  expect(ranges(plan(layersOf(4), peersOf(given, 1), options))).toEqual(['a 0-4']);
  expect(plan(layersOf(4), peersOf(given, 1), options).explanation.join(' ')).toContain(
    'a has not measured itself yet and counts as the median',
  );
  const nobody = plan(layersOf(4), peersOf({ a: { free: 100 }, b: { free: 100 } }, 1), options);
  expect(nobody.forecast).toBeUndefined();
  expect(ranges(nobody)).toEqual(['a 0-4']);
});

test('layers that are held stay where they are, unless another is faster by more than a tenth', () => {
  const held = [{ first: 0, last: 4 }];
  const newcomer = (ms: number) =>
    ranges(
      plan(layersOf(4), peersOf({ a: { free: 99, ms }, b: { free: 99, ms: 1, holds: held } }, 1), options),
    );
  expect(newcomer(1)).toEqual(['b 0-4']);
  expect(newcomer(0.95)).toEqual(['b 0-4']);
  expect(newcomer(0.7)).toEqual(['a 0-4']);
});

test('copies: one of each part elsewhere, the largest first, shared where nobody has room for all', () => {
  const given = {
    a: { free: 60, ms: 1 },
    b: { free: 60, ms: 1 },
    c: { free: 36, ms: 1 },
    d: { free: 36, ms: 1 },
  };
  const result = plan(layersOf(8), peersOf(given, 1), options);
  expect(result.assignments.map(each => each.peer)).toEqual(['a', 'b']);
  const owner = new Map(result.assignments.map(each => [each.peer, each]));
  for (const { peer, first, last, bytes } of result.standbys) {
    const own = owner.get(peer);
    expect(own === undefined || last <= own.first || own.last <= first).toBe(true);
    expect(bytes).toBe((last - first) * 11 * MB);
  }
  const covered = result.standbys.reduce((sum, { first, last }) => sum + last - first, 0);
  expect(covered).toBeGreaterThanOrEqual(Math.max(...result.assignments.map(each => each.last - each.first)));
  const alone = plan(layersOf(4), peersOf({ a: { free: 60, ms: 1 } }, 1), options);
  expect(alone.standbys).toEqual([]);
});

const below = (random: Random, limit: number) => Math.floor(random.next() * limit);

/** Layers and peers at random; every round trip is another. */
function randomCase(random: Random, peers: number, layers: number, room: number): [PlanLayer[], PlanPeer[]] {
  const ids = Array.from({ length: peers }, (_, index) => `p${String(index).padStart(2, '0')}` as PeerId);
  const made = Array.from({ length: layers }, () => {
    const bytes = (1 + below(random, 9)) * MB;
    return { weightBytes: bytes, readBytes: bytes, cacheBytes: MB };
  });
  return [
    made,
    ids.map((id, index) => ({
      id,
      name: id,
      freeBytes: below(random, room) * MB,
      speed: { rowNanosPerMB: 100_000 * (1 + below(random, 30)) },
      roundTrips: ids.slice(0, index).map(peer => ({ peer, ms: 2 * below(random, 10) })),
    })),
  ];
}

/** What a token takes over these parts, in ms, worked out anew. */
function tokenMs(
  layers: PlanLayer[],
  peers: PlanPeer[],
  parts: { peer: PeerId; first: number; last: number }[],
): number {
  const speed = (peer: PlanPeer) => peer.speed!.rowNanosPerMB / 1e6;
  const way = (a: PeerId, b: PeerId): number => {
    if (a === b) return 0;
    const [low, high] = a < b ? [a, b] : [b, a];
    const { roundTrips } = peers.find(({ id }) => id === high)!;
    return roundTrips!.find(({ peer }) => peer === low)!.ms / 2 + crossingMs;
  };
  const mean = (of: (asker: PlanPeer) => number) =>
    peers.reduce((sum, peer) => sum + of(peer), 0) / peers.length;
  let ms = mean(asker => 5 * speed(asker));
  ms += mean(({ id }) => way(id, parts[0]!.peer) + way(parts.at(-1)!.peer, id));
  parts.forEach(({ peer, first, last }, index) => {
    const bytes = layers.slice(first, last).reduce((sum, layer) => sum + layer.readBytes, 0);
    ms += (bytes / MB) * speed(peers.find(({ id }) => id === peer)!);
    if (index > 0) ms += way(parts[index - 1]!.peer, peer);
  });
  return ms;
}

/** Every order of every choice of peers, with every split that fits. */
function* allChains(
  layers: PlanLayer[],
  peers: PlanPeer[],
  first = 0,
): Generator<{ peer: PeerId; first: number; last: number }[]> {
  if (first === layers.length) yield [];
  for (const { id: peer, freeBytes } of peers) {
    let bytes = 0;
    for (let last = first + 1; last <= layers.length; last++) {
      bytes += layers[last - 1]!.weightBytes + layers[last - 1]!.cacheBytes;
      if (bytes > freeBytes) break;
      const others = peers.filter(each => each.id !== peer);
      for (const rest of allChains(layers, others, last)) yield [{ peer, first, last }, ...rest];
    }
  }
}

test('against brute force: no order and no split is faster', () => {
  const random = seededRandom(11);
  let feasible = 0;
  let divided = 0;
  for (let round = 0; round < 300; round++) {
    const [layers, peers] = randomCase(random, 1 + below(random, 4), 1 + below(random, 6), 40);
    const costs = [...allChains(layers, peers)].map(parts => tokenMs(layers, peers, parts));
    if (costs.length === 0) {
      expect(() => plan(layers, peers, options)).toThrow();
      continue;
    }
    feasible += 1;
    const result = plan(layers, peers, options);
    expect(result).toEqual(plan(layers, peers.toReversed(), options));
    expect(tokenMs(layers, peers, [...result.assignments])).toBeCloseTo(Math.min(...costs), 4);
    expect(result.forecast!.tokenMs).toBeCloseTo(Math.min(...costs), 4);
    if (result.assignments.length > 1) divided += 1;
    checkMemory(layers, peers, result);
  }
  expect(feasible).toBeGreaterThan(150);
  expect(divided).toBeGreaterThan(30);
});

/** Parts and copies together fit, and no peer keeps a copy of its own part. */
function checkMemory(layers: PlanLayer[], peers: PlanPeer[], { assignments, standbys }: Plan): void {
  const sizes = layerSizes(layers);
  for (const { id, freeBytes } of peers) {
    const mine = [...assignments, ...standbys].filter(each => each.peer === id);
    const bytes = mine.reduce(
      (sum, { first, last }) => sum + sizes.slice(first, last).reduce((a, b) => a + b),
      0,
    );
    expect(bytes).toBeLessThanOrEqual(freeBytes);
    const held = mine.flatMap(({ first, last }) =>
      Array.from({ length: last - first }, (_, nth) => first + nth),
    );
    expect(new Set(held).size).toBe(held.length);
  }
}

/** The fastest first, each filled as far as its memory goes. */
function greedy(layers: PlanLayer[], peers: PlanPeer[]) {
  const sizes = layerSizes(layers);
  const parts: { peer: PeerId; first: number; last: number }[] = [];
  let at = 0;
  for (const peer of peers.toSorted((a, b) => a.speed!.rowNanosPerMB - b.speed!.rowNanosPerMB)) {
    const first = at;
    for (let bytes = 0; at < sizes.length && bytes + sizes[at]! <= peer.freeBytes; at++) bytes += sizes[at]!;
    if (at > first) parts.push({ peer: peer.id, first, last: at });
  }
  return at === sizes.length ? parts : undefined;
}

test('up to 32 peers: never slower than shares in proportion, nor than the fastest first', () => {
  const random = seededRandom(5);
  let compared = 0;
  for (let round = 0; round < 12; round++) {
    const [layers, peers] = randomCase(random, 9 + below(random, 24), 20 + below(random, 20), 60);
    const shares = proportional(layerSizes(layers), peers)?.map(({ peer, first, last }) => ({
      peer: peers[peer]!.id,
      first,
      last,
    }));
    const others = [shares, greedy(layers, peers)].flatMap(parts =>
      parts ? [tokenMs(layers, peers, parts)] : [],
    );
    if (others.length === 0) continue;
    const result = plan(layers, peers, options);
    compared += 1;
    expect(result).toEqual(plan(layers, peers.toReversed(), options));
    expect(result.forecast!.tokenMs).toBeLessThanOrEqual(Math.min(...others) + 1e-4);
    expect(result.forecast!.tokenMs).toBeCloseTo(tokenMs(layers, peers, [...result.assignments]), 4);
    checkMemory(layers, peers, result);
  }
  expect(compared).toBeGreaterThan(6);
});
