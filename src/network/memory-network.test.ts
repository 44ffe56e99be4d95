import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../tests/pod/manual-clock.ts';
import { systemClock } from '../base/clock.ts';
import { seededRandom } from '../base/random.ts';
import { createMemoryWorld } from './memory-network.ts';
import type { Channel, Protocol } from './network.ts';
import { networkContract } from './network-contract.ts';

const create = () => createMemoryWorld({ clock: systemClock, random: seededRandom(1) });
const protocol: Protocol = { name: '/tabmesh/test/1', messageBytesMax: 100 };
const nobody = async () => ['/memory/nobody/p2p/nobody'];

describe('without latency', () => {
  const world = create();
  networkContract({ join: async () => world.join(), nobody });
});

describe('with latency and jitter', () => {
  const world = create();
  world.latency(2, 3);
  networkContract({ join: async () => world.join(), nobody });
});

const pair = async (world: ReturnType<typeof create>) => {
  const [a, b] = [world.join('a'), world.join('b')];
  const accepted = Promise.withResolvers<Channel>();
  b.handle(protocol, accepted.resolve);
  await a.connect(b.addresses());
  const near = await a.open(b.self, protocol);
  return { a, b, near, far: await accepted.promise };
};
const next = (channel: Channel) => channel.messages[Symbol.asyncIterator]().next();

test('a killed peer says nothing, and is seen to be gone', async () => {
  const world = create();
  const { a, b, near } = await pair(world);
  world.kill(b.self);
  await expect(next(near)).rejects.toMatchObject({ kind: 'lost', origin: 'network' });
  expect(a.connections.peek()).toEqual([]);
  await expect(a.connect(['/memory/b/p2p/b'])).rejects.toMatchObject({ kind: 'unavailable' });
});

test('a peer that is killed while it dials leaves no connection behind', async () => {
  const clock = new ManualClock();
  const world = createMemoryWorld({ clock, random: seededRandom(1) });
  world.latency(100);
  const [a, b] = [world.join('a'), world.join('b')];
  const dialling = a.connect(b.addresses());
  const failed = expect(dialling).rejects.toMatchObject({ kind: 'lost' });
  await clock.pass(150);
  expect(b.connections.peek()).toHaveLength(1);
  world.kill(a.self);
  await clock.pass(200);
  await failed;
  expect([a.connections.peek(), b.connections.peek()]).toEqual([[], []]);
});

test('where packets are lost messages come late, whole and in order, and now and then the connection breaks', async () => {
  const clock = new ManualClock();
  const world = createMemoryWorld({ clock, random: seededRandom(3) });
  const { a, b, near, far } = await pair(world);
  world.lose(a.self, b.self, 0.4);
  const arrived: { index: number; at: number }[] = [];
  const reading = (async () => {
    for await (const [index = -1] of far.messages) arrived.push({ index, at: clock.now() });
  })();
  reading.catch(() => {});
  let sent = 0;
  while (a.connections.peek().length > 0) {
    await near.send(Uint8Array.of(sent)).then(
      () => sent++,
      () => {},
    );
    await clock.pass(50);
  }
  await expect(reading).rejects.toMatchObject({ kind: 'lost' });
  expect(sent).toBeGreaterThan(10);
  expect(arrived.map(({ index }) => index)).toEqual(arrived.map((_, at) => at));
  const late = arrived.filter(({ index, at }) => at > 50 * index);
  expect(late.length).toBeGreaterThan(0);
  expect(late.length).toBeLessThan(arrived.length);
  expect(b.connections.peek()).toEqual([]);
  world.lose(a.self, b.self, 0);
  const again = a.connect(b.addresses());
  await clock.pass(10_000);
  expect(await again).toBe(b.self);
});

test('severed peers cannot dial each other until mended', async () => {
  const world = create();
  const { a, b, near } = await pair(world);
  world.sever(a.self, b.self);
  await expect(next(near)).rejects.toMatchObject({ kind: 'lost' });
  await expect(b.connect(a.addresses())).rejects.toMatchObject({ kind: 'unavailable' });
  world.mend(a.self, b.self);
  await a.connect(b.addresses());
});

test('a frozen peer is silent and nothing breaks; thawed, everything arrives in order', async () => {
  const world = create();
  const { a, b, near, far } = await pair(world);
  world.freeze(b.self);
  for (let index = 0; index < 5; index++) await near.send(Uint8Array.of(index));
  let arrived = 0;
  const reading = (async () => {
    for (; arrived < 5; arrived++) expect((await next(far)).value[0]).toBe(arrived);
  })();
  await new Promise(resolve => setTimeout(resolve, 20));
  expect(arrived).toBe(0);
  expect(a.connections.peek().length).toBe(1);
  world.thaw(b.self);
  await reading;
});
