import { expect, test } from 'vitest';
import { seededRandom } from '../base/random.ts';
import { type Candidate, choose, estimateMs, type Standing } from './policy.ts';

const standing = (more: Partial<Standing> = {}): Standing => ({
  firstMs: undefined,
  tokenMs: undefined,
  inFlight: 0,
  restUntil: 0,
  told: false,
  ...more,
});
const candidate = (name: string, more: Partial<Standing> = {}, rank = 0) => ({
  name,
  rank,
  standing: standing(more),
});
type Named = Candidate & { readonly name: string };

const asked = 4000;

/** How often each was chosen. */
function counted(candidates: readonly Named[], now = 0): Map<string, number> {
  const random = seededRandom(5);
  const counts = new Map<string, number>();
  for (let round = 0; round < asked; round++) {
    const name = choose(candidates, now, random)?.name ?? 'nobody';
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

test('a lower rank is asked first, whatever its times', () => {
  const pod = candidate('pod', { firstMs: 30_000, tokenMs: 900, inFlight: 4 });
  expect(counted([candidate('cloud', { firstMs: 10, tokenMs: 1 }, 1), pod])).toEqual(
    new Map([['pod', asked]]),
  );
});

test('the faster of two is asked every time, the fastest of many most often, and the slow ones sometimes', () => {
  const fast = candidate('fast', { firstMs: 100, tokenMs: 10 });
  const slow = candidate('slow', { firstMs: 1000, tokenMs: 100 });
  expect(counted([slow, fast]).get('fast')).toBe(asked);
  const many = counted([fast, candidate('near', { firstMs: 200, tokenMs: 12 }), slow, candidate('new')]);
  expect(many.get('fast')).toBeGreaterThan(many.get('near')!);
  expect(many.get('near')).toBeGreaterThan(many.get('new')!);
  expect(many.get('new')).toBeGreaterThan(asked / 100);
});

test('requests in flight count against the fast one', () => {
  const busy = candidate('busy', { firstMs: 100, tokenMs: 10, inFlight: 3 });
  expect(counted([busy, candidate('idle', { firstMs: 200, tokenMs: 15 })]).get('idle')).toBe(asked);
});

test('who rests comes last, the soonest back first; who said until when is not asked before', () => {
  const weary = candidate('weary', { restUntil: 500 });
  const wearier = candidate('wearier', { restUntil: 900 });
  const told = candidate('told', { restUntil: 100, told: true });
  const far = candidate('far', {}, 3);
  expect(counted([weary, told, far]).get('far')).toBe(asked);
  expect(counted([told, wearier, weary]).get('weary')).toBe(asked);
  expect(counted([told]).get('nobody')).toBe(asked);
  expect(counted([told, far], 100).get('told')).toBe(asked);
  expect(choose([], 0, seededRandom(1))).toBeUndefined();
});

/**
 * Many who ask, and know of the servers what was true when all were told last, every `tellEveryMs`. A server does one
 * request after the other and says no where four are in it. Gives the noes for each request.
 */
function simulate(pick: (known: readonly Named[]) => Named | undefined, tellEveryMs: number): number {
  const random = seededRandom(42);
  const servers = Array.from({ length: 20 }, (_, index) => ({
    name: `s${index}`,
    serviceMs: 400 + 180 * index,
    ends: [] as number[],
  }));
  const load = 0.7 * servers.reduce((sum, { serviceMs }) => sum + 1 / serviceMs, 0);
  let known: Named[] = [];
  let [requests, noes, toldAt] = [0, 0, -Infinity];
  for (let now = 0; now < 300_000; now += 20) {
    for (const server of servers) server.ends = server.ends.filter(end => end > now);
    if (now - toldAt >= tellEveryMs) {
      toldAt = now;
      known = servers.map(({ name, serviceMs, ends }) =>
        candidate(name, { firstMs: serviceMs, tokenMs: 0, inFlight: ends.length }),
      );
    }
    if (random.next() > 20 * load) continue;
    requests++;
    for (let left = known; left.length > 0; noes++) {
      const chosen = pick(left);
      const server = servers.find(({ name }) => name === chosen?.name)!;
      if (server.ends.length < 4) {
        server.ends.push(Math.max(now, ...server.ends) + server.serviceMs);
        break;
      }
      left = left.filter(each => each !== chosen);
    }
  }
  return noes / requests;
}

test('old knowledge makes no herd: two draws are refused seldom, the best known place mostly', () => {
  const random = seededRandom(9);
  const two = (known: readonly Named[]) => choose(known, 0, random);
  const loaded = ({ standing }: Named) => estimateMs(standing) * (1 + standing.inFlight);
  const best = (known: readonly Named[]) => [...known].sort((a, b) => loaded(a) - loaded(b))[0];
  const refused = simulate(two, 30_000);
  expect(refused).toBeLessThan(0.5);
  expect(simulate(best, 30_000)).toBeGreaterThan(10 * refused);
});
