/** Chunks between members: real pods, stores and hashes over the simulated network, and a source that can be taken away. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ModelId } from '../../src/base/brand.ts';
import { MiB, sha256Hex } from '../../src/base/bytes.ts';
import { TabmeshError } from '../../src/base/error.ts';
import { sliceSilentRestMs, sliceUploadsMax } from '../../src/base/limits.ts';
import { until } from '../../src/base/live.ts';
import { seededRandom } from '../../src/base/random.ts';
import { untilAborted } from '../../src/base/until-aborted.ts';
import { chunksOf } from '../../src/model/slice.ts';
import type { SliceProgress } from '../../src/model/slice-loader.ts';
import type { ByteSource } from '../../src/model/source.ts';
import type { Channel, Network } from '../../src/network/network.ts';
import { bringPart } from '../../src/peer/bring-part.ts';
import { FileHashes } from '../../src/peer/file-hashes.ts';
import {
  decodeSliceMessage,
  encodeSliceMessage,
  type SliceMessage,
  sliceProtocol,
} from '../../src/pod/slice-message.ts';
import { settle } from './manual-clock.ts';
import {
  answerOf,
  anybody,
  ask,
  type Faults,
  file,
  membersSeen,
  type PodWorld,
  podWorld,
  sourceOf,
  type TestPeer,
  tiny,
} from './pod-world.ts';

vi.setConfig({ testTimeout: 30_000 });

let house: PodWorld;
beforeEach(async () => {
  house = await podWorld();
});
afterEach(() => house.close());

/** A server far away. The header is read by all; what else it sends is counted. */
class Server {
  up = true;
  bytes = 0;
  spoil = (bytes: Uint8Array<ArrayBuffer>) => bytes;
  /** It answers nothing before this. */
  answers: Promise<void> = Promise.resolve();

  readonly source = (real: ByteSource): ByteSource => ({
    ...real,
    shareable: true,
    local: false,
    read: async (start, end, signal) => {
      if (start === 0) return real.read(start, end, signal);
      if (!this.up) throw new TabmeshError('unavailable', 'model', 'The server is down.');
      await untilAborted(this.answers, signal);
      this.bytes += end - start;
      return this.spoil(await real.read(start, end, signal));
    },
  });
}

interface Somebody extends TestPeer {
  readonly server: Server;
}

const newcomer = async (name: string, faults: Faults = {}): Promise<Somebody> => {
  const server = new Server();
  return Object.assign(await house.peer(name, 64 * MiB, { source: server.source, ...faults }), { server });
};

const whole = { layers: { first: 0, last: 6 } };

async function fetchWhole(peer: TestPeer, model = tiny, onProgress?: (progress: SliceProgress) => void) {
  await peer.library.open(model);
  await (await peer.library.loader(model)).fetch(whole, { onProgress });
}

/** Has all layers stored, read from the source. */
async function holder(name: string, faults: Faults = {}, prepare = (_: Server) => {}): Promise<Somebody> {
  const peer = await newcomer(name, faults);
  prepare(peer.server);
  await fetchWhole(peer);
  return peer;
}

async function meet(...peers: TestPeer[]): Promise<void> {
  await peers[0]!.pod.create('Test pod');
  const link = await peers[0]!.pod.invite('https://example.org/', anybody);
  for (const each of peers.slice(1)) await each.pod.join(link);
  await Promise.all(peers.map(each => membersSeen(each, peers.length)));
}

/** Turns the clock until `work` is done. */
async function inTime<T>(work: Promise<T>): Promise<T> {
  let over = false;
  const end = () => {
    over = true;
  };
  work.then(end, end);
  for (let second = 0; second < 120 && !over; second++) await house.clock.pass(1000);
  return work;
}

async function storedBytes(peer: TestPeer, model = tiny): Promise<Buffer[]> {
  const loader = await peer.library.loader(model);
  const chunks = chunksOf(peer.library.opened(model)!.model, whole);
  return Promise.all(chunks.map(async chunk => Buffer.from((await loader.storedBytes(chunk)) ?? [])));
}

async function hasSame(peer: TestPeer, other: TestPeer): Promise<boolean> {
  const [mine, theirs] = [await storedBytes(peer), await storedBytes(other)];
  return mine.length > 0 && mine.every((bytes, index) => bytes.equals(theirs[index]!));
}

const warnings = (peer: TestPeer) => peer.state().warnings?.map(each => each.peer) ?? [];

type Change = (
  message: SliceMessage,
  channel: Channel,
) => SliceMessage | undefined | Promise<SliceMessage | undefined>;

/** What this peer answers on /tabmesh/slice/2 goes through `change`; undefined is never sent. */
const answering = (change: Change) => ({
  network: (real: Network): Network => ({
    self: real.self,
    status: real.status,
    connections: real.connections,
    addresses: () => real.addresses(),
    connect: (...given) => real.connect(...given),
    open: (...given) => real.open(...given),
    sign: bytes => real.sign(bytes),
    verify: (...given) => real.verify(...given),
    disconnect: peer => real.disconnect(peer),
    stop: () => real.stop(),
    handle(protocol, accept) {
      const changed = (channel: Channel): Channel => ({
        peer: channel.peer,
        protocol: channel.protocol,
        messages: channel.messages,
        close: () => channel.close(),
        abort: reason => channel.abort(reason),
        async send(bytes, signal) {
          const message = await change(decodeSliceMessage(bytes), channel);
          if (message) await channel.send(encodeSliceMessage(message), signal);
        },
      });
      real.handle(protocol, channel => accept(protocol === sliceProtocol ? changed(channel) : channel));
    },
  }),
});

const wrongBytes = answering(message => {
  if (!('piece' in message)) return message;
  const bytes = message.piece.bytes.slice();
  bytes[0]! ^= 1;
  return { piece: { ...message.piece, bytes } };
});

const spoilt = (server: Server) => {
  server.spoil = bytes => bytes.fill(7);
};

test('a peer gets layers from another while the source is down', async () => {
  const [a, b] = [await holder('a'), await newcomer('b')];
  await meet(a, b);
  b.server.up = false;
  const told: SliceProgress[] = [];
  await inTime(fetchWhole(b, tiny, progress => told.push(progress)));
  expect(b.server.bytes).toBe(0);
  expect(await hasSame(b, a)).toBe(true);
  expect(told.at(-1)).toMatchObject({ bytes: told.at(-1)!.totalBytes, memberBytes: told.at(-1)!.totalBytes });
  expect([...warnings(a), ...warnings(b)]).toEqual([]);
});

test('what came from a member is passed on when that member has left', async () => {
  const [a, b, c] = [await holder('a'), await newcomer('b'), await newcomer('c')];
  await meet(a, b, c);
  b.server.up = false;
  c.server.up = false;
  await inTime(fetchWhole(b));
  house.world.kill(a.id);
  await inTime(fetchWhole(c));
  expect(await hasSame(c, b)).toBe(true);
});

test('two members and the source bring a model together', async () => {
  const [a, b, c] = [await holder('a'), await holder('b'), await newcomer('c')];
  await meet(a, b, c);
  await inTime(fetchWhole(c));
  expect(await hasSame(c, a)).toBe(true);
});

test('a member that sends wrong bytes is refused and named, and the chunks come from another', async () => {
  const [a, b, c] = [await holder('a'), await holder('b', wrongBytes), await newcomer('c')];
  await meet(a, b, c);
  c.server.up = false;
  await inTime(fetchWhole(c));
  expect(await hasSame(c, a)).toBe(true);
  expect(warnings(c)).toEqual([b.id]);
  expect([...warnings(a), ...warnings(b)]).toEqual([]);
});

test('a wrong byte never gets in, where there is nobody else to ask', async () => {
  const [b, c] = [await holder('b', wrongBytes), await newcomer('c')];
  await meet(b, c);
  c.server.up = false;
  await expect(inTime(fetchWhole(c))).rejects.toMatchObject({ kind: 'unavailable' });
  expect((await storedBytes(c)).every(bytes => bytes.length === 0)).toBe(true);
  c.server.up = true;
  await inTime(fetchWhole(c));
  expect(warnings(c)).toEqual([b.id]);
});

test('where members say that they read different bytes, the source decides who is named', async () => {
  const [a, liar, c] = [await holder('a'), await holder('liar', {}, spoilt), await newcomer('c')];
  await meet(a, liar, c);
  c.server.up = false;
  await expect(inTime(fetchWhole(c))).rejects.toMatchObject({ kind: 'unavailable' });
  expect(warnings(c)).toEqual([]);
  c.server.up = true;
  await inTime(fetchWhole(c));
  expect(await hasSame(c, a)).toBe(true);
  expect(warnings(c)).toEqual([liar.id]);
});

test('layers that were loaded out of lies are loaded anew, once the source shows one of them', async () => {
  const [honest, liar] = [await holder('honest'), await holder('liar', {}, spoilt)];
  await (await liar.library.loader(tiny)).fetch('head');
  const c = await newcomer('c');
  c.server.up = false;
  await inTime(house.together(tiny, liar, c));
  const holds = () => c.state().members.find(({ id }) => id === c.id)!.holds;
  const gone = until(c.pod.state, () => holds().length === 0);
  c.server.up = true;
  const source = Promise.withResolvers<void>();
  c.server.answers = source.promise;
  const fetched = (await c.library.loader(tiny)).fetch('head');
  await house.clock.pass(1000);
  source.resolve();
  await inTime(Promise.all([fetched, gone]));
  await inTime(until(c.pod.state, () => holds().length > 0));
  await inTime(fetchWhole(c));
  expect(await hasSame(c, honest)).toBe(true);
  expect(warnings(c)).toEqual([liar.id]);
});

/** As a person has it download the whole file, whose SHA-256 somebody lists. */
async function verifies(peer: TestPeer): Promise<void> {
  const { model, source } = await peer.library.open(tiny);
  const bytes = await source.size();
  const sha256 = await sha256Hex(await (await sourceOf(tiny)).read(0, bytes));
  const hashes = async () => new FileHashes([{ bytes, sha256 }], source);
  const options = { signal: new AbortController().signal, onStep: () => {}, hashes };
  await bringPart(model, await peer.library.loader(tiny), 'whole', options);
}

test('on the word of a lone member nothing is taken while the source answers, and its lie is found', async () => {
  const liar = await holder('liar', {}, spoilt);
  const [honest, c] = [await holder('honest'), await newcomer('c')];
  await meet(liar, c);
  const source = Promise.withResolvers<void>();
  c.server.answers = source.promise;
  const told: SliceProgress[] = [];
  const fetched = fetchWhole(c, tiny, progress => told.push(progress));
  await house.clock.pass(60_000);
  expect(told.at(-1)).toMatchObject({ bytes: 0 });
  source.resolve();
  await inTime(fetched);
  expect(told.at(-1)).toMatchObject({ bytes: told.at(-1)!.totalBytes, memberBytes: 0 });
  expect(await hasSame(c, honest)).toBe(true);
  expect(warnings(c)).toEqual([liar.id]);
});

test('who has held the whole file against its listed hash is believed alone, before the source has answered', async () => {
  const [a, c] = [await holder('a'), await newcomer('c')];
  await verifies(a);
  await meet(a, c);
  c.server.answers = new Promise(() => {});
  const told: SliceProgress[] = [];
  await inTime(fetchWhole(c, tiny, progress => told.push(progress)));
  expect(told.at(-1)).toMatchObject({ bytes: told.at(-1)!.totalBytes, memberBytes: told.at(-1)!.totalBytes });
  expect(await hasSame(c, a)).toBe(true);
});

test('a silent member is passed over and nobody is told', async () => {
  const silent = answering(message => ('piece' in message ? undefined : message));
  const [a, b, c] = [await holder('a'), await holder('b', silent), await newcomer('c')];
  await meet(a, b, c);
  c.server.up = false;
  await inTime(fetchWhole(c));
  expect(await hasSame(c, a)).toBe(true);
  expect(warnings(c)).toEqual([]);
});

test('a member that leaves in the middle costs the chunks on their way, no others', async () => {
  let sent = 0;
  // Early, since nothing says how much of the work is whose.
  const leavesAfter = 5;
  const leaves = answering(message => {
    if ('piece' in message && ++sent === leavesAfter) house.world.kill('b' as TestPeer['id']);
    return message;
  });
  const a = await holder('a');
  const [b, c] = [await holder('b', leaves), await newcomer('c')];
  await meet(a, b, c);
  c.server.up = false;
  await inTime(fetchWhole(c));
  expect(sent).toBeGreaterThanOrEqual(leavesAfter);
  expect(await hasSame(c, a)).toBe(true);
  expect(warnings(c)).toEqual([]);
});

test('a further channel that breaks costs the chunk on its way, and its member goes on', async () => {
  const channels = new Set<Channel>();
  let broken = 0;
  const breaks = answering((message, channel) => {
    const [first] = channels.add(channel);
    if (!('piece' in message) || channel === first) return message;
    broken++;
    channel.abort(new TabmeshError('lost', 'network', 'This connection broke.'));
    return undefined;
  });
  const [b, c] = [await holder('b', breaks), await newcomer('c')];
  await meet(b, c);
  c.server.up = false;
  const since = house.clock.now();
  await inTime(fetchWhole(c));
  expect(broken).toBeGreaterThan(0);
  expect(await hasSame(c, b)).toBe(true);
  expect(house.clock.now() - since).toBeLessThan(sliceSilentRestMs);
});

test('who lends nothing gives nothing', async () => {
  const [a, b] = [await holder('a'), await newcomer('b')];
  await meet(a, b);
  b.server.up = false;
  a.memory.set(0);
  await expect(inTime(fetchWhole(b))).rejects.toMatchObject({ kind: 'unavailable' });
  a.memory.set(64 * MiB);
  await inTime(fetchWhole(b));
  expect(await hasSame(b, a)).toBe(true);
});

test('while an answer of its own is under way a peer gives no chunk, and whoever asks waits', async () => {
  let pieces = 0;
  const counts = answering(message => {
    if ('piece' in message) pieces++;
    return message;
  });
  const [a, b] = [await holder('a', counts), await newcomer('b')];
  await meet(a, b);
  await a.pod.serve(tiny, tiny);
  b.server.up = false;
  const answer = a.pod.generate(ask({ maxTokens: 4 }));
  for (let kind: string | undefined; kind !== 'token'; ) {
    const { value, done } = await answer.next();
    expect(done).toBe(false);
    kind = value?.kind;
  }
  // What the plan has b load may be under way since before.
  await settle();
  pieces = 0;
  const fetched = fetchWhole(b);
  await house.clock.pass(5000);
  expect(pieces).toBe(0);
  for await (const _ of answer);
  await inTime(fetched);
  expect(pieces).toBeGreaterThan(0);
  expect(await hasSame(b, a)).toBe(true);
});

test('a dropped file that its owner shares is planned and answered by members that do not have it', async () => {
  const [owner, friend] = [await house.peer('owner'), await house.peer('friend')];
  await meet(owner, friend);
  await owner.library.open(file);
  const read: number[] = [];
  const id = await owner.pod.share(file, 'notes', { onBytes: done => read.push(done) });
  expect(id).toMatch(/^file:[0-9a-f]{64}$/);
  expect(read.length).toBeGreaterThan(1);
  const bothHold = until(friend.pod.state, ({ members }) =>
    members.every(({ holds }) => holds.some(({ model }) => model === id)),
  );
  await inTime(bothHold);
  const answer = await answerOf(friend, ask({ model: id }));
  const alone = await house.peer('alone');
  await alone.pod.serve(tiny, tiny);
  expect(answer.tokens).toEqual((await answerOf(alone, ask())).tokens);
  expect(friend.library.opened(id)?.source.local).toBe(false);
});

test('who has the same file gives it the same id, whatever it is called', async () => {
  const [a, b] = [await house.peer('a'), await house.peer('b')];
  expect(await a.pod.share(file, 'one')).toBe(await b.pod.share(tiny, 'other'));
});

test('another file behind an id is refused, and whoever offers it is named', async () => {
  const [owner, friend] = [await house.peer('owner', 64 * MiB, wrongBytes), await newcomer('friend')];
  await meet(owner, friend);
  const id = await owner.pod.share(file, 'notes');
  await expect(inTime(friend.library.open(id))).rejects.toMatchObject({ kind: 'unavailable' });
  expect(warnings(friend)).toEqual([owner.id]);
});

/** Speaks /tabmesh/slice/2 by hand; answers what it is told until the other side hangs up. */
async function caller(network: Network, to: TestPeer) {
  await network.connect(to.network.addresses());
  const channel = await network.open(to.id, sliceProtocol);
  const heard: SliceMessage[] = [];
  const ended = (async () => {
    for await (const bytes of channel.messages) heard.push(decodeSliceMessage(bytes));
  })().catch(() => {});
  return { channel, heard, ended, say: (message: SliceMessage) => channel.send(encodeSliceMessage(message)) };
}

test('a stranger gets nothing', async () => {
  const a = await holder('a');
  await a.pod.create('Test pod');
  const { say, heard, ended } = await caller(house.world.join('stranger'), a);
  await say({ ask: { model: tiny } }).catch(() => {});
  await ended;
  expect(heard).toEqual([]);
});

test('a member gets no range but whole chunks of what is served, and a few at once', async () => {
  const [a, b] = [await holder('a'), await newcomer('b')];
  await meet(a, b);
  const { say, heard } = await caller(b.network, a);
  const [chunk] = chunksOf(a.library.opened(tiny)!.model, whole);
  await say({ want: { id: 1, model: tiny, start: chunk!.start, end: chunk!.end - 1 } });
  await say({ want: { id: 2, model: 'other' as ModelId, ...chunk! } });
  await say({ want: { id: 3, model: file, start: 0, end: 100 } });
  await say({ want: { id: 4, model: tiny, start: 0, end: 0 } });
  await house.clock.pass(100);
  expect(heard.map(each => ('refusal' in each ? [each.refusal.id, each.refusal.kind] : each))).toEqual(
    expect.arrayContaining([1, 2, 3, 4].map(id => [id, 'not-found'])),
  );
  heard.length = 0;
  await Promise.all([5, 6, 7, 8, 9].map(id => say({ want: { id, model: tiny, ...chunk! } })));
  await house.clock.pass(100);
  const refused = heard.flatMap(each => ('refusal' in each ? [each.refusal] : []));
  expect(refused).toMatchObject([{ id: 9, kind: 'full' }]);
});

test('who asks and then does not read keeps nobody from a place for long', async () => {
  const unread = new Set<string>();
  const stuck = answering((message, { peer }) =>
    'piece' in message && unread.has(peer) ? new Promise(() => {}) : message,
  );
  const a = await holder('a', stuck);
  const [b, c] = [await newcomer('b'), await newcomer('c')];
  await meet(a, b, c);
  unread.add(b.network.self);
  const { say, ended } = await caller(b.network, a);
  const [chunk] = chunksOf(a.library.opened(tiny)!.model, whole);
  for (let id = 0; id < sliceUploadsMax; id++) await say({ want: { id, model: tiny, ...chunk! } });
  await house.clock.pass(100);
  c.server.up = false;
  await inTime(fetchWhole(c));
  expect(await hasSame(c, a)).toBe(true);
  await ended;
});

test('a member that sends garbage is hung up on', async () => {
  const random = seededRandom(3);
  const [a, b] = [await holder('a'), await newcomer('b')];
  await meet(a, b);
  const valid = encodeSliceMessage({ want: { id: 1, model: tiny, start: 5, end: 9 } });
  for (let round = 0; round < 100; round++) {
    const { channel, ended } = await caller(b.network, a);
    const bytes = round % 2 ? random.bytes(40) : valid.map(byte => (random.next() < 0.2 ? byte ^ 255 : byte));
    await channel.send(bytes).catch(() => {});
    await channel.send(Uint8Array.of(255, 255)).catch(() => {});
    await ended;
  }
  b.server.up = false;
  await inTime(fetchWhole(b));
  expect(await hasSame(b, a)).toBe(true);
});
