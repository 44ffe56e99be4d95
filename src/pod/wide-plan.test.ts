import { expect, test } from 'vitest';
import type { PeerId } from '../base/brand.ts';
import { isKind } from '../base/error.ts';
import { seededRandom } from '../base/random.ts';
import { plan as planned } from './make-plan.ts';
import type { PlanLayer, PlanPeer } from './plan.ts';

const layersOf = (...sizes: number[]): PlanLayer[] =>
  sizes.map(size => ({ weightBytes: size - 1, readBytes: size - 1, cacheBytes: 1 }));
const plan = (layers: PlanLayer[], peers: PlanPeer[]) =>
  planned(layers, peers, { spread: 'wide', headBytes: 10 });
const peersOf = (free: Record<string, number>): PlanPeer[] =>
  Object.entries(free).map(([id, freeBytes]) => ({ id: id as PeerId, freeBytes }));
const ranges = (layers: PlanLayer[], peers: PlanPeer[]) =>
  plan(layers, peers).assignments.map(each => `${each.peer} ${each.first}-${each.last}`);
const caught = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
};

test('layers are shared in proportion to memory, in the order of ids', () => {
  const layers = layersOf(10, 10, 10, 10, 10, 10, 10, 10);
  expect(ranges(layers, peersOf({ c: 100, a: 100, b: 200 }))).toEqual(['a 0-2', 'b 2-6', 'c 6-8']);
  expect(ranges(layers, peersOf({ only: 80 }))).toEqual(['only 0-8']);
});

test('a peer with little memory still gets a layer, one with none is spare', () => {
  const result = plan(layersOf(10, 10, 10, 10), peersOf({ a: 1000, b: 10, c: 0, d: 9 }));
  expect(result.assignments.map(each => [each.peer, each.last - each.first])).toEqual([
    ['a', 3],
    ['b', 1],
  ]);
  expect(result.spare.map(each => each.peer)).toEqual(['c', 'd']);
  expect(result.spare[0]!.reason).toContain('no memory free');
  expect(result.spare[1]!.reason).toContain('9 B');
  expect(result.explanation).toHaveLength(7);
});

test('more peers than layers: the ones with most memory hold them', () => {
  const result = plan(layersOf(10, 10), peersOf({ a: 10, b: 500, c: 10, d: 500 }));
  expect(result.assignments.map(each => each.peer)).toEqual(['b', 'd']);
  expect(result.spare.map(each => each.reason)).toEqual(Array(2).fill('There are more peers than layers.'));
});

test('what does not fit is refused with numbers', () => {
  const short = caught(() => plan(layersOf(10, 10), peersOf({ a: 9, b: 10 })));
  expect(isKind(short, 'full')).toBe(true);
  expect(String(short)).toMatch(/20 B.*19 B.*1 B too little/);
  expect(String(caught(() => plan(layersOf(10, 10), peersOf({ a: 15, b: 8, c: 8 }))))).toContain(
    'cannot be cut',
  );
  expect(
    isKind(
      caught(() => plan(layersOf(10), [])),
      'full',
    ),
  ).toBe(true);
});

test('where nobody lends, that is what is said', () => {
  expect(String(caught(() => plan(layersOf(10), peersOf({ a: 0, b: 0 }))))).toContain(
    'Nobody in this pod lends memory yet. The layers and their caches need 10 B.',
  );
});

test('a peer alone uses what it needs', () => {
  expect(plan(layersOf(10, 10), peersOf({ a: 80 })).explanation[0]).toMatch(
    /take 20 B; one peer holds them all/,
  );
});

test('who cannot load the model is spare, and blamed where nobody else has room', () => {
  const problem = { kind: 'denied', reason: 'It refuses the address.' } as const;
  const [a, b] = peersOf({ a: 20, b: 20 });
  const result = plan(layersOf(10, 10), [{ ...a!, problem }, b!]);
  expect(result.assignments.map(each => each.peer)).toEqual(['b']);
  expect(result.spare).toEqual([{ peer: 'a', reason: 'It cannot load this model. It refuses the address.' }]);
  const blamed = caught(() =>
    plan(layersOf(10, 10), [
      { ...a!, problem },
      { ...b!, freeBytes: 5 },
    ]),
  );
  expect(isKind(blamed, 'denied')).toBe(true);
  expect(String(blamed)).toMatch(/cannot load this model: It refuses the address\. No other peer has room/);
  // Nor would it fit with the one that fails.
  const short = caught(() => plan(layersOf(30, 30), [{ ...a!, problem }, b!]));
  expect(isKind(short, 'full')).toBe(true);
});

/** All partitions of the layers over the peers in this order that fit. */
function* allFits(sizes: number[], free: number[]): Generator<number[]> {
  if (free.length === 0) {
    if (sizes.length === 0) yield [];
    return;
  }
  let bytes = 0;
  for (let count = 0; count <= sizes.length; count++) {
    if (bytes > free[0]!) return;
    for (const rest of allFits(sizes.slice(count), free.slice(1))) yield [count, ...rest];
    bytes += sizes[count]!;
  }
}

test('against brute force: feasible when anything is, most peers at work, nearest to the shares', () => {
  const random = seededRandom(7);
  const below = (limit: number) => Math.floor(random.next() * limit);
  let feasible = 0;
  for (let round = 0; round < 3000; round++) {
    const sizes = Array.from({ length: 1 + below(7) }, () => 1 + below(20));
    const peers = Array.from({ length: 1 + below(4) }, (_, index) => ({
      id: `p${index}` as PeerId,
      freeBytes: below(50),
    }));
    const layers = layersOf(...sizes);
    const able = peers.filter(peer => peer.freeBytes >= Math.min(...sizes));
    const fits = [
      ...allFits(
        sizes,
        able.map(peer => peer.freeBytes),
      ),
    ];
    const shuffled = [...peers].sort(() => random.next() - 0.5);
    if (fits.length === 0) {
      expect(
        isKind(
          caught(() => plan(layers, shuffled)),
          'full',
        ),
      ).toBe(true);
      continue;
    }
    feasible += 1;
    const result = plan(layers, shuffled);
    expect(result).toEqual(plan(layers, peers));
    let next = 0;
    for (const { peer, first, last, bytes } of result.assignments) {
      expect(first).toBe(next);
      expect(last).toBeGreaterThan(first);
      expect(bytes).toBe(sizes.slice(first, last).reduce((sum, size) => sum + size));
      expect(bytes).toBeLessThanOrEqual(peers.find(each => each.id === peer)!.freeBytes);
      next = last;
    }
    expect(next).toBe(sizes.length);
    expect(result.assignments.length + result.spare.length).toBe(peers.length);

    const total = sizes.reduce((sum, size) => sum + size);
    const free = able.reduce((sum, peer) => sum + peer.freeBytes, 0);
    const distance = (counts: number[]) => {
      let at = 0;
      return counts.reduce((sum, count, index) => {
        const bytes = sizes.slice(at, (at += count)).reduce((all, size) => all + size, 0);
        return sum + (bytes - (total * able[index]!.freeBytes) / free) ** 2;
      }, 0);
    };
    const counts = able.map(peer => {
      const mine = result.assignments.find(each => each.peer === peer.id);
      return mine ? mine.last - mine.first : 0;
    });
    const most = Math.max(...fits.map(each => each.filter(Boolean).length));
    expect(counts.filter(Boolean)).toHaveLength(most);
    const nearest = Math.min(...fits.filter(each => each.filter(Boolean).length === most).map(distance));
    expect(distance(counts)).toBeCloseTo(nearest, 6);
  }
  expect(feasible).toBeGreaterThan(1000);
});

test('the largest pod with the largest model is planned', () => {
  const layers = layersOf(...Array.from({ length: 1024 }, (_, index) => 1000 + (index % 7)));
  const peers = Array.from({ length: 32 }, (_, index) => ({ id: `p${index}` as PeerId, freeBytes: 1e6 }));
  expect(plan(layers, peers).assignments).toHaveLength(32);
});
