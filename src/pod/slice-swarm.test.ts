/** One fetch out of members over the simulated network: who serves is real, and the source answers when a test lets it. */
import { beforeEach, expect, test } from 'vitest';
import { ManualClock, settle } from '../../tests/pod/manual-clock.ts';
import type { ModelId, PeerId } from '../base/brand.ts';
import { fromHex, sha256Hex } from '../base/bytes.ts';
import { sourceSilenceMs, spotCheckShare } from '../base/limits.ts';
import { seededRandom } from '../base/random.ts';
import { ChunkOrder, type ChunkOrigin } from '../model/chunk-order.ts';
import type { Model } from '../model/model.ts';
import type { Chunk } from '../model/slice.ts';
import { createMemoryWorld, type MemoryWorld } from '../network/memory-network.ts';
import type { Network } from '../network/network.ts';
import { Giving } from './giving.ts';
import { SliceMarks } from './slice-marks.ts';
import { SliceService } from './slice-service.ts';
import type { SliceShelf } from './slice-shelf.ts';
import { SliceSwarm } from './slice-swarm.ts';
import { SpotChecks } from './spot-checks.ts';

const model = { id: 'm' as ModelId, name: 'Model', fileBytes: 1_000_000 } as Model;
const chunks = Array.from(
  { length: 320 },
  (_, index): Chunk => ({ start: 10 * index, end: 10 * index + 10 }),
);
const truth = ({ start }: Chunk) => new Uint8Array(10).fill(start % 251);
const lie = (chunk: Chunk) => truth(chunk).map(byte => byte ^ 255);

let clock: ManualClock;
let world: MemoryWorld;
let self: Network;
let marks: SliceMarks;
let checks: SpotChecks;
let peers: PeerId[];
let store: Map<Chunk, { bytes: Uint8Array; origin: ChunkOrigin }>;
let forgotten: number;
/** Lets no chunk but the first be drawn. */
let lucky: boolean;

beforeEach(() => {
  clock = new ManualClock();
  const random = seededRandom(7);
  world = createMemoryWorld({ clock, random });
  self = world.join('self');
  marks = new SliceMarks(clock, () => {});
  checks = new SpotChecks({ ...random, next: () => (lucky ? 1 : random.next()) });
  peers = [];
  store = new Map();
  forgotten = 0;
  lucky = false;
});

/** Has every chunk, as it says it is. */
async function member(name: string, how: 'read' | 'verified', bytesOf: (chunk: Chunk) => Uint8Array) {
  const network = world.join(name);
  const entries = await Promise.all(
    chunks.map(async chunk => ({
      ...chunk,
      hash: fromHex(await sha256Hex(bytesOf(chunk) as Uint8Array<ArrayBuffer>)),
      read: how === 'read',
      verified: how === 'verified',
    })),
  );
  const shelf = {
    stock: async () => ({ fileBytes: model.fileBytes, version: 'v1', entries }),
    bytes: async (_: ModelId, chunk: Chunk) => bytesOf(chunk).slice(),
  } as unknown as SliceShelf;
  new SliceService({ network, clock, shelf, giving: new Giving(network.self, clock), isMember: () => true });
  await self.connect(network.addresses());
  peers.push(network.self);
  return network.self;
}

const orderOf = (wanted: readonly Chunk[]) =>
  new ChunkOrder({
    model,
    version: 'v1',
    chunks: wanted,
    clock,
    keep: async (chunk, bytes, origin) => {
      store.set(chunk, { bytes: bytes.slice(), origin });
      return sha256Hex(bytes);
    },
    discard: async chunk => void store.delete(chunk),
    onProgress: () => {},
  });

/** Brings what members leave to it. */
async function patientSource(order: ChunkOrder): Promise<void> {
  for (let idle = 0; !order.signal.aborted; ) {
    await new Promise<void>(resolve => clock.after(20, resolve));
    idle = order.free === order.missing().length ? idle + 1 : 0;
    if (idle < 10) continue;
    for (const claim of order.claimRun(1)) {
      claim.count(1);
      await claim.bring(truth(claim.chunk) as Uint8Array<ArrayBuffer>);
    }
  }
}

async function fetchAll(wanted: readonly Chunk[], source: (order: ChunkOrder) => Promise<void>) {
  const order = orderOf(wanted);
  const onForgotten = () => forgotten++;
  const swarm = new SliceSwarm({
    network: self,
    marks,
    checks,
    order,
    members: () => peers,
    known: undefined,
    onForgotten,
  });
  let over = false;
  const work = Promise.all([swarm.run(), source(order)]).then(() => {
    over = true;
  });
  for (let round = 0; round < 3000 && !over; round++) await clock.pass(20);
  await work;
  await settle();
}

const wrong = () => [...store].filter(([chunk, { bytes }]) => bytes[0] !== truth(chunk)[0]).length;
const fromSource = () => [...store.values()].filter(({ origin }) => origin === 'source').length;
const warned = () => marks.warnings().map(({ peer }) => peer);

test('who is honest costs the source one chunk and about one in sixteen', async () => {
  await member('a', 'verified', truth);
  await fetchAll(chunks, patientSource);
  expect([store.size, wrong(), warned()]).toEqual([chunks.length, 0, []]);
  expect(fromSource()).toBeGreaterThan(1);
  expect(fromSource()).toBeLessThanOrEqual(1 + 2 * spotCheckShare * chunks.length);
});

test('who claims to have verified a file and lies is found, and nothing of it is kept', async () => {
  const liar = await member('liar', 'verified', lie);
  await fetchAll(chunks.slice(0, 40), patientSource);
  expect([store.size, wrong(), warned()]).toEqual([40, 0, [liar]]);
});

test('who lies about every other chunk is found by one of them', async () => {
  const liar = await member('liar', 'verified', chunk => (chunk.start % 20 === 0 ? truth : lie)(chunk));
  await fetchAll(chunks, patientSource);
  expect([store.size, wrong(), warned()]).toEqual([chunks.length, 0, [liar]]);
});

test('two that lie alike are found', async () => {
  const [one, two] = [await member('one', 'read', lie), await member('two', 'read', lie)];
  await fetchAll(chunks.slice(0, 40), patientSource);
  expect([store.size, wrong(), warned().sort()]).toEqual([40, 0, [one, two].sort()]);
});

test('what was fetched earlier on the word of a liar is forgotten, too', async () => {
  const liar = await member('liar', 'verified', chunk => (chunk.start < 10 ? truth : lie)(chunk));
  // Its first is true.
  lucky = true;
  await fetchAll(chunks.slice(0, 1), patientSource);
  await fetchAll(chunks.slice(1, 2), patientSource);
  expect([store.size, wrong(), warned(), forgotten]).toEqual([2, 1, [], 0]);
  lucky = false;
  await fetchAll(chunks.slice(2), patientSource);
  expect([store.size, wrong(), warned(), forgotten]).toEqual([chunks.length - 1, 0, [liar], 1]);
});

test('a source that falls silent holds nobody up for long', async () => {
  await member('a', 'verified', truth);
  const begun = clock.now();
  await fetchAll(chunks, async order => {
    order.claimRun(Number.POSITIVE_INFINITY);
    await new Promise<void>(resolve => order.signal.addEventListener('abort', () => resolve()));
  });
  expect([store.size, fromSource(), wrong()]).toEqual([chunks.length, 0, 0]);
  expect(clock.now() - begun).toBeLessThan(4 * sourceSilenceMs);
});

test('where the source is gone members are taken at their word', async () => {
  await member('a', 'read', truth);
  await fetchAll(chunks, async order => order.endSource());
  expect([store.size, fromSource()]).toEqual([chunks.length, 0]);
});
